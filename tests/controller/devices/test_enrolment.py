"""A new device shows a code, staff types it, the device fetches its token: once, and in time."""

from typing import Any

import httpx2
import pytest

from controller.devices.enrolment import ALPHABET
from controller.staff.rights import Role
from tests.controller.conftest import Body, Running
from tests.controller.staff.conftest import As, Browser

ENROLMENTS = "/api/v1/enrolments"
WAITING = "/api/v1/devices/enrolments"
NEW = {"kind": "kiosk", "name": "kiosk-9", "version": "0.1.0"}


@pytest.fixture
def engineer(signed_in: As) -> Browser:
    return signed_in(Role.ENGINEER)


class Device:
    """A device without a token."""

    def __init__(self, url: str, **wish: str) -> None:
        self._url = url
        answer = httpx2.post(url + ENROLMENTS, json=NEW | wish)
        self.status = answer.status_code
        self.asked: dict[str, Any] = answer.json()

    def collect(self, secret: str | None = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {secret or self.asked['secret']}"}
        path = f"{ENROLMENTS}/{self.asked['enrolment_id']}/collect"
        return httpx2.post(self._url + path, headers=headers)

    def is_confirmed_by(self, browser: Browser, code: str | None = None) -> tuple[int, str]:
        path = f"{WAITING}/{self.asked['enrolment_id']}/confirm"
        answer = browser.post(path, json={"code": code or self.asked["code"]})
        return answer.status_code, answer.json()["reason"] if answer.content else ""


def test_device_gets_in_by_the_code_on_its_screen(
    running: Running, engineer: Browser, body: Body
) -> None:
    device = Device(running.url)
    before = device.collect()
    [waits] = engineer.get(WAITING).json()["enrolments"]
    written = device.asked["code"][:4].lower() + "-" + device.asked["code"][4:]

    confirmed = device.is_confirmed_by(engineer, written)
    given = device.collect()

    assert (device.status, before.status_code, confirmed) == (201, 202, (204, ""))
    assert (waits["name"], waits["kind"], waits["tries_left"]) == ("kiosk-9", "kiosk", 5)
    assert device.asked["code"] not in str(waits)
    assert given.json()["mqtt_password"] is None
    headers = {"Authorization": f"Bearer {given.json()['token']}"}
    returned = httpx2.post(f"{running.url}/api/v1/returns", json=body(), headers=headers)
    assert returned.status_code == 200


def test_token_is_given_once(running: Running, engineer: Browser) -> None:
    device = Device(running.url)
    device.is_confirmed_by(engineer)

    answers = [device.collect().status_code for _ in range(3)]

    assert answers == [200, 410, 410]
    assert device.is_confirmed_by(engineer) == (410, "ended")


def test_code_has_eight_plain_characters_and_is_not_kept(running: Running) -> None:
    device = Device(running.url)

    code = device.asked["code"]
    assert (len(code), set(code) <= set(ALPHABET)) == (8, True)
    assert not set("01IO") & set(ALPHABET)
    kept = str(running.rows("SELECT * FROM enrolment"))
    assert code not in kept
    assert device.asked["secret"] not in kept


def test_five_wrong_codes_end_it(running: Running, engineer: Browser) -> None:
    device = Device(running.url)
    wrong = [device.is_confirmed_by(engineer, "ZZZZZZZZ")[0] for _ in range(5)]

    assert wrong == [409] * 5
    assert device.is_confirmed_by(engineer) == (410, "ended")
    assert device.collect().status_code == 410
    assert engineer.get(WAITING).json() == {"enrolments": []}


@pytest.mark.parametrize("confirm_first", [True, False])
def test_ten_minutes_end_it(running: Running, engineer: Browser, confirm_first: bool) -> None:
    device = Device(running.url)
    if confirm_first:
        device.is_confirmed_by(engineer)

    running.clock.move(minutes=10)

    assert device.collect().status_code == 410
    assert device.is_confirmed_by(engineer) == (410, "ended")


def test_secret_of_another_device_fetches_nothing(running: Running, engineer: Browser) -> None:
    first, second = Device(running.url), Device(running.url, name="kiosk-10")
    first.is_confirmed_by(engineer)

    stolen = first.collect(second.asked["secret"])

    assert (stolen.status_code, stolen.json()) == (404, {"reason": "unknown"})
    assert second.collect().status_code == 202


def test_code_of_another_device_is_wrong(running: Running, engineer: Browser) -> None:
    first, second = Device(running.url), Device(running.url, name="kiosk-10")

    assert second.is_confirmed_by(engineer, first.asked["code"]) == (409, "wrong_code")


def test_name_of_another_kind_is_taken(running: Running, engineer: Browser) -> None:
    device = Device(running.url, name="kiosk-1", kind="gate")

    assert device.is_confirmed_by(engineer) == (409, "taken")


def test_known_kiosk_enrolled_anew_ends_its_old_token(
    running: Running, engineer: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    device = Device(running.url, name="kiosk-1")
    device.is_confirmed_by(engineer)

    assert device.collect().status_code == 200
    assert kiosk.post("/api/v1/returns", json=body()).status_code == 401


@pytest.mark.parametrize("role", [Role.LIBRARIAN, Role.TEACHER])
def test_only_who_may_change_devices_lets_one_in(
    running: Running, signed_in: As, role: Role
) -> None:
    device = Device(running.url)

    assert device.is_confirmed_by(signed_in(role)) == (403, "not_allowed")
    assert device.collect().status_code == 202


def test_confirmation_without_form_token_is_refused(running: Running, engineer: Browser) -> None:
    device = Device(running.url)
    del engineer.headers["X-Form-Token"]

    assert device.is_confirmed_by(engineer) == (403, "form_expired")


def test_one_address_cannot_fill_the_list(running: Running) -> None:
    statuses = [Device(running.url, name=f"kiosk-{n}").status for n in range(4)]
    running.clock.move(minutes=10)

    assert statuses == [201, 201, 201, 429]
    assert Device(running.url).status == 201


@pytest.mark.parametrize("wish", [{"name": "Kiosk 9"}, {"kind": "toaster"}, {"version": ""}])
def test_unusable_wish_is_malformed(running: Running, wish: dict[str, str]) -> None:
    assert Device(running.url, **wish).status == 422


def test_page_lets_a_device_in(running: Running, engineer: Browser) -> None:
    device = Device(running.url)
    page = engineer.get("/console/devices").text
    action = f"/console/devices/enrolments/{device.asked['enrolment_id']}"
    form = engineer.headers["X-Form-Token"]

    wrong = engineer.post(action, data={"form": form, "code": "ZZZZZZZZ"})
    forged = engineer.post(action, data={"form": "x", "code": device.asked["code"]})
    right = engineer.post(action, data={"form": form, "code": device.asked["code"]})

    assert action in page
    assert (wrong.status_code, "Код не подошёл" in wrong.text) == (409, True)
    assert (forged.status_code, right.status_code) == (403, 303)
    assert device.collect().status_code == 200
