"""The librarian looks for a book, sees who has it, and marks a copy."""

import json
from http import HTTPStatus

import httpx2
import pytest
from sqlmodel import Session

from circulation.api import CHECKOUTS
from controller.db import open_transaction
from controller.search.rebuild import rebuild
from controller.staff.rights import Role
from controller.tables import Item, Title
from tests.controller.conftest import ANNA, ISIL, MTSYRI, PLAIN_HTTP, Body, Running
from tests.controller.staff.conftest import As, Browser, new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]  # fixtures
PAGE = "/console/catalogue"


@pytest.fixture
def librarian(running: Running, signed_in: As) -> Browser:
    """At the desk of a library whose catalogue is indexed."""
    index_all(running)
    return signed_in(Role.LIBRARIAN)


def index_all(running: Running) -> None:
    transaction = open_transaction(running.engine)
    transaction.begin_write()
    rebuild(transaction)
    transaction.commit()
    transaction.close()


def mark(browser: Browser, **fields: str) -> httpx2.Response:
    form = {"form": browser.headers["X-Form-Token"], "item_id": MTSYRI, "act": "mark_lost"}
    return browser.post(f"{PAGE}/1", data=form | fields)


def state_of_mtsyri(running: Running) -> str:
    return str(running.scalar("SELECT state FROM item WHERE item_id = :number", number=MTSYRI))


def test_words_find_titles_and_a_filter_stays_in_the_address(librarian: Browser) -> None:
    found = librarian.get(PAGE, params={"q": "лермонтов", "available": "true"}).text
    assert f'href="{PAGE}/1?lang=ru">Мцыри' in found
    assert 'name="available" value="true" checked' in found
    assert "Вий" not in found


def test_a_copys_number_finds_its_title(librarian: Browser) -> None:
    assert "Мцыри" in librarian.get(PAGE, params={"q": MTSYRI}).text


def test_what_nobody_wrote_is_said_in_words(librarian: Browser) -> None:
    answer = librarian.get(PAGE, params={"q": "ыыы"})
    assert (answer.status_code, "Ничего не нашлось" in answer.text) == (HTTPStatus.OK, True)


def test_a_list_goes_on_from_page_to_page(running: Running, librarian: Browser) -> None:
    with Session(running.engine) as session:
        for number in range(10, 35):
            tale = Title(
                id=number, title="Сказка", section="82", source="t", source_key=f"s{number}"
            )
            session.add(tale)
            session.flush()
            session.add(Item(owner=ISIL, item_id=f"S-{number}", title_id=number))
        session.commit()
    index_all(running)
    first = librarian.get(PAGE, params={"q": "сказка"}).text
    second = librarian.get(PAGE, params={"q": "сказка", "page": "2"}).text
    assert (first.count(f'href="{PAGE}/'), 'rel="next"' in first) == (20, True)
    assert (second.count(f'href="{PAGE}/'), 'rel="next"' in second) == (5, False)
    assert 'rel="prev"' in second


def test_the_page_of_a_title_shows_who_has_a_copy_and_never_the_whole_name(
    librarian: Browser, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA)).raise_for_status()
    shown = librarian.get(f"{PAGE}/1").text
    assert "Анна П., 7Б, до 28.10.2026" in shown
    assert "Петрова" not in shown


def test_a_lost_copy_is_marked_and_found_again(running: Running, librarian: Browser) -> None:
    lost = mark(librarian, note="не нашли при проверке")
    assert (lost.status_code, state_of_mtsyri(running)) == (HTTPStatus.SEE_OTHER, "lost")
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'item_marked'")
    assert json.loads(detail) | {"staff": "librarian"} == json.loads(detail)
    assert json.loads(detail)["note"] == "не нашли при проверке"
    assert '<option value="find">нашлась' in librarian.get(f"{PAGE}/1").text
    mark(librarian, act="find")
    assert state_of_mtsyri(running) == "in_stock"


def test_only_what_the_lifecycle_allows_is_offered_and_taken(
    running: Running, librarian: Browser
) -> None:
    assert '<option value="mend">' not in librarian.get(f"{PAGE}/1").text
    refused = mark(librarian, act="mend")
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "Это уже отмечено" in refused.text
    assert state_of_mtsyri(running) == "in_stock"


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"act": "checkout"}, HTTPStatus.UNPROCESSABLE_ENTITY, "Выберите, что отметить"),
        ({"act": ""}, HTTPStatus.UNPROCESSABLE_ENTITY, "Выберите, что отметить"),
        ({"item_id": "НЕТ-1"}, HTTPStatus.NOT_FOUND, "Такого экземпляра нет"),
    ],
)
def test_a_form_that_makes_no_sense_changes_nothing(
    running: Running, librarian: Browser, fields: dict[str, str], status: int, words: str
) -> None:
    answer = mark(librarian, **fields)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert state_of_mtsyri(running) == "in_stock"


def test_a_title_that_is_not_there_is_a_page_that_says_so(librarian: Browser) -> None:
    answer = librarian.get(f"{PAGE}/999")
    assert (answer.status_code, "Такого издания нет" in answer.text) == (404, True)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ENGINEER])
def test_it_is_for_who_works_at_the_desk(signed_in: As, role: Role) -> None:
    assert signed_in(role).get(PAGE).status_code == HTTPStatus.FORBIDDEN


def test_a_stranger_is_led_to_the_door(running: Running) -> None:
    with httpx2.Client(base_url=running.url, timeout=60, verify=PLAIN_HTTP) as nobody:
        answer = nobody.get(f"{PAGE}/1")
    assert answer.headers["location"].startswith("/console/sign-in")
