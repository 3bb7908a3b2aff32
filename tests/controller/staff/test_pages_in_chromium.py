"""The librarian's pages in a real Chromium: sign in, answer a question, mend, import a file."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page

from circulation.api import CHECKOUTS
from circulation.offline import OPERATIONS
from tests.controller.conftest import ANNA, BORIS, MTSYRI, Body, Running
from tests.controller.staff.chromium import heads_page

PHONE = {"width": 390, "height": 844}
ROSTER = "Класс;ФИО\n5А;Новиков Пётр\n5А;=CMD()\n"


@pytest.fixture
def page(accounts: Running) -> Iterator[Page]:
    """The head's browser, signed in through the form, on the console."""
    with heads_page(accounts.url) as page:
        yield page


def fits(page: Page) -> bool:
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


def test_a_librarians_morning(
    accounts: Running, kiosk: httpx2.Client, body: Body, page: Page, tmp_path: Path
) -> None:
    """A question is answered, a book to mend is followed to its story, a list is imported."""
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    late = {"kind": "checkout", "seq": 1, "clock": "sure", "offline": True}
    kiosk.post(OPERATIONS, json={"operations": [late | {"request": body(patron_id=BORIS)}]})
    policy_errors: list[str] = []
    page.on("console", lambda message: policy_errors.append(message.text))

    page.get_by_role("link", name="Нужно решение").click()
    page.get_by_label("Почему").fill("книга у Бориса, видела сама")
    wide_question = fits(page)
    page.get_by_role("button", name="Записать, как сообщило устройство").click()
    page.get_by_text("Нерешённых вопросов нет").wait_for()

    page.goto("/console/repairs", wait_until="domcontentloaded")
    page.get_by_role("link", name="Мцыри").click()
    page.get_by_text("тревога у ворот не вина читателя").wait_for()
    page.set_viewport_size(PHONE)
    narrow_proof = fits(page)

    file = tmp_path / "список.csv"
    file.write_text(ROSTER, encoding="utf-8")
    page.goto("/console/import", wait_until="domcontentloaded")
    page.get_by_label("Файл").set_input_files(file)
    page.get_by_role("button", name="Посмотреть файл").click()
    page.get_by_role("button", name="Загрузить в учёт").click()  # waits while the page renews
    page.get_by_text("новых учеников 1").wait_for()

    assert (wide_question, narrow_proof, fits(page)) == (True, True, True)
    assert policy_errors == []
    [(detail,)] = accounts.rows("SELECT detail FROM event WHERE kind = 'conflict_settled'")
    assert json.loads(detail)["staff"] == "head"
    assert accounts.rows(
        "SELECT l.patron_id FROM loan l JOIN item i ON i.id = l.item_id"
        " WHERE i.item_id = :item AND l.returned_at IS NULL",
        item=MTSYRI,
    ) == [(BORIS,)]
