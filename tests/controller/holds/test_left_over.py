"""Whoever will not fetch a copy from the hold shelf: the desk hears of it, and the next has it."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import httpx2
import pytest

from circulation.api import CHECKOUTS
from circulation.desk import HOLDS, HOLDS_CANCEL, HOLDS_SHELVE
from circulation.policy import PatronCategory
from controller.holds.left_over import LeftOver, left_over
from controller.patrons import promotion
from controller.patrons.erasing import erase
from controller.patrons.records import change_patron
from controller.patrons.wire import PatronFields, PromotionOrder
from controller.sql import Transaction
from tests.controller.conftest import ANNA, BORIS, GOGOL, ISIL, MTSYRI, Body, Running

YEAR = 2026
NOW = datetime(2026, 10, 14, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _old_enough(running: Running) -> None:
    running.change("UPDATE patron SET class_name = '11А', library = :library", library=ISIL)


@pytest.fixture
def wait(kiosk: httpx2.Client, body: Body) -> Callable[[str, int], int]:
    def place(patron: str, title: int) -> int:
        wish = body(patron_id=patron, title_id=title)
        wish = {key: value for key, value in wish.items() if key not in {"owner", "item_id"}}
        answer = kiosk.post(HOLDS, json=wish)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["hold"]["hold_id"])

    return place


@pytest.fixture
def shelve(station: httpx2.Client, body: Body) -> Callable[[str], None]:
    def put(copy: str) -> None:
        assert station.post(HOLDS_SHELVE, json=body(item_id=copy)).status_code == 200

    return put


def told(running: Running) -> list[tuple[str, int | None]]:
    """The copies to move, and the hold that each is for now."""
    reads = running.app.state.door.reads
    found: tuple[LeftOver, ...] = reads.run_in_thread(partial(left_over, owner=ISIL))
    return [(one.item_id, one.follower and one.follower.hold_id) for one in found]


def do(running: Running, act: Callable[[Transaction], object]) -> None:
    running.app.state.door.writer.submit(act).result(60)


def test_cancelled_hold_leaves_a_copy_to_be_put_back(
    running: Running,
    kiosk: httpx2.Client,
    body: Body,
    wait: Callable[[str, int], int],
    shelve: Callable[[str], None],
) -> None:
    hold = wait(ANNA, 2)
    shelve(GOGOL)
    wish = body(patron_id=ANNA, hold_id=hold)
    wish = {key: value for key, value in wish.items() if key not in {"owner", "item_id"}}

    answer = kiosk.post(HOLDS_CANCEL, json=wish)

    assert answer.status_code == 200
    assert told(running) == [(GOGOL, None)]


def test_who_takes_another_copy_leaves_his_to_the_next(
    running: Running,
    kiosk: httpx2.Client,
    body: Body,
    wait: Callable[[str, int], int],
    shelve: Callable[[str], None],
) -> None:
    wait(ANNA, 1)
    shelve(MTSYRI)
    next_ = wait(BORIS, 1)

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id="C-0"))

    assert answer.status_code == 200
    assert told(running) == [(MTSYRI, next_)]
    assert running.rows("SELECT state FROM hold ORDER BY id") == [("taken",), ("ready",)]


def test_who_takes_the_copy_that_waits_for_him_leaves_nothing(
    running: Running,
    kiosk: httpx2.Client,
    body: Body,
    wait: Callable[[str, int], int],
    shelve: Callable[[str], None],
) -> None:
    wait(ANNA, 1)
    shelve(MTSYRI)

    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=MTSYRI))

    assert told(running) == []


def leave_by_hand(inside: Transaction) -> None:
    fields = PatronFields(
        family_name="Петрова",
        given_name="Анна",
        patronymic="",
        class_name="11А",
        category=PatronCategory.PUPIL,
        has_left=True,
    )
    change_patron(inside, ANNA, fields, NOW)


def leave_school(inside: Transaction) -> None:
    seen = promotion.plan(inside, ISIL, YEAR).seen
    order = PromotionOrder(school_year=YEAR, seen=seen)
    promotion.apply(inside, ISIL, order, YEAR, staff_id=1, now=NOW)


def leave_and_be_erased(inside: Transaction) -> None:
    leave_by_hand(inside)
    erase(inside, ANNA, staff_id=1, now=NOW)


@pytest.mark.parametrize("leave", [leave_by_hand, leave_school, leave_and_be_erased])
def test_who_leaves_the_library_waits_for_nothing(
    running: Running,
    wait: Callable[[str, int], int],
    shelve: Callable[[str], None],
    leave: Callable[[Transaction], None],
) -> None:
    wait(ANNA, 2)
    wait(ANNA, 1)
    shelve(GOGOL)

    do(running, leave)

    assert running.scalar("SELECT count(*) FROM hold WHERE state IN ('waiting', 'ready')") == 0
    assert told(running) == [(GOGOL, None)]
