"""Holds at the desk: fetched, shelved with a code, a slip without a name, ended in time."""

import httpx2
import pytest

from circulation.desk import HOLDS
from controller.staff.rights import Role
from tests.controller.conftest import ANNA, BORIS, GOGOL, MTSYRI, Body, Running
from tests.controller.printing.read_back import texts
from tests.controller.staff.conftest import (
    FORM,
    As,
    Browser,
    new_browser,
    password_hash,
    signed_in,
)

__all__ = ["new_browser", "password_hash", "signed_in"]
PAGE, SLIPS = "/console/holds", "/console/holds/slips.pdf"


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    return sqlite_ledger


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


@pytest.fixture
def waiting(kiosk: httpx2.Client, body: Body) -> None:
    """Anna, then Boris wait for «Мцыри»."""
    for patron in (ANNA, BORIS):
        wish = body(patron_id=patron, title_id=1)
        wish = {key: value for key, value in wish.items() if key not in {"owner", "item_id"}}
        assert kiosk.post(HOLDS, json=wish).status_code == 200


def send(browser: Browser, **fields: str) -> httpx2.Response:
    token = FORM.search(browser.get(PAGE).text)
    assert token
    return browser.post(PAGE, data={"form": token[1]} | fields)


@pytest.mark.usefixtures("waiting")
def test_a_fetched_book_gets_a_code_and_a_slip_without_a_name(librarian: Browser) -> None:
    before = librarian.get(PAGE).text
    answer = send(librarian, number=MTSYRI)
    again = send(librarian, number=MTSYRI)
    slip = librarian.get(SLIPS, params={"hold_id": "1"})

    assert "Мцыри" in before
    assert "Поставьте на полку заказов с кодом 0001" in answer.text
    assert "Поставьте на полку заказов с кодом 0001" in again.text
    (words,) = texts(slip.content)
    assert all(part in words for part in ("0001", "Мцыри", MTSYRI, "ждёт до"))
    assert "Петрова" not in words
    assert "Анна" not in words


@pytest.mark.usefixtures("waiting")
def test_what_was_not_taken_in_time_stays_for_the_next_then_goes_back(
    librarian: Browser, running: Running
) -> None:
    send(librarian, number=MTSYRI)
    said = []
    for _ in range(3):
        running.clock.move(days=30)
        running.change("UPDATE staff_session SET used_at = :now", now=running.clock().isoformat())
        running.change(
            "UPDATE staff_session SET started_at = :now", now=running.clock().isoformat()
        )
        said.append(send(librarian).text)

    assert "Остаются для следующего" in said[0]
    assert "Верните на место" in said[1]
    assert "Просроченных заказов нет" in said[2]
    assert running.scalar("SELECT count(*) FROM hold WHERE state = 'ready'") == 0


MISTAKES = (
    ("NOBODYS", 404, "Такого номера нет в каталоге"),
    (GOGOL, 409, "Этой книги никто не ждёт"),
    ("R-0001", 409, "Эта книга не выдаётся"),
)


def test_a_book_that_nobody_waits_for_is_told_with_what_to_do(librarian: Browser) -> None:
    for number, status, said in MISTAKES:
        answer = send(librarian, number=number)

        assert (answer.status_code, said in answer.text) == (status, True), number


def test_an_empty_shelf_has_no_slips(librarian: Browser) -> None:
    assert librarian.get(SLIPS).status_code == 404
