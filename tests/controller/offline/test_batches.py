"""What happened while the controller was away is taken over once, in its order, with its time."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS, RETURNS
from circulation.offline import MAX_BATCH, OPERATIONS
from tests.controller.conftest import ANNA, BORIS, MTSYRI, Body, Running
from tests.controller.offline.conftest import Late, Send

HOUR = timedelta(hours=1)


def test_day_without_the_controller_becomes_part_of_the_ledger(
    running: Running, late: Late, send: Send
) -> None:
    now = running.clock()

    answers = send(
        late("checkout", at=now - 8 * HOUR, patron_id=ANNA),
        late("sighting", at=now - 8 * HOUR, armed=False),
        late("return", at=now - 2 * HOUR),
        late("checkout", at=now - HOUR, patron_id=BORIS),
    )

    assert [answer["done"] for answer in answers] == ["applied"] * 4
    assert running.rows("SELECT patron_id, lent_at, returned_at FROM loan ORDER BY id") == [
        (ANNA, "2026-10-14T01:00:00.000000+00:00", "2026-10-14T07:00:00.000000+00:00"),
        (BORIS, "2026-10-14T08:00:00.000000+00:00", None),
    ]


def test_batch_sent_again_gets_the_same_answers_and_does_nothing(
    running: Running, late: Late, send: Send
) -> None:
    batch = [late("checkout", patron_id=ANNA), late("checkout", patron_id=BORIS)]
    first = send(*batch)
    before = running.rows("SELECT * FROM event")

    again = send(*batch)

    assert again == first
    assert [answer["done"] for answer in first] == ["applied", "conflict"]
    assert running.rows("SELECT * FROM event") == before
    assert running.scalar("SELECT count(*) FROM conflict") == 1


def test_operation_sent_singly_and_then_in_a_batch_is_one_operation(
    running: Running, kiosk: httpx2.Client, late: Late, send: Send
) -> None:
    kept = late("checkout", patron_id=ANNA)
    single = kiosk.post(CHECKOUTS, json=kept["request"]).json()

    [answer] = send(kept)

    assert answer["receipt"] == single
    assert running.scalar("SELECT count(*) FROM loan") == 1


def test_conflict_asked_for_singly_says_that_it_waits(
    running: Running, kiosk: httpx2.Client, late: Late, send: Send
) -> None:
    kept = late("checkout", patron_id="p-nobody")
    send(kept)

    answer = kiosk.post(CHECKOUTS, json=kept["request"])

    assert (answer.status_code, answer.json()["conflict"]) == (202, "unknown")


def test_wish_in_a_batch_is_refused_like_any_wish(late: Late, send: Send) -> None:
    answers = send(
        late("checkout", patron_id=ANNA, offline=False),
        late("checkout", patron_id=BORIS, offline=False),
        late("sighting", armed=False, offline=False),
        late("renewal", patron_id=ANNA, offline=False),
        late("return", offline=False),
    )

    done = [answer["done"] for answer in answers]
    assert done == ["applied", "refused", "applied", "applied", "applied"]
    assert answers[1]["refusal"]["reasons"] == ["on_loan_to_other"]


def test_id_with_another_body_is_refused_and_is_an_alert(
    running: Running, late: Late, send: Send
) -> None:
    kept = late("checkout", patron_id=ANNA)
    send(kept)

    [answer] = send(kept | {"request": kept["request"] | {"patron_id": BORIS}})

    assert answer["refusal"]["reasons"] == ["operation_changed"]
    assert running.scalar("SELECT count(*) FROM event WHERE kind = 'operation_clashed'") == 1
    assert running.rows("SELECT patron_id FROM loan") == [(ANNA,)]


def test_number_that_comes_again_is_an_alert_and_the_fact_still_counts(
    running: Running, late: Late, send: Send
) -> None:
    send(late("checkout", patron_id=ANNA))

    [answer] = send(late("return") | {"seq": 1})

    assert answer["done"] == "applied"
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'operation_clashed'")
    assert "number_taken" in detail


def test_same_number_of_another_device_is_nothing_special(
    running: Running, late: Late, send: Send
) -> None:
    send(late("checkout", patron_id=ANNA))

    send(late("return") | {"seq": 1}, device="kiosk-2")

    assert running.scalar("SELECT count(*) FROM event WHERE kind = 'operation_clashed'") == 0


@pytest.mark.parametrize(
    ("certainty", "ahead"), [("unsure", -100 * 24 * HOUR), ("unsure", 24 * HOUR), ("sure", HOUR)]
)
def test_time_that_cannot_be_believed_is_replaced_by_now(
    running: Running, late: Late, send: Send, certainty: str, ahead: timedelta
) -> None:
    send(late("checkout", at=running.clock() + ahead, clock=certainty, patron_id=ANNA))

    assert running.rows("SELECT lent_at, due FROM loan") == [
        ("2026-10-14T09:00:00.000000+00:00", "2026-10-28")
    ]


def test_loan_of_a_copy_that_came_back_since_is_over_and_debits_nobody(
    running: Running, kiosk: httpx2.Client, body: Body, late: Late, send: Send
) -> None:
    kept = late("checkout", at=running.clock() - HOUR, patron_id=ANNA)
    kiosk.post(RETURNS, json=body())

    [answer] = send(kept, device="kiosk-2")

    assert answer["done"] == "applied"
    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 0
    state = running.rows("SELECT state, security FROM item WHERE item_id = :i", i=MTSYRI)
    assert state == [("in_stock", "armed")]


def test_loan_that_the_ledger_has_already_is_not_made_twice(
    running: Running, kiosk: httpx2.Client, body: Body, late: Late, send: Send
) -> None:
    loan_id = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).json()["loan_id"]

    [answer] = send(late("checkout", patron_id=ANNA), device="kiosk-2")

    assert (answer["done"], answer["receipt"]["loan_id"]) == ("applied", loan_id)
    assert running.scalar("SELECT count(*) FROM loan") == 1


def test_old_sighting_of_a_doubtful_clock_changes_nothing(
    running: Running, late: Late, send: Send
) -> None:
    [answer] = send(late("sighting", armed=False, clock="unsure"))

    assert answer["receipt"]["security"] == "armed"


def test_sighting_of_no_copy_is_refused_and_asks_nobody(
    running: Running, late: Late, send: Send
) -> None:
    [answer] = send(late("sighting", armed=False, item_id="NO-SUCH"))

    assert answer["refusal"]["reasons"] == ["item_unknown"]
    assert running.scalar("SELECT count(*) FROM conflict") == 0


def broken_batches(late: Late) -> list[list[dict[str, Any]]]:
    one, two = late("return"), late("return")
    return [[], [two, one], [one, one], [one | {"seq": 0}], [one | {"kind": "theft"}], [one] * 513]


@pytest.mark.parametrize("number", range(6))
def test_batch_that_cannot_be_is_refused_whole(
    running: Running, kiosk: httpx2.Client, late: Late, number: int
) -> None:
    answer = kiosk.post(OPERATIONS, json={"operations": broken_batches(late)[number]})

    assert answer.status_code == 422
    assert running.scalar("SELECT count(*) FROM operation") == 0


def test_operations_of_a_whole_class_fit_into_one_batch(late: Late, send: Send) -> None:
    answers = send(*(late("sighting", armed=True) for _ in range(MAX_BATCH)))

    assert len(answers) == MAX_BATCH


def test_stranger_is_not_heard(running: Running, late: Late) -> None:
    answer = httpx2.post(running.url + OPERATIONS, json={"operations": [late("return")]})

    assert answer.status_code == 401
