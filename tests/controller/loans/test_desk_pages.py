"""The circulation desk in the browser: what a kiosk refuses, a librarian decides there."""

import json
from http import HTTPStatus

import httpx2
import pytest

from circulation.api import CHECKOUTS
from controller.staff.rights import Role
from tests.controller.conftest import (
    ANNA,
    ANNAS_CARD,
    BORIS,
    DICTIONARY,
    GOGOL,
    MTSYRI,
    PLAIN_HTTP,
    Body,
    Running,
)
from tests.controller.staff.conftest import As, Browser, new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]  # fixtures
PAGE = "/console/desk"


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def send(browser: Browser, **fields: str) -> httpx2.Response:
    return browser.post(PAGE, data={"form": browser.headers["X-Form-Token"]} | fields)


def lend(browser: Browser, number: str, patron: str = ANNA, **more: str) -> httpx2.Response:
    return send(browser, **{"act": "lend", "number": number, "patron_id": patron} | more)


def open_loans(running: Running) -> list[tuple[str, str]]:
    return running.rows(
        "SELECT i.item_id, l.patron_id FROM loan l JOIN item i ON i.id = l.item_id"
        " WHERE l.returned_at IS NULL ORDER BY i.item_id"
    )


def test_a_card_opens_the_reader_with_what_is_on_loan(
    librarian: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).raise_for_status()
    shown = send(librarian, text=ANNAS_CARD).text
    assert "Петрова Анна" in shown
    assert ("Мцыри" in shown, "28.10.2026" in shown) == (True, True)


def test_that_a_reader_was_looked_at_is_noted(running: Running, librarian: Browser) -> None:
    send(librarian, text="Петрова")
    assert running.rows("SELECT patron_id, part FROM patron_seen") == [(ANNA, "record")]


def test_nobody_of_that_name_is_said_in_words(librarian: Browser) -> None:
    answer = send(librarian, text="Щука")
    assert (answer.status_code, "Такого читателя нет" in answer.text) == (404, True)


def test_a_book_is_lent_at_the_browser_and_its_tag_waits_for_a_kiosk(
    running: Running, librarian: Browser
) -> None:
    said = lend(librarian, MTSYRI).text
    assert "Выдано до 28.10.2026: Мцыри." in said
    assert "положите книгу на терминал" in said
    assert open_loans(running) == [(MTSYRI, ANNA)]
    assert running.rows(
        "SELECT d.name, d.kind, d.token_hash FROM loan l JOIN device d ON d.id = l.device_id"
    ) == [("web desk", "station", None)]


def test_a_rule_of_the_house_is_set_aside_with_a_reason_and_a_name(
    running: Running, librarian: Browser
) -> None:
    refused = lend(librarian, DICTIONARY)
    assert (refused.status_code, "Только для читального зала" in refused.text) == (409, True)
    assert 'value="override"' in refused.text
    assert open_loans(running) == []

    nameless = lend(librarian, DICTIONARY, act="override", note=" ")
    assert (nameless.status_code, "Напишите, почему" in nameless.text) == (422, True)

    lend(librarian, DICTIONARY, act="override", note="для олимпиады")
    assert open_loans(running) == [(DICTIONARY, ANNA)]
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'rule_overridden'")
    assert json.loads(detail) == {
        "rules": "reading_room_only",
        "staff": "librarian",
        "note": "для олимпиады",
    }


def test_what_is_so_is_not_set_aside(
    running: Running, librarian: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=BORIS)).raise_for_status()
    refused = lend(librarian, MTSYRI)
    assert "сначала примите её" in refused.text
    assert 'value="override"' not in refused.text
    assert lend(librarian, MTSYRI, act="override", note="надо").status_code == 409
    assert open_loans(running) == [(MTSYRI, BORIS)]


def test_a_loan_is_renewed_and_the_limit_set_aside(running: Running, librarian: Browser) -> None:
    lend(librarian, MTSYRI)
    for _ in range(9):
        said = lend(librarian, MTSYRI, act="renew")
        if said.status_code == HTTPStatus.CONFLICT:
            break
        assert "Продлено до" in said.text
    assert "Продлений больше не положено" in said.text
    assert "Продлено до" in lend(librarian, MTSYRI, act="override_renew", note="болеет").text


def test_a_book_comes_back_without_a_reader_and_stands_on_the_list_of_repairs(
    running: Running, librarian: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).raise_for_status()
    running.change("UPDATE item SET security = 'disarmed' WHERE item_id = :number", number=MTSYRI)
    said = send(librarian, act="take_back", number=MTSYRI).text
    assert "Принято: Мцыри, на своё место." in said
    assert "Защита не включена" in said
    assert open_loans(running) == []
    assert running.rows(
        "SELECT state, security FROM item WHERE item_id = :number", number=MTSYRI
    ) == [("in_stock", "arm_due")]
    assert running.rows("SELECT 1 FROM item_sighting") == []  # no antenna has seen it


def test_a_book_that_was_not_on_loan_is_taken_all_the_same(librarian: Browser) -> None:
    said = send(librarian, act="take_back", number=GOGOL).text
    assert ("Принято: Вий" in said, "не была выдана" in said) == (True, True)


def test_a_reader_is_blocked_until_a_day_and_freed(running: Running, librarian: Browser) -> None:
    blocked = lend(librarian, "", act="block", note="не вернул учебники", until="2026-10-20")
    assert "Блокировка записана" in blocked.text
    assert "не вернул учебники (librarian, с 14.10.2026 до 20.10.2026)" in blocked.text
    assert "Читатель заблокирован" in lend(librarian, MTSYRI).text

    [(block,)] = running.rows("SELECT id FROM patron_block")
    assert "Блокировка снята" in lend(librarian, "", act="lift", block_id=str(block)).text
    assert "уже снята" in lend(librarian, "", act="lift", block_id=str(block)).text
    assert "Выдано до" in lend(librarian, MTSYRI).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"act": "lend", "number": "НЕТ-1"}, "Такого экземпляра нет"),
        ({"act": "take_back", "number": ""}, "Такого экземпляра нет"),
        ({"act": "block", "note": ""}, "Напишите, почему"),
        ({"act": "block", "note": "так", "until": "32.13.2026"}, "День не читается"),
        ({"act": "lift", "block_id": "-1"}, "Этого уже нет на странице"),
        ({"act": "lift", "block_id": "999999999"}, "уже снята"),
        ({"act": "erase"}, "Этого уже нет на странице"),
        ({"act": "renew", "number": "\n"}, "Этого уже нет на странице"),
        ({"act": "renew", "number": GOGOL}, "Книга не выдана"),
    ],
)
def test_a_form_that_makes_no_sense_is_told_in_words_and_changes_nothing(
    running: Running, librarian: Browser, fields: dict[str, str], words: str
) -> None:
    answer = send(librarian, patron_id=ANNA, **fields)
    assert (answer.status_code // 100, words in answer.text) == (4, True)
    assert open_loans(running) == []
    assert running.rows("SELECT 1 FROM patron_block") == []


def test_the_browser_is_no_device_on_the_list_of_devices(librarian: Browser) -> None:
    lend(librarian, MTSYRI)
    assert "web desk" not in librarian.get("/console/devices").text


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ENGINEER])
def test_it_is_for_who_works_at_the_desk(signed_in: As, role: Role) -> None:
    somebody = signed_in(role)
    assert somebody.get(PAGE).status_code == HTTPStatus.FORBIDDEN
    assert lend(somebody, MTSYRI).status_code == HTTPStatus.FORBIDDEN


def test_a_form_of_another_page_is_refused(running: Running, librarian: Browser) -> None:
    answer = librarian.post(PAGE, data={"form": "no", "act": "lend", "number": MTSYRI})
    assert answer.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT}
    assert open_loans(running) == []


def test_a_stranger_is_led_to_the_door(running: Running) -> None:
    with httpx2.Client(base_url=running.url, timeout=60, verify=PLAIN_HTTP) as nobody:
        assert nobody.get(PAGE).headers["location"].startswith("/console/sign-in")
