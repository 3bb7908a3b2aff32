"""Holds that nobody came for end without anybody's act, once, and the desk hears what to move."""

import httpx2
import pytest

from circulation.desk import HOLDS
from circulation.policy import Policy
from controller.claims import Claims
from controller.holds import expiry, lists
from controller.holds.expiry import expire_late, expiring
from controller.holds.service import Holds
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, BORIS, ISIL, MTSYRI, Body, Running
from tests.controller.staff.conftest import (
    FORM,
    As,
    Browser,
    new_browser,
    password_hash,
    signed_in,
)

__all__ = ["new_browser", "password_hash", "signed_in"]
PAGE = "/console/holds"
READY = "SELECT count(*) FROM hold WHERE state = 'ready'"


@pytest.fixture
def waiting(kiosk: httpx2.Client, body: Body) -> None:
    """Anna, then Boris wait for «Мцыри»."""
    for patron in (ANNA, BORIS):
        wish = body(patron_id=patron, title_id=1)
        wish = {key: value for key, value in wish.items() if key not in {"owner", "item_id"}}
        assert kiosk.post(HOLDS, json=wish).status_code == 200


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def send(browser: Browser, **fields: str) -> str:
    token = FORM.search(browser.get(PAGE).text)
    assert token
    return browser.post(PAGE, data={"form": token[1]} | fields).text


def pass_days(running: Running, days: int) -> None:
    """Whoever is signed in stays so."""
    running.clock.move(days=days)
    now = running.clock().isoformat()
    running.change("UPDATE staff_session SET used_at = :now, started_at = :now", now=now)


def take_turns(running: Running) -> list[bool]:
    """Two controllers look at once whose turn it is."""
    door = running.app.state.door
    work = expire_late(door.writer, Holds(Policy(), door.time), ISIL)
    return [Claims(running.engine, door.time).do_if_due(expiring(ISIL), work) for _ in range(2)]


@pytest.mark.usefixtures("waiting")
def test_a_hold_ends_after_its_last_day_and_the_next_reader_has_the_book(
    librarian: Browser, running: Running
) -> None:
    send(librarian, number=MTSYRI)
    (until,) = running.rows("SELECT ready_until FROM hold WHERE state = 'ready'")[0]
    days = (lists.to_date(until) - running.app.state.door.time.day(running.clock())).days

    pass_days(running, days)
    on_the_last_day = take_turns(running)
    still = running.rows("SELECT state FROM hold ORDER BY id")
    pass_days(running, 1)
    after = take_turns(running)

    assert (on_the_last_day, after) == ([True, False], [True, False])
    assert still == [("ready",), ("waiting",)]
    assert running.rows("SELECT state FROM hold ORDER BY id") == [("expired",), ("ready",)]
    told = running.rows("SELECT kind FROM event ORDER BY seq DESC LIMIT 2")
    assert told == [("hold_ready",), ("hold_ended",)]
    assert "новый талон с кодом <strong>0002" in librarian.get(PAGE).text


@pytest.mark.usefixtures("waiting")
def test_the_desk_is_told_what_to_move_until_somebody_did(
    librarian: Browser, running: Running
) -> None:
    send(librarian, number=MTSYRI)
    for _ in range(2):
        pass_days(running, 30)
        take_turns(running)
    before = librarian.get(PAGE).text

    after = send(librarian, moved="2")

    assert (before.count("Верните на место"), "новый талон" in before) == (1, False)
    assert "Верните на место" not in after
    assert running.scalar(READY) == 0


@pytest.mark.usefixtures("waiting")
def test_a_book_that_was_lent_since_is_not_asked_for(
    librarian: Browser, running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    send(librarian, number=MTSYRI)
    for _ in range(2):
        pass_days(running, 30)
        take_turns(running)
    kiosk.post("/api/v1/checkouts", json=body(patron_id=ANNA, item_id=MTSYRI))
    lent = librarian.get(PAGE).text
    kiosk.post("/api/v1/returns", json=body(item_id=MTSYRI))

    back = librarian.get(PAGE).text

    assert ["Верните на место" in page for page in (lent, back)] == [False, False]


@pytest.mark.usefixtures("waiting")
def test_more_than_one_act_takes_are_ended_in_one_turn(
    librarian: Browser, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (lists, expiry):
        monkeypatch.setattr(module, "MAX_LINES", 1)
    send(librarian, number=MTSYRI)
    send(librarian, number="C-0")
    pass_days(running, 30)

    take_turns(running)

    assert running.scalar(READY) == 0
