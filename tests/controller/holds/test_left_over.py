"""A book on the hold shelf that nobody will fetch: the desk is told, however its hold ended."""

import httpx2
import pytest

from circulation.api import CHECKOUTS
from circulation.desk import HOLDS, HOLDS_CANCEL
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, BORIS, MTSYRI, Body, Running
from tests.controller.holds.test_expiry import PAGE, send
from tests.controller.staff.conftest import As, Browser, new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]
PUT_BACK, NEW_SLIP = "Верните на место", "новый талон"


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def wait(kiosk: httpx2.Client, body: Body, *patrons: str) -> None:
    for patron in patrons:
        request = {key: body()[key] for key in ("op_id", "at")}
        answer = kiosk.post(HOLDS, json=request | {"patron_id": patron, "title_id": 1})
        assert answer.status_code == 200, answer.text


def give_up(kiosk: httpx2.Client, body: Body, patron: str, hold: int) -> None:
    request = {key: body()[key] for key in ("op_id", "at")}
    answer = kiosk.post(HOLDS_CANCEL, json=request | {"patron_id": patron, "hold_id": hold})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("patrons", "to_do"), [([ANNA], (1, 0)), ([ANNA, BORIS], (0, 1))], ids=["back", "next reader"]
)
def test_a_hold_given_up_while_its_book_stood_ready_is_told(
    librarian: Browser, kiosk: httpx2.Client, body: Body, patrons: list[str], to_do: tuple[int, int]
) -> None:
    wait(kiosk, body, *patrons)
    send(librarian, number=MTSYRI)

    give_up(kiosk, body, ANNA, 1)

    page = librarian.get(PAGE).text
    assert (page.count(PUT_BACK), page.count(NEW_SLIP)) == to_do


def test_a_hold_given_up_before_a_book_was_there_moves_nothing(
    librarian: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    wait(kiosk, body, ANNA)

    give_up(kiosk, body, ANNA, 1)

    assert PUT_BACK not in librarian.get(PAGE).text


def test_who_took_another_copy_leaves_his_own_on_the_hold_shelf(
    librarian: Browser, kiosk: httpx2.Client, body: Body, running: Running
) -> None:
    wait(kiosk, body, ANNA)
    send(librarian, number=MTSYRI)
    other = running.scalar(
        "SELECT item_id FROM item WHERE title_id = 1 AND item_id <> :own AND state = 'in_stock'"
        " AND NOT reading_room_only ORDER BY id LIMIT 1",
        own=MTSYRI,
    )

    lent = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=other))

    assert lent.status_code == 200, lent.text
    assert running.rows("SELECT state FROM hold") == [("taken",)]
    assert PUT_BACK in librarian.get(PAGE).text


def test_who_took_the_copy_that_waited_for_him_leaves_nothing(
    librarian: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    wait(kiosk, body, ANNA)
    send(librarian, number=MTSYRI)

    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=MTSYRI))

    assert PUT_BACK not in librarian.get(PAGE).text
