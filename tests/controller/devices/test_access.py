"""Access is taken at once, by kind, and settings reach the device they are for."""

import httpx2
import pytest

from circulation.api import DEVICE_STATE
from controller.devices.registry import add_device
from controller.staff.rights import Role
from controller.tables import DeviceKind
from tests.controller.conftest import ANNA, ANNAS_CARD, ISIL, Body, Running
from tests.controller.devices.test_devices import STATE
from tests.controller.staff.conftest import As

DEVICES = "/api/v1/devices"
KIOSK_SETTINGS = {
    "format": "kiosk-1",
    "languages": ["ru", "en"],
    "idle_s": 30,
    "volume_percent": 50,
}


def test_revoked_kiosk_is_a_stranger_at_once(
    running: Running, signed_in: As, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post("/api/v1/device-state", json=STATE)
    engineer = signed_in(Role.ENGINEER)

    revoked = engineer.post(f"{DEVICES}/kiosk-1/revoke")

    assert revoked.status_code == 204
    assert kiosk.post("/api/v1/returns", json=body()).status_code == 401
    listed = {each["name"]: each for each in engineer.get(DEVICES).json()["devices"]}
    assert (listed["kiosk-1"]["revoked"], listed["kiosk-1"]["online"]) == (True, False)
    assert (listed["kiosk-2"]["revoked"], listed["kiosk-2"]["last_seen"]) == (False, None)


def test_revoking_nobody_says_so(signed_in: As) -> None:
    answer = signed_in(Role.ENGINEER).post(f"{DEVICES}/kiosk-99/revoke")

    assert (answer.status_code, answer.json()) == (404, {"reason": "unknown"})


def test_device_added_by_command_after_it_was_revoked_is_in_again(
    running: Running, signed_in: As
) -> None:
    engineer = signed_in(Role.ENGINEER)
    engineer.post(f"{DEVICES}/kiosk-1/revoke")

    add_device(running.engine, isil=ISIL, name="kiosk-1", kind=DeviceKind.KIOSK)

    assert not engineer.get(DEVICES).json()["devices"][0]["revoked"]


def test_list_tells_version_queue_and_errors(running: Running, signed_in: As) -> None:
    add_device(running.engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    state = '{"presence": "online", "queue": 7, "reader": "lost"}'
    running.change("UPDATE device SET state = :state WHERE name = 'gate-1'", state=state)
    for at in ("2026-10-01", "2026-10-14"):  # one is older than a week
        running.change(
            "INSERT INTO event (at, kind, device_id, detail) SELECT :at, 'gate_reader_lost', id,"
            " '{}' FROM device WHERE name = 'gate-1'",
            at=f"{at}T08:00:00.000000+00:00",
        )

    devices = signed_in(Role.LIBRARIAN).get(DEVICES).json()["devices"]

    [gate] = [each for each in devices if each["name"] == "gate-1"]
    assert (gate["online"], gate["queue"], gate["version"]) == (True, 7, None)
    assert gate["errors"] == [{"at": "2026-10-14T08:00:00Z", "kind": "gate_reader_lost"}]


def test_drop_takes_back_and_opens_no_account(running: Running, body: Body) -> None:
    token = add_device(running.engine, isil=ISIL, name="drop-1", kind=DeviceKind.DROP)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=running.url, headers=headers) as drop:
        returned = drop.post("/api/v1/returns", json=body())
        refused = [
            drop.post("/api/v1/checkouts", json=body(patron_id=ANNA)),
            drop.post("/api/v1/renewals", json=body(patron_id=ANNA)),
            drop.post("/api/v1/cards/resolve", json={"uid": ANNAS_CARD}),
            drop.get(f"/api/v1/accounts/{ANNA}"),
        ]

    assert returned.status_code == 200
    assert [answer.status_code for answer in refused] == [403] * 4
    assert running.scalar("SELECT count(*) FROM operation") == 1


def test_settings_reach_the_kiosk_and_no_other(
    running: Running, signed_in: As, kiosk: httpx2.Client
) -> None:
    engineer = signed_in(Role.ENGINEER)
    change = {"seen_version": 0, "settings": KIOSK_SETTINGS}

    answers = [engineer.put(f"{DEVICES}/kiosk-1/settings", json=change) for _ in range(2)]

    assert [answer.json()["version"] for answer in answers] == [1, 1]  # asked twice, done once
    fetched = kiosk.get("/api/v1/device-settings")
    assert (fetched.json()["settings"], fetched.headers["etag"]) == (KIOSK_SETTINGS, '"1"')
    again = kiosk.get("/api/v1/device-settings", headers={"If-None-Match": '"1"'})
    assert (again.status_code, again.content) == (304, b"")
    other = engineer.get(f"{DEVICES}/kiosk-2/settings").json()
    assert other == {"version": 0, "settings": None}


@pytest.mark.parametrize(
    ("name", "seen", "settings", "status"),
    [
        ("kiosk-1", 1, KIOSK_SETTINGS, 409),
        ("kiosk-1", 0, {"format": "gate-1", "alarm_s": 3}, 409),
        ("kiosk-1", 0, KIOSK_SETTINGS | {"idle_s": 5}, 422),
        ("kiosk-1", 0, KIOSK_SETTINGS | {"colour": "red"}, 422),
        ("kiosk-99", 0, KIOSK_SETTINGS, 404),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    signed_in: As, name: str, seen: int, settings: dict[str, object], status: int
) -> None:
    change = {"seen_version": seen, "settings": settings}

    answer = signed_in(Role.ENGINEER).put(f"{DEVICES}/{name}/settings", json=change)

    assert answer.status_code == status


def test_librarian_sees_devices_and_changes_none(signed_in: As) -> None:
    librarian = signed_in(Role.LIBRARIAN)

    assert librarian.get(DEVICES).status_code == 200
    assert librarian.post(f"{DEVICES}/kiosk-1/revoke").status_code == 403
    page = librarian.get("/console/devices")
    assert (page.status_code, "Отозвать" in page.text) == (200, False)


def test_page_revokes(signed_in: As, kiosk: httpx2.Client, body: Body) -> None:
    engineer = signed_in(Role.ENGINEER)
    form = {"form": engineer.headers["X-Form-Token"]}

    answer = engineer.post("/console/devices/kiosk-1/revoke", data=form)

    assert answer.status_code == 303
    assert kiosk.post("/api/v1/returns", json=body()).status_code == 401


def test_stranger_is_sent_from_the_page_to_the_door(running: Running) -> None:
    answer = httpx2.get(f"{running.url}/console/devices")

    assert answer.headers["location"] == "/console/sign-in?lang=ru"


def test_drop_gets_no_further_with_a_batch(running: Running, body: Body) -> None:
    token = add_device(running.engine, isil=ISIL, name="drop-1", kind=DeviceKind.DROP)
    late = {
        "kind": "checkout",
        "seq": 1,
        "clock": "sure",
        "offline": True,
        "request": body(patron_id=ANNA),
    }

    headers = {"Authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=running.url, headers=headers) as drop:
        answer = drop.post("/api/v1/operations", json={"operations": [late]})
        snapshot = drop.post("/api/v1/snapshot", json={})

    assert answer.json()["answers"][0]["refusal"]["reasons"] == ["staff_only"]
    assert running.scalar("SELECT count(*) FROM loan") == 0
    assert (snapshot.status_code, snapshot.json()["reasons"]) == (403, ["staff_only"])


def test_kiosk_says_on_the_devices_page_what_it_could_not_use_and_what_failed_last(
    running: Running, signed_in: As, kiosk: httpx2.Client
) -> None:
    engineer = signed_in(Role.ENGINEER)
    change = {"seen_version": 0, "settings": KIOSK_SETTINGS}
    engineer.put(f"{DEVICES}/kiosk-1/settings", json=change)
    state = STATE | {
        "queue": 3,
        "settings_version": 0,
        "settings_refused": 1,
        "settings_error": "idle_s: greater_than_equal",
        "last_error": "fact_rejected",
        "last_error_at": "2026-10-14T08:59:00Z",
    }

    assert kiosk.post(DEVICE_STATE, json=state).status_code == 204

    [device] = [one for one in engineer.get(DEVICES).json()["devices"] if one["name"] == "kiosk-1"]
    told = ("queue", "settings_version", "settings_in_force", "settings_refused", "settings_error")
    assert [device[field] for field in told] == [3, 1, 0, 1, "idle_s: greater_than_equal"]
    assert device["errors"] == [{"at": "2026-10-14T08:59:00Z", "kind": "fact_rejected"}]
    page = engineer.get("/console/devices").text
    assert "отклонена версия" in page
    assert "операция не принята сервером" in page
