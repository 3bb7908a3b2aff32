"""A librarian's file: looked at, confirmed, written once; nothing before the yes."""

import time

import httpx2
import pytest

from controller.staff.rights import Role
from tests.controller.conftest import Running
from tests.controller.staff.conftest import As, Browser, Open

PAGE = "/console/import"
ROSTER = "Класс;ФИО\n7Б;Петрова Анна\n5А;Новиков Пётр\n5А;=CMD()\n"
BOOKS = "Номер экземпляра;Автор;Заглавие\n90001;Чехов А. П.;Каштанка\n90002;;\n"


@pytest.fixture
def librarian(running: Running, signed_in: As) -> Browser:
    if running.engine.dialect.name == "postgresql":  # the sample's titles brought their own ids
        running.change("SELECT setval('title_id_seq', 100)")
    return signed_in(Role.LIBRARIAN)


def upload(browser: Browser, text: str, name: str = "файл.csv") -> httpx2.Response:
    files = {"file": (name, text.encode())}
    return browser.post(PAGE, data={"form": browser.headers["X-Form-Token"]}, files=files)


def settled(browser: Browser, where: str) -> str:
    """The page once nothing is under way any more."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        answer = browser.get(where)
        if "refresh" not in answer.headers:
            return answer.text
        time.sleep(0.05)
    raise AssertionError("the page still renews itself")


def confirm(browser: Browser, where: str) -> str:
    settled(browser, where)  # there is no yes before the file was read
    browser.post(where, data={"form": browser.headers["X-Form-Token"]})
    return settled(browser, where)


def test_a_roster_is_shown_then_written(running: Running, librarian: Browser) -> None:
    where = upload(librarian, ROSTER).headers["location"]

    shown = settled(librarian, where)
    before = running.scalar("SELECT count(*) FROM patron")
    written = confirm(librarian, where)

    assert "учеников 2" in shown
    assert "7Б, Петрова Анна" in shown
    assert "строка 4" in shown
    assert "Загрузить в учёт" in shown
    assert before == 2
    assert "новых учеников 1, " in " ".join(written.split())
    assert running.rows("SELECT library FROM patron WHERE family_name = 'Новиков'") == [
        ("RU-10010033",)
    ]


def test_asked_twice_it_is_written_once(running: Running, librarian: Browser) -> None:
    where = upload(librarian, BOOKS).headers["location"]
    settled(librarian, where)

    pages = [confirm(librarian, where) for _ in range(2)]
    again = confirm(librarian, upload(librarian, BOOKS).headers["location"])

    assert pages[0] == pages[1]
    assert "Загрузить в учёт" not in pages[0]
    assert "обновлено описаний 1" in " ".join(again.split())
    assert running.scalar("SELECT count(*) FROM title WHERE title = 'Каштанка'") == 1


def test_a_file_that_cannot_be_used_says_why_and_offers_no_yes(librarian: Browser) -> None:
    page = settled(librarian, upload(librarian, "\0\1\2 no table").headers["location"])

    assert "Загружать нечего" in page
    assert "Загрузить в учёт" not in page
    assert "Ошибки и предупреждения" in page


def test_nobody_else_sees_the_file(signed_in: As, librarian: Browser) -> None:
    where = upload(librarian, ROSTER).headers["location"]

    other = signed_in(Role.HEAD).get(where)

    assert (other.status_code, "Петрова" in other.text) == (404, False)


def test_who_may_not_edit_the_catalogue_uploads_nothing(signed_in: As, new_browser: Open) -> None:
    teacher = signed_in(Role.TEACHER)
    stranger = new_browser()

    assert upload(teacher, ROSTER).status_code == 403
    assert stranger.post(PAGE, files={"file": ("a.csv", b"x")}).status_code == 401
    assert stranger.get(PAGE).status_code == 303


def test_a_form_from_elsewhere_or_without_a_file_is_refused(librarian: Browser) -> None:
    files = {"file": ("a.csv", ROSTER.encode())}

    forged = librarian.post(PAGE, data={"form": "0" * 64}, files=files)
    empty = librarian.post(
        PAGE, data={"form": librarian.headers["X-Form-Token"]}, files={"file": ("", b"")}
    )

    assert forged.status_code == 403
    assert empty.status_code == 422


def test_a_name_in_the_file_is_only_text(librarian: Browser) -> None:
    page = settled(
        librarian, upload(librarian, BOOKS.replace("Каштанка", "<script>")).headers["location"]
    )

    assert "<script>" not in page
    assert "&lt;script&gt;" in page
