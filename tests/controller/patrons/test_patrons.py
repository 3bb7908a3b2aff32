"""Cards and accounts: enough for a screen, never a whole name."""

import httpx2
import pytest

from circulation.api import ACCOUNTS, CARDS_RESOLVE, CHECKOUTS
from controller.loans.facts import age_of_class
from controller.patrons.service import masked_name
from tests.controller.conftest import (
    ANNA,
    ANNAS_CARD,
    BORIS,
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


@pytest.fixture
def printed(running: Running) -> str:
    """Anna's paper card with a QR code."""
    running.change(
        "INSERT INTO card_number (number, kind, patron_id, blocked)"
        " VALUES ('RU33-000017', 'qr', :anna, false)",
        anna=ANNA,
    )
    return "RU33-000017"


def test_a_printed_card_is_known_like_one_with_a_chip(kiosk: httpx2.Client, printed: str) -> None:
    answer = kiosk.post(CARDS_RESOLVE, json={"number": printed})

    assert (answer.status_code, answer.json()["patron_id"]) == (200, ANNA)


@pytest.mark.parametrize(
    ("number", "patron"),
    [
        ("04A1B2C3D4E5F6", ANNA),  # the UID as a keyboard reader types it
        ("04:a1:b2:c3:d4:e5:f6", ANNA),
        ("F6E5D4C3B2A104", ANNA),  # last byte first
        (str(0x04A1B2C3D4E5F6), ANNA),
        (str(0xDEADBEEF), BORIS),
        (str(0xEFBEADDE), BORIS),
        ("DEADBEEF22", BORIS),  # with the check byte of MFRC522 libraries
    ],
)
def test_a_uid_as_another_reader_writes_it_is_the_same_card(
    kiosk: httpx2.Client, number: str, patron: str
) -> None:
    answer = kiosk.post(CARDS_RESOLVE, json={"number": number})

    assert (answer.status_code, answer.json()["patron_id"]) == (200, patron)


def test_a_number_that_can_mean_two_cards_means_nobody(
    running: Running, kiosk: httpx2.Client
) -> None:
    running.change(
        "INSERT INTO card (uid, patron_id, blocked) VALUES ('EFBEADDE', 'p-anna', false)"
    )

    answer = kiosk.post(CARDS_RESOLVE, json={"number": str(0xDEADBEEF)})

    assert (answer.status_code, answer.json()["reasons"]) == (404, ["card_unknown"])


def test_a_blocked_printed_card_opens_nothing(
    running: Running, kiosk: httpx2.Client, printed: str
) -> None:
    running.change("UPDATE card_number SET blocked = true")

    assert kiosk.post(CARDS_RESOLVE, json={"number": printed}).status_code == 409


@pytest.mark.parametrize("query", [{}, {"uid": ANNAS_CARD, "number": "1"}, {"number": "a b"}])
def test_one_card_is_asked_for_at_a_time(kiosk: httpx2.Client, query: dict[str, str]) -> None:
    assert kiosk.post(CARDS_RESOLVE, json=query).status_code == 422
