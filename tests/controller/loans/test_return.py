"""Returns and renewals over HTTP."""

import httpx2
import pytest

from circulation.api import CHECKOUTS, RENEWALS, RETURNS
from tests.controller.conftest import ANNA, BORIS, MTSYRI, Body, Running


def test_return_closes_the_loan_and_arms_the_copy(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=1)

    answer = kiosk.post(RETURNS, json=body())

    assert answer.status_code == 200
    receipt = answer.json()
    assert (receipt["was_on_loan"], receipt["overdue_days"]) == (True, 0)
    assert (receipt["destination"], receipt["security"]) == ("shelf", "armed")
    assert running.rows("SELECT returned_at FROM loan") == [("2026-10-15T09:00:00.000000+00:00",)]
    assert running.rows("SELECT state, security FROM item WHERE item_id = :i", i=MTSYRI) == [
        ("in_stock", "armed")
    ]


def test_return_after_the_due_date_counts_the_days(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=17)

    answer = kiosk.post(RETURNS, json=body())

    assert answer.json()["overdue_days"] == 3


def test_copy_that_was_not_on_loan_is_taken_all_the_same(kiosk: httpx2.Client, body: Body) -> None:
    answer = kiosk.post(RETURNS, json=body())

    assert (answer.status_code, answer.json()["was_on_loan"]) == (200, False)


def test_lost_copy_that_turns_up_goes_to_staff_and_its_loan_ends(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.change("UPDATE item SET state = 'lost' WHERE item_id = :item", item=MTSYRI)

    answer = kiosk.post(RETURNS, json=body())

    assert (answer.status_code, answer.json()["destination"]) == (200, "staff")
    assert running.scalar("SELECT count(*) FROM loan WHERE returned_at IS NULL") == 0


def test_withdrawn_copy_is_refused(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    running.change("UPDATE item SET state = 'withdrawn' WHERE item_id = :item", item=MTSYRI)

    answer = kiosk.post(RETURNS, json=body())

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["not_lendable"])


def test_unknown_copy_is_not_found(kiosk: httpx2.Client, body: Body) -> None:
    answer = kiosk.post(RETURNS, json=body(item_id="NO-SUCH"))

    assert (answer.status_code, answer.json()["reasons"]) == (404, ["item_unknown"])


def test_returned_copy_can_be_lent_again(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(RETURNS, json=body())

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=BORIS))

    assert answer.status_code == 200
    assert running.scalar("SELECT count(*) FROM loan") == 2


def test_return_under_a_clock_that_went_back_is_still_a_return(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(hours=-1)

    answer = kiosk.post(RETURNS, json=body())

    assert (answer.status_code, answer.json()["was_on_loan"]) == (200, True)


def test_renewal_moves_the_due_date_from_today(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=10)

    answer = kiosk.post(RENEWALS, json=body(patron_id=ANNA))

    assert answer.status_code == 200
    assert (answer.json()["due"], answer.json()["renewals"]) == ("2026-11-07", 1)
    assert running.rows("SELECT due, renewals FROM loan") == [("2026-11-07", 1)]


@pytest.mark.parametrize(
    ("patron", "days", "reason"),
    [(BORIS, 1, "on_loan_to_other"), (ANNA, 15, "renewal_overdue")],
)
def test_renewal_is_refused(
    running: Running, kiosk: httpx2.Client, body: Body, patron: str, days: int, reason: str
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=days)

    answer = kiosk.post(RENEWALS, json=body(patron_id=patron))

    assert (answer.status_code, answer.json()["reasons"]) == (409, [reason])


def test_third_renewal_is_over_the_limit(kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    for _ in range(2):
        assert kiosk.post(RENEWALS, json=body(patron_id=ANNA)).status_code == 200

    answer = kiosk.post(RENEWALS, json=body(patron_id=ANNA))

    assert answer.json()["reasons"] == ["renewal_limit"]


def test_copy_that_is_not_on_loan_is_not_renewed(kiosk: httpx2.Client, body: Body) -> None:
    answer = kiosk.post(RENEWALS, json=body(patron_id=ANNA))

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["not_on_loan"])
