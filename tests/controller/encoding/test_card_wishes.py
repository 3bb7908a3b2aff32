"""A card on a station's reader reaches the page that waits for it, and nothing else."""

import httpx2
import pytest

from circulation.encoding import CARD_WISH
from controller.staff.rights import Role
from tests.controller.conftest import Running
from tests.controller.staff.conftest import (
    As,
    Browser,
    accounts,
    new_browser,
    password_hash,
    signed_in,
)

__all__ = ["accounts", "new_browser", "password_hash", "signed_in"]
UID, READER = "04A1B2C3D4E5F6", "/console/reader"


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    return sqlite_ledger


@pytest.fixture
def desk(signed_in: As) -> Browser:
    browser = signed_in(Role.LIBRARIAN)
    browser.remember_form_token()
    return browser


def waits(browser: Browser, station: str = "desk-1") -> dict[str, str | None]:
    form = {"form": browser.headers["X-Form-Token"], "station": station}
    answer = browser.post(READER, data=form)
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def is_wished(station: httpx2.Client) -> bool:
    return bool(station.get(CARD_WISH).json()["asked"])


def lays(station: httpx2.Client, uid: str = UID) -> bool:
    return bool(station.post(CARD_WISH, json={"uid": uid}).json()["asked"])


def test_card_reaches_the_page_once(desk: Browser, station: httpx2.Client) -> None:
    before = is_wished(station)
    waits(desk)
    wished = is_wished(station)
    listening = waits(desk)
    told = lays(station)
    first, second = waits(desk), waits(desk)

    assert (before, wished, told) == (False, True, True)
    assert listening == {"uid": None, "state": "listening"}
    assert first == {"uid": UID, "state": "card"}
    assert second["uid"] is None


def test_without_a_page_no_card_is_kept(
    desk: Browser, station: httpx2.Client, running: Running
) -> None:
    never = lays(station)
    waits(desk)
    running.clock.move(seconds=11)
    closed = lays(station)
    waits(desk)

    assert (never, closed) == (False, False)
    assert waits(desk)["uid"] is None
    assert running.scalar("SELECT count(*) FROM card_wish WHERE uid IS NOT NULL") == 0


def test_page_that_stays_open_goes_on_waiting(
    desk: Browser, station: httpx2.Client, running: Running
) -> None:
    for _ in range(4):
        waits(desk)
        running.clock.move(seconds=6)

    assert is_wished(station)


def test_card_of_an_earlier_wish_is_not_given_to_a_later_one(
    desk: Browser, station: httpx2.Client, running: Running
) -> None:
    waits(desk)
    lays(station)
    running.clock.move(seconds=11)

    assert waits(desk)["uid"] is None
    assert waits(desk)["uid"] is None


def test_page_says_when_the_station_does_not_listen(
    desk: Browser, station: httpx2.Client, running: Running
) -> None:
    first = waits(desk)
    running.clock.move(seconds=6)
    deaf = waits(desk)
    is_wished(station)
    listens = waits(desk)

    assert [said["state"] for said in (first, deaf, listens)] == [
        "listening",
        "silent",
        "listening",
    ]
    assert waits(desk, "no-such")["state"] == "no_station"


def test_one_reader_serves_one_person_at_a_time(
    desk: Browser, signed_in: As, station: httpx2.Client, running: Running
) -> None:
    head = signed_in(Role.HEAD)
    head.remember_form_token()
    waits(desk)
    taken = waits(head)
    lays(station)
    stranger = waits(head)
    running.clock.move(seconds=11)
    waits(head)
    is_wished(station)

    assert (taken["state"], stranger) == ("taken", {"uid": None, "state": "taken"})
    assert waits(head)["state"] == "listening"


def test_only_who_sees_patrons_waits_and_only_a_station_tells(
    signed_in: As, kiosk: httpx2.Client, desk: Browser
) -> None:
    engineer = signed_in(Role.ENGINEER)
    engineer.remember_form_token()
    form = {"form": engineer.headers["X-Form-Token"], "station": "desk-1"}
    waits(desk)

    assert engineer.post(READER, data=form).status_code == 403
    assert desk.post(READER, data={"form": "no", "station": "desk-1"}).status_code == 403
    assert kiosk.get(CARD_WISH).status_code == 403
    assert kiosk.post(CARD_WISH, json={"uid": UID}).status_code == 403


def test_cards_page_offers_the_stations_and_lets_its_one_script_in(desk: Browser) -> None:
    page = desk.get("/console/cards")

    assert "<option selected>desk-1</option>" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert desk.get("/console/static/reader.js").status_code == 200
    assert "script-src" not in desk.get("/console").headers["content-security-policy"]
