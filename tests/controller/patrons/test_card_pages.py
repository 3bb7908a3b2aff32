"""A card laid on a reader that types: its reader is found; cards are issued, replaced, blocked."""

import httpx2
import pytest

from controller.staff.rights import Role
from tests.controller.conftest import ANNA, ANNAS_CARD, BORISS_CARD, MTSYRI, Running
from tests.controller.staff.conftest import FORM, As, Browser

NEW_CARD = "04FFEE11223344"


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    return sqlite_ledger


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def send(browser: Browser, path: str = "", **fields: str) -> httpx2.Response:
    token = FORM.search(browser.get("/console/cards").text)
    assert token
    return browser.post(f"/console/cards{path}", data={"form": token[1]} | fields)


def test_a_card_or_the_beginning_of_a_name_finds_the_reader(
    librarian: Browser, running: Running
) -> None:
    for text in (ANNAS_CARD, ANNAS_CARD.lower(), "петр", "7б"):
        answer = send(librarian, text=text)

        assert "Петрова Анна" in answer.text, text
        assert ANNAS_CARD in answer.text
    assert running.rows("SELECT patron_id, part FROM patron_seen") == [(ANNA, "record")] * 4


def test_several_are_shown_to_choose_from_and_nobody_is_told(
    librarian: Browser, running: Running
) -> None:
    running.change("UPDATE patron SET class_name = '7Б'")

    several = send(librarian, text="7Б")
    nobody = send(librarian, text="Неизвестный")
    chosen = send(librarian, patron_id=ANNA)

    assert "Орлов Борис" in several.text
    assert "Подходит несколько" in several.text
    assert nobody.status_code == 404
    assert "Никто не найден" in nobody.text
    assert "Петрова Анна" in chosen.text


def test_a_lost_card_is_replaced_and_blocked_in_one_step(
    librarian: Browser, running: Running
) -> None:
    answer = send(
        librarian,
        "/change",
        patron_id=ANNA,
        act="issue",
        card=NEW_CARD.lower(),
        replaces=ANNAS_CARD,
    )

    assert "Готово" in answer.text
    cards = dict(running.rows("SELECT uid, blocked FROM card WHERE patron_id = :id", id=ANNA))
    assert (bool(cards[NEW_CARD]), bool(cards[ANNAS_CARD])) == (False, True)


def test_a_card_is_blocked_and_freed(librarian: Browser, running: Running) -> None:
    states = []
    for act in ("block", "free"):
        send(librarian, "/change", patron_id=ANNA, act=act, card=ANNAS_CARD)
        states.append(bool(running.scalar("SELECT blocked FROM card WHERE uid = :c", c=ANNAS_CARD)))

    assert states == [True, False]


MISTAKES = (
    (BORISS_CARD, 409, "Этот билет у другого читателя"),
    ("08A1B2C3", 409, "Этот билет у другого читателя"),  # a phone's random UID
    (MTSYRI, 409, "номер стоит на книге"),
    ("два слова", 422, "Это не номер билета"),
)


def test_a_card_that_cannot_be_his_is_told_with_what_to_do(
    librarian: Browser, running: Running
) -> None:
    before = running.rows("SELECT uid, patron_id, blocked FROM card ORDER BY uid")

    for card, status, said in MISTAKES:
        wish = {"patron_id": ANNA, "act": "issue", "card": card, "replaces": ANNAS_CARD}
        answer = send(librarian, "/change", **wish)

        assert (answer.status_code, said in answer.text) == (status, True), card
    assert running.rows("SELECT uid, patron_id, blocked FROM card ORDER BY uid") == before


def test_names_are_never_in_an_address(librarian: Browser) -> None:
    assert "Петрова" not in librarian.get("/console/cards", params={"text": "Петрова"}).text
