"""What the librarian does at the station: overrides, marks, blocks; and renewing all at once."""

from typing import Any

import httpx2
import pytest

from circulation.api import ACCOUNTS, CHECKOUTS, RETURNS
from circulation.desk import (
    RENEW_ALL,
    STAFF_BLOCKS,
    STAFF_BLOCKS_LIFT,
    STAFF_CHECKOUTS,
    STAFF_MARKS,
    STAFF_RENEWALS,
)
from tests.controller.conftest import (
    ANNA,
    BORIS,
    DICTIONARY,
    GOGOL,
    MTSYRI,
    Body,
    Running,
    sign_in_at_the_desk,
)

BY_STAFF = {"note": "под мою ответственность"}


def act(body: Body, **fields: object) -> dict[str, Any]:
    request = body()
    return {"op_id": request["op_id"], "at": request["at"]} | fields


def test_override_lends_and_writes_down_who_and_why(
    running: Running, station: httpx2.Client, body: Body
) -> None:
    request = body(patron_id=ANNA, item_id=DICTIONARY) | BY_STAFF

    answer = station.post(STAFF_CHECKOUTS, json=request)

    assert answer.status_code == 200
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'rule_overridden'")
    assert all(word in detail for word in ("reading_room_only", *BY_STAFF.values()))


def test_name_of_the_staff_is_not_on_the_public_page(
    running: Running, station: httpx2.Client, body: Body
) -> None:
    station.post(STAFF_CHECKOUTS, json=body(patron_id=ANNA, item_id=DICTIONARY) | BY_STAFF)

    page = httpx2.get(f"{running.url}/?lang=en").text

    assert "Librarian set a rule aside" in page
    assert "olga" not in page
    assert BY_STAFF["note"] not in page


def test_override_of_nothing_is_a_plain_loan(
    running: Running, station: httpx2.Client, body: Body
) -> None:
    station.post(STAFF_CHECKOUTS, json=body(patron_id=ANNA) | BY_STAFF)

    assert running.rows("SELECT kind FROM event") == [("checked_out",)]


def test_staff_cannot_lend_what_another_has(
    kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    answer = station.post(STAFF_CHECKOUTS, json=body(patron_id=BORIS) | BY_STAFF)

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["on_loan_to_other"])


def test_kiosk_cannot_override(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    answer = kiosk.post(STAFF_CHECKOUTS, json=body(patron_id=ANNA) | BY_STAFF)

    assert (answer.status_code, answer.json()["reasons"]) == (403, ["staff_only"])
    assert running.scalar("SELECT count(*) FROM loan") == 0


def test_overdue_loan_is_renewed_by_staff(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=20)
    sign_in_at_the_desk(running)

    answer = station.post(STAFF_RENEWALS, json=body(patron_id=ANNA) | BY_STAFF)

    assert (answer.status_code, answer.json()["due"]) == (200, "2026-11-17")


def test_all_loans_are_renewed_each_for_itself(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=10)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL))
    running.clock.move(days=5)

    answer = kiosk.post(RENEW_ALL, json=act(body, patron_id=ANNA))

    lines = [(line["item_id"], line["due"], line["reasons"]) for line in answer.json()["loans"]]
    assert lines == [(MTSYRI, "2026-10-28", ["renewal_overdue"]), (GOGOL, "2026-11-12", [])]


def test_nobodys_loans_are_not_found(kiosk: httpx2.Client, body: Body) -> None:
    assert kiosk.post(RENEW_ALL, json=act(body, patron_id="p-nobody")).status_code == 404


def mark(station: httpx2.Client, body: Body, act_word: str) -> httpx2.Response:
    return station.post(STAFF_MARKS, json=body(act=act_word))


def test_claimed_copy_is_not_held_against_the_patron_and_its_loan_stands(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=20)
    sign_in_at_the_desk(running)

    answer = mark(station, body, "claim_returned")

    assert answer.json()["state"] == "claimed_returned"
    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 1
    patron = kiosk.get(f"{ACCOUNTS}/{ANNA}").json()["patron"]
    assert (patron["overdue_loans"], patron["blocked"]) == (0, [])


def test_claimed_copy_found_on_the_shelf_ends_the_loan(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    mark(station, body, "claim_returned")

    answer = mark(station, body, "find")

    assert (answer.json()["state"], answer.json()["security"]) == ("in_stock", "armed")
    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 0


def test_lost_copy_is_owed_until_it_is_written_off(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    open_loans = "SELECT count(*) FROM loan WHERE returned_at IS NULL"
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    mark(station, body, "mark_lost")
    owed = running.scalar(open_loans)
    mark(station, body, "withdraw")

    assert (owed, running.scalar(open_loans)) == (1, 0)


def test_damaged_copy_is_lent_again_after_mending(
    kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    mark(station, body, "mark_damaged")
    refused = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    dropped = kiosk.post(RETURNS, json=body())
    mark(station, body, "mend")
    lent = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert refused.json()["reasons"] == ["not_lendable"]
    assert dropped.json()["destination"] == "staff"
    assert lent.status_code == 200


@pytest.mark.parametrize(
    ("lent", "act_word", "reason"),
    [
        (True, "mark_damaged", "on_loan_to_other"),
        (False, "claim_returned", "not_lendable"),
        (False, "find", "not_lendable"),
    ],
)
def test_mark_that_does_not_fit_is_refused(
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
    lent: bool,
    act_word: str,
    reason: str,
) -> None:
    if lent:
        kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    answer = mark(station, body, act_word)

    assert (answer.status_code, answer.json()["reasons"]) == (409, [reason])


@pytest.mark.parametrize("act_word", ["checkout", "return", "explode"])
def test_desk_cannot_lend_by_a_mark(station: httpx2.Client, body: Body, act_word: str) -> None:
    assert mark(station, body, act_word).status_code == 422


def test_block_ends_with_its_last_day(
    running: Running, kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    until = {"until": "2026-10-15"}
    station.post(STAFF_BLOCKS, json=act(body, patron_id=ANNA, **BY_STAFF, **until))
    running.clock.move(days=1)

    last_day = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=1)
    day_after = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert last_day.json()["reasons"] == ["patron_blocked"]
    assert last_day.json()["blocked_until"] == "2026-10-15"
    assert day_after.status_code == 200


def test_lifted_block_is_over_at_once_and_other_blocks_stand(
    kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    def block() -> int:
        answer = station.post(STAFF_BLOCKS, json=act(body, patron_id=ANNA, **BY_STAFF))
        return int(answer.json()["block_id"])

    def lift(block_id: int) -> int:
        request = act(body, block_id=block_id)
        return station.post(STAFF_BLOCKS_LIFT, json=request).status_code

    def checkout() -> int:
        return kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).status_code

    first, second = block(), block()

    assert (lift(first), checkout()) == (200, 409)
    assert (lift(second), checkout()) == (200, 200)
    assert lift(second) == 404


def test_block_of_nobody_is_not_found(station: httpx2.Client, body: Body) -> None:
    answer = station.post(STAFF_BLOCKS, json=act(body, patron_id="p-nobody", **BY_STAFF))

    assert (answer.status_code, answer.json()["reasons"]) == (404, ["card_unknown"])


def test_late_clock_makes_a_short_loan_and_not_a_negative_one(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(hours=-2)

    kiosk.post(RETURNS, json=body())

    assert running.scalar("SELECT returned_at >= lent_at FROM loan")
