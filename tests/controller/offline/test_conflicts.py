"""Facts that disagree become a librarian's question; her answer is recorded, whatever it is."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS, RETURNS
from circulation.desk import HOLDS, HOLDS_SHELVE, STAFF_BLOCKS, STAFF_MARKS
from circulation.offline import CONFLICTS, CONFLICTS_SETTLE
from tests.controller.conftest import (
    ANNA,
    BORIS,
    DICTIONARY,
    MTSYRI,
    Body,
    Running,
    sign_in_at_the_desk,
)
from tests.controller.offline.conftest import BY_STAFF, Late, Send, Settle

HOUR = timedelta(hours=1)
OPEN_LOANS = "SELECT patron_id FROM loan WHERE returned_at IS NULL"


def act(body: Body, **fields: object) -> dict[str, Any]:
    request = body()
    return {"op_id": request["op_id"], "at": request["at"]} | fields


def test_two_kiosks_that_lent_one_copy_ask_who_has_it(
    running: Running, station: httpx2.Client, late: Late, send: Send
) -> None:
    now = running.clock()
    send(late("checkout", at=now - 2 * HOUR, patron_id=ANNA))

    [answer] = send(late("checkout", at=now - HOUR, patron_id=BORIS), device="kiosk-2")

    assert (answer["done"], answer["conflict"]) == ("conflict", "lent_twice")
    [question] = station.get(CONFLICTS).json()["conflicts"]
    assert question["conflict_id"] == answer["conflict_id"]
    assert (question["device"], question["fact"]["patron_id"]) == ("kiosk-2", BORIS)
    assert (question["evidence"]["holder"], question["evidence"]["lent_by"]) == (ANNA, "kiosk-1")
    assert (question["choices"], question["decide_by"]) == (["record", "keep"], "2026-10-21")
    assert running.rows(OPEN_LOANS) == [(ANNA,)]


def test_recorded_second_loan_ends_the_first_at_its_own_time(
    running: Running, station: httpx2.Client, late: Late, send: Send, settle: Settle
) -> None:
    now = running.clock()
    send(late("checkout", at=now - 2 * HOUR, patron_id=ANNA))
    send(late("checkout", at=now - HOUR, patron_id=BORIS), device="kiosk-2")

    answer = settle("record")

    assert answer.status_code == 200
    assert running.rows(OPEN_LOANS) == [(BORIS,)]
    assert running.rows("SELECT lent_at, returned_at FROM loan ORDER BY id") == [
        ("2026-10-14T07:00:00.000000+00:00", "2026-10-14T08:00:00.000000+00:00"),
        ("2026-10-14T08:00:00.000000+00:00", None),
    ]
    assert station.get(CONFLICTS).json()["conflicts"] == []


def test_kept_ledger_stays_as_it_is_and_the_decision_is_in_the_log(
    running: Running, late: Late, send: Send, settle: Settle
) -> None:
    send(late("checkout", patron_id=ANNA))
    send(late("checkout", patron_id=BORIS), device="kiosk-2")

    answer = settle("keep")

    assert answer.status_code == 200
    assert running.rows(OPEN_LOANS) == [(ANNA,)]
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'conflict_settled'")
    assert all(word in detail for word in ("keep", *BY_STAFF.values()))


def test_returned_here_lent_there_later_does_not_end_the_later_loan(
    running: Running, late: Late, send: Send, settle: Settle
) -> None:
    now = running.clock()
    send(late("checkout", at=now - HOUR, patron_id=BORIS), device="kiosk-2")

    [answer] = send(late("return", at=now - 2 * HOUR))

    assert answer["conflict"] == "returned_before_lent"
    assert running.rows(OPEN_LOANS) == [(BORIS,)]
    assert settle("record").status_code == 200
    assert running.rows(OPEN_LOANS) == []


def test_return_between_two_loans_of_one_patron_does_not_end_the_second(
    running: Running, late: Late, send: Send
) -> None:
    now = running.clock()
    send(late("checkout", at=now - 3 * HOUR, patron_id=BORIS))
    send(late("checkout", at=now - HOUR, patron_id=BORIS))

    [answer] = send(late("return", at=now - 2 * HOUR), device="kiosk-2")

    assert answer["conflict"] == "returned_before_lent"
    assert running.rows(OPEN_LOANS) == [(BORIS,)]


def test_return_that_comes_in_its_own_order_is_no_question(
    running: Running, late: Late, send: Send
) -> None:
    now = running.clock()
    checkout = late("checkout", at=now - 2 * HOUR, patron_id=ANNA)
    send(checkout, late("return", at=now - HOUR))

    assert running.rows(OPEN_LOANS) == []
    assert running.scalar("SELECT count(*) FROM conflict") == 0


def test_blocked_patron_who_borrowed_offline_is_not_debited_before_staff_decide(
    running: Running,
    station: httpx2.Client,
    body: Body,
    late: Late,
    send: Send,
    settle: Settle,
) -> None:
    station.post(STAFF_BLOCKS, json=act(body, patron_id=ANNA, **BY_STAFF))

    [answer] = send(late("checkout", patron_id=ANNA))

    assert answer["conflict"] == "patron_not_allowed"
    assert running.rows(OPEN_LOANS) == []
    assert settle("record").status_code == 200
    assert running.rows(OPEN_LOANS) == [(ANNA,)]
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'rule_overridden'")
    assert "patron_blocked" in detail


def test_overtaken_hold_is_a_question_and_keeps_its_place(
    running: Running,
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
    late: Late,
    send: Send,
    settle: Settle,
) -> None:
    kiosk.post(HOLDS, json=act(body, patron_id=ANNA, title_id=1))
    station.post(HOLDS_SHELVE, json=body())

    [answer] = send(late("checkout", patron_id=BORIS))
    settle("record")

    assert answer["conflict"] == "hold_overtaken"
    assert running.rows(OPEN_LOANS) == [(BORIS,)]
    assert running.rows("SELECT patron_id, state FROM hold") == [(ANNA, "waiting")]


@pytest.mark.parametrize("mark", ["mark_lost", "mark_damaged"])
def test_copy_that_should_not_be_lent_is_a_question(
    running: Running,
    station: httpx2.Client,
    body: Body,
    late: Late,
    send: Send,
    settle: Settle,
    mark: str,
) -> None:
    station.post(STAFF_MARKS, json=body(act=mark))

    [answer] = send(late("checkout", patron_id=ANNA))
    settled = settle("record")

    assert (answer["conflict"], settled.status_code) == ("copy_not_lendable", 200)
    assert running.rows("SELECT state FROM item WHERE item_id = :i", i=MTSYRI) == [("on_loan",)]


def test_reading_room_copy_is_a_question(late: Late, send: Send) -> None:
    [answer] = send(late("checkout", patron_id=ANNA, item_id=DICTIONARY))

    assert answer["conflict"] == "copy_not_lendable"


@pytest.mark.parametrize(
    "fields", [{"patron_id": "p-nobody"}, {"patron_id": ANNA, "item_id": "NO-SUCH"}]
)
def test_unknown_copy_or_patron_waits_until_the_ledger_knows_it(
    running: Running, late: Late, send: Send, settle: Settle, fields: dict[str, str]
) -> None:
    [answer] = send(late("checkout", **fields))

    too_early = settle("record")

    assert answer["conflict"] == "unknown"
    assert too_early.status_code == 409
    assert too_early.json()["reasons"][0] == "choice_impossible"
    assert settle("keep").status_code == 200


def test_renewal_that_the_rules_refuse_is_a_question(
    running: Running, kiosk: httpx2.Client, body: Body, late: Late, send: Send, settle: Settle
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=20)
    sign_in_at_the_desk(running)

    [answer] = send(late("renewal", patron_id=ANNA))

    assert answer["conflict"] == "renewal_not_allowed"
    assert running.rows("SELECT due FROM loan") == [("2026-10-28",)]
    assert settle("record").status_code == 200
    assert running.rows("SELECT due FROM loan") == [("2026-11-17",)]


def test_renewal_of_a_loan_that_is_over_since_asks_nothing(
    running: Running, kiosk: httpx2.Client, body: Body, late: Late, send: Send
) -> None:
    """Renewed at one kiosk, brought back to another, and the other was heard first."""
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(hours=1)
    renewed_at = running.clock()
    running.clock.move(hours=1)
    kiosk.post(RETURNS, json=body())

    [answer] = send(late("renewal", patron_id=ANNA, at=renewed_at))
    [strange] = send(late("renewal", patron_id=BORIS, at=renewed_at))

    assert (answer["done"], answer["receipt"]["due"]) == ("applied", "2026-10-28")
    assert strange["conflict"] == "renewal_not_allowed"
    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 0


def test_written_off_copy_stays_written_off(
    running: Running, station: httpx2.Client, body: Body, late: Late, send: Send, settle: Settle
) -> None:
    station.post(STAFF_MARKS, json=body(act="withdraw"))
    send(late("checkout", patron_id=ANNA), late("return"))

    assert [settle("record", number).status_code for number in (1, 2)] == [409, 409]
    assert running.rows("SELECT state FROM item WHERE item_id = :i", i=MTSYRI) == [("withdrawn",)]


def test_fact_of_a_doubtful_clock_is_dated_when_it_came_and_not_when_it_was_settled(
    running: Running, station: httpx2.Client, body: Body, late: Late, send: Send, settle: Settle
) -> None:
    station.post(STAFF_BLOCKS, json=act(body, patron_id=ANNA, **BY_STAFF))
    send(late("checkout", clock="unsure", patron_id=ANNA))
    running.clock.move(days=3)
    sign_in_at_the_desk(running)

    settle("record")

    assert running.rows("SELECT due FROM loan") == [("2026-10-28",)]


def test_settled_question_is_closed_and_a_repeat_gets_its_answer(
    running: Running, station: httpx2.Client, body: Body, late: Late, send: Send
) -> None:
    send(late("checkout", patron_id="p-nobody"))
    decision = act(body, conflict_id=1, choice="keep", **BY_STAFF)
    first = station.post(CONFLICTS_SETTLE, json=decision)

    repeat = station.post(CONFLICTS_SETTLE, json=decision)
    another = station.post(
        CONFLICTS_SETTLE, json=act(body, conflict_id=1, choice="record", **BY_STAFF)
    )

    assert repeat.content == first.content
    assert (another.status_code, another.json()["reasons"]) == (409, ["conflict_settled"])


def test_no_question_is_not_found_and_the_inbox_is_not_for_a_kiosk(
    kiosk: httpx2.Client, body: Body, settle: Settle
) -> None:
    decision = act(body, conflict_id=1, choice="keep", **BY_STAFF)

    assert settle("keep", 99).json()["reasons"] == ["conflict_unknown"]
    assert kiosk.get(CONFLICTS).status_code == 403
    assert kiosk.post(CONFLICTS_SETTLE, json=decision).status_code == 403
