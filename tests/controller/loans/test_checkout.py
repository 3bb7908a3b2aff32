"""Lending over HTTP, on the real ledger."""

from typing import Any

import httpx2
import pytest

from circulation.api import CHECKOUTS, RETURNS, SIGHTINGS
from tests.controller.conftest import (
    ANNA,
    BORIS,
    DICTIONARY,
    GOGOL,
    MTSYRI,
    MTSYRI_TAG,
    Body,
    Running,
)


def test_checkout_makes_a_loan_that_waits_for_its_tag(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert answer.status_code == 200
    receipt = answer.json()
    assert (receipt["title"], receipt["due"]) == ("Мцыри", "2026-10-28")
    assert receipt["security"] == "disarm_due"
    assert running.rows(
        "SELECT patron_id, lent_at, due, returned_at, renewals, counted, policy_version FROM loan"
    ) == [(ANNA, "2026-10-14T09:00:00.000000+00:00", "2026-10-28", None, 0, 1, "default-1")]
    assert running.rows("SELECT state, security FROM item WHERE item_id = :item", item=MTSYRI) == [
        ("on_loan", "disarm_due")
    ]
    assert running.rows("SELECT kind, title_id FROM event") == [("checked_out", 1)]
    assert running.scalar("SELECT count(*) FROM operation") == 1


def test_due_date_is_counted_from_the_day_in_the_library(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    running.clock.move(hours=12, minutes=30)  # 21:30 UTC is half past midnight in Moscow

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert answer.json()["due"] == "2026-10-29"


def test_unknown_copy_is_not_found(kiosk: httpx2.Client, body: Body) -> None:
    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id="NO-SUCH"))

    assert (answer.status_code, answer.json()["reasons"]) == (404, ["item_unknown"])


def test_unknown_patron_is_not_found(kiosk: httpx2.Client, body: Body) -> None:
    answer = kiosk.post(CHECKOUTS, json=body(patron_id="p-nobody"))

    assert (answer.status_code, answer.json()["reasons"]) == (404, ["card_unknown"])


def test_copy_of_another_patron_is_refused(kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=BORIS))

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["on_loan_to_other"])
    assert answer.json()["due"] is None  # the neighbour's due date is the neighbour's


def test_own_copy_says_until_when(kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert answer.status_code == 409
    assert answer.json()["reasons"][0] == "already_yours"
    assert answer.json()["due"] == "2026-10-28"


def test_patron_who_left_is_refused(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    running.change(f"UPDATE patron SET has_left = true WHERE id = '{ANNA}'")

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["patron_left"])
    assert running.scalar("SELECT count(*) FROM loan") == 0


def test_every_reason_is_told_at_once(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    running.block(ANNA)

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=DICTIONARY))

    assert answer.json()["reasons"] == ["patron_blocked", "reading_room_only"]


def test_sixth_book_is_over_the_limit(kiosk: httpx2.Client, body: Body) -> None:
    for number in range(5):
        granted = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=f"C-{number}"))
        assert granted.status_code == 200

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["limit_reached"])
    assert answer.json()["can_still_borrow"] == 0


def test_overdue_book_stops_the_next(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=15)

    answer = kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL))

    assert (answer.status_code, answer.json()["reasons"]) == (409, ["overdue_items"])


@pytest.mark.parametrize(("patron", "status"), [(ANNA, 200), (BORIS, 409)])
def test_age_mark_counts_by_class(
    kiosk: httpx2.Client, body: Body, patron: str, status: int
) -> None:
    answer = kiosk.post(CHECKOUTS, json=body(patron_id=patron, item_id=GOGOL))  # 12+, 7Б and 3А

    assert answer.status_code == status


def test_tag_verified_disarmed_ends_the_waiting(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    answer = kiosk.post(SIGHTINGS, json=body(armed=False))

    assert (answer.status_code, answer.json()["security"]) == (200, "disarmed")
    assert running.scalar("SELECT security FROM item WHERE item_id = :i", i=MTSYRI) == "disarmed"


def test_sighting_that_changes_nothing_is_no_news(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    answer = kiosk.post(SIGHTINGS, json=body(armed=True))

    assert answer.json()["security"] == "armed"
    assert running.scalar("SELECT count(*) FROM event") == 0


def test_first_report_of_a_tag_is_remembered(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    uid = "E004015012345699"

    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL, uid=uid))

    assert running.scalar("SELECT tag_uid FROM item WHERE item_id = :item", item=GOGOL) == uid


def test_tag_of_another_copy_is_not_taken_over(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL, uid=MTSYRI_TAG))

    found = running.rows("SELECT item_id FROM item WHERE tag_uid = :uid", uid=MTSYRI_TAG)
    assert found == [(MTSYRI,)]


def broken_bodies() -> list[dict[str, Any]]:
    return [
        {"op_id": "no uuid"},
        {"at": "2026-10-14T12:00:00"},  # naive
        {"at": "0001-01-01T00:00:00+14:00"},  # before the first moment in UTC
        {"item_id": ""},
        {"uid": "E00401501234560"},
        {"surprise": 1},
    ]


@pytest.mark.parametrize("fields", broken_bodies())
def test_malformed_body_is_422_and_is_not_repeated_back(
    running: Running, kiosk: httpx2.Client, body: Body, fields: dict[str, Any]
) -> None:
    answer = kiosk.post(CHECKOUTS, json=body(patron_id="p-secret", **fields))

    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert "p-secret" not in answer.text
    assert running.scalar("SELECT count(*) FROM operation") == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 10_000, b"0" * 70_000])
def test_garbage_is_422(kiosk: httpx2.Client, content: bytes) -> None:
    answer = kiosk.post(RETURNS, content=content)

    assert answer.status_code == 422
