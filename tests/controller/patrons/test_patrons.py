"""Cards and accounts: enough for a screen, never a whole name."""

import httpx2
import pytest

from circulation.api import ACCOUNTS, CARDS_RESOLVE, CHECKOUTS
from controller.loans.facts import age_of_class
from controller.patrons.service import masked_name
from tests.controller.conftest import (
    ANNA,
    ANNAS_CARD,
    BORISS_CARD,
    GOGOL,
    LOST_CARD,
    MTSYRI,
    Body,
    Running,
)


def test_card_shows_a_masked_name_and_the_rights(kiosk: httpx2.Client) -> None:
    answer = kiosk.post(CARDS_RESOLVE, json={"uid": ANNAS_CARD})

    assert answer.status_code == 200
    assert answer.json() == {
        "patron_id": ANNA,
        "masked_name": "Анна П.",
        "class_name": "7Б",
        "blocked": [],
        "open_loans": 0,
        "overdue_loans": 0,
        "can_still_borrow": 5,
    }
    assert "Петрова" not in answer.text


def test_card_says_beforehand_what_would_be_refused(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=30)
    running.block(ANNA)

    view = kiosk.post(CARDS_RESOLVE, json={"uid": ANNAS_CARD}).json()

    assert view["blocked"] == ["patron_blocked", "overdue_items"]
    assert (view["open_loans"], view["overdue_loans"]) == (1, 1)


@pytest.mark.parametrize(
    ("uid", "status", "reason"),
    [
        ("0499999999", 422, None),  # no whole UID has 5 bytes
        ("04999999", 404, "card_unknown"),
        ("08123456", 404, "card_random_uid"),
        (LOST_CARD, 409, "card_blocked"),
    ],
)
def test_card_of_nobody_is_refused(
    kiosk: httpx2.Client, uid: str, status: int, reason: str | None
) -> None:
    answer = kiosk.post(CARDS_RESOLVE, json={"uid": uid})

    assert answer.status_code == status
    assert answer.json().get("reasons") == (None if reason is None else [reason])


def test_account_lists_the_most_urgent_first(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(days=10)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=GOGOL))
    running.clock.move(days=5)

    answer = kiosk.get(f"{ACCOUNTS}/{ANNA}")

    loans = answer.json()["loans"]
    assert [(loan["item_id"], loan["overdue"]) for loan in loans] == [
        (MTSYRI, True),
        (GOGOL, False),
    ]
    assert [loan["renewals_left"] for loan in loans] == [2, 2]
    assert answer.json()["patron"]["overdue_loans"] == 1


def test_account_of_nobody_is_not_found(kiosk: httpx2.Client) -> None:
    answer = kiosk.get(f"{ACCOUNTS}/p-nobody")

    assert (answer.status_code, answer.json()["reasons"]) == (404, ["card_unknown"])


def test_two_cards_are_two_people(kiosk: httpx2.Client) -> None:
    views = [
        kiosk.post(CARDS_RESOLVE, json={"uid": uid}).json() for uid in (ANNAS_CARD, BORISS_CARD)
    ]

    assert [view["masked_name"] for view in views] == ["Анна П.", "Борис О."]


@pytest.mark.parametrize(
    ("family", "given", "masked"),
    [("Петрова", "Анна", "Анна П."), ("", "Анна", "Анна"), ("Ким", "", "К."), ("", "", "")],
)
def test_name_is_masked(family: str, given: str, masked: str) -> None:
    assert masked_name(family, given) == masked


@pytest.mark.parametrize(
    ("class_name", "age"), [("1А", 7), ("7Б", 13), ("11 В", 17), ("", None), ("учителя", None)]
)
def test_age_comes_from_the_class_alone(class_name: str, age: int | None) -> None:
    assert age_of_class(class_name) == age
