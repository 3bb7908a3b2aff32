"""What a reader said of a book while the controller was away: nobody is lent it, all is kept."""

import json
from datetime import timedelta

import httpx2
import pytest

from circulation.offline import CONFLICTS
from tests.controller.conftest import ANNA, BORIS, MTSYRI, Running
from tests.controller.offline.conftest import Late, Send, Settle

HOUR = timedelta(hours=1)
STATE = f"SELECT state FROM item WHERE item_id = '{MTSYRI}'"
MARKED = "SELECT detail FROM event WHERE kind = 'item_marked' ORDER BY seq"


def test_book_that_came_back_damaged_waits_for_the_librarian(
    running: Running, late: Late, send: Send
) -> None:
    answers = send(
        late("checkout", patron_id=ANNA), late("return"), late("damage", harm="pages_missing")
    )

    assert [one["done"] for one in answers] == ["applied"] * 3
    assert answers[2]["receipt"]["state"] == "damaged"
    assert running.rows(STATE) == [("damaged",)]
    [(detail,)] = running.rows(MARKED)
    assert '"harm":"pages_missing"' in detail.replace(" ", "")


def test_second_word_of_the_same_book_is_in_the_log_and_asks_nobody(
    running: Running, late: Late, send: Send
) -> None:
    first, second = late("damage", harm="torn"), late("damage", harm="wet")

    answers = send(first, second)

    assert [one["done"] for one in answers] == ["applied", "applied"]
    assert [json.loads(detail)["harm"] for (detail,) in running.rows(MARKED)] == ["torn", "wet"]


@pytest.mark.parametrize(("choice", "logged"), [("record", 1), ("keep", 0)])
def test_book_that_was_lent_again_since_is_a_question(
    running: Running,
    station: httpx2.Client,
    late: Late,
    send: Send,
    settle: Settle,
    choice: str,
    logged: int,
) -> None:
    send(late("checkout", at=running.clock() - HOUR, patron_id=BORIS), device="kiosk-2")

    [answer] = send(late("damage", harm="wet", at=running.clock() - 2 * HOUR))

    assert (answer["done"], answer["conflict"]) == ("conflict", "damaged_and_lent")
    [question] = station.get(CONFLICTS).json()["conflicts"]
    assert (question["fact"]["harm"], question["evidence"]["holder"]) == ("wet", BORIS)
    assert settle(choice).status_code == 200
    assert running.rows(STATE) == [("on_loan",)]
    assert len(running.rows(MARKED)) == logged


def test_book_that_the_ledger_does_not_know_is_a_question(late: Late, send: Send) -> None:
    [answer] = send(late("damage", harm="torn", item_id="nobody's"))

    assert (answer["done"], answer["conflict"]) == ("conflict", "unknown")
