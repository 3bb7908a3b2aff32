"""The textbook pages in a librarian's hands: a set is made, copied, mended, and counted."""

import httpx2
import pytest

from controller.staff.rights import Role
from controller.textbooks.wire import TEXTBOOK_PROVISION
from tests.controller.conftest import ISIL, Running
from tests.controller.printing.read_back import texts
from tests.controller.staff.conftest import FORM, As, Browser, Open
from tests.controller.textbooks.conftest import (
    CLASS,
    TEACHER,
    YEAR,
    Pad,
    School,
    class_set,
    put_set,
)

PAGE = f"/console/textbooks/class/{CLASS}"
PAGES = ("/console/textbooks", PAGE, "/console/textbooks/provision")


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    return signed_in(Role.LIBRARIAN)


def send(browser: Browser, form: str, **fields: str) -> httpx2.Response:
    """Fill in a form of the class's page."""
    token = FORM.search(browser.get(PAGE).text)
    assert token
    wish = {"form": token[1], "class_name": CLASS, "year": str(YEAR)} | fields
    return browser.post(f"/console/textbooks/{form}", data=wish)


def set_lines(running: Running, year: int = YEAR) -> list[tuple[object, ...]]:
    return running.rows(
        "SELECT class_name, title_id, quantity, audience, group_name FROM textbook_line"
        " WHERE school_year = :year ORDER BY id",
        year=year,
    )


def test_who_is_not_signed_in_is_sent_to_the_door(new_browser: Open) -> None:
    doors = {new_browser().get(path).headers["location"] for path in PAGES}

    assert doors == {"/console/sign-in?lang=ru"}


def test_the_pages_open_empty_and_full_in_both_languages(
    school: School, librarian: Browser
) -> None:
    asked = [(path, {"lang": language}) for path in PAGES for language in ("ru", "en")]
    empty = [librarian.get(path, params=query).status_code for path, query in asked]
    put_set(librarian, class_set(school))
    full = [librarian.get(path, params=query) for path, query in asked]

    assert empty == [200] * 6
    assert [page.status_code for page in full] == [200] * 6
    assert "Учебник 100" in full[2].text
    assert "{{" not in "".join(page.text for page in full)


def test_a_title_is_added_by_a_copys_number_and_taken_out_again(
    school: School, librarian: Browser, running: Running
) -> None:
    send(librarian, "groups", name="немецкий", **{f"member:{school.pupils[0]}": "on"})
    send(librarian, "lines", text=school.copy(101, 0), quantity="2", group="немецкий")
    send(librarian, "lines", text="учебник 100")
    both = set_lines(running)
    answer = send(librarian, "lines/take-out", place="0", title_id="101")

    assert both == [(CLASS, 101, 2, "group", "немецкий"), (CLASS, 100, 1, "class", "")]
    assert answer.status_code == 303
    assert set_lines(running) == [(CLASS, 100, 1, "class", "")]


MISTAKES: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"text": "Учебник"}, 409, "Подходит несколько изданий"),
    ({"text": "Нет такой книги"}, 404, "Такого издания в каталоге нет"),
    ({"text": "", "title_id": "99999"}, 409, "Издания нет в каталоге"),
    ({"text": "Учебник 100", "quantity": "0"}, 422, "целое число от 1 до 99"),
    ({"text": "Учебник 100", "group": "китайский"}, 409, "Сначала составьте группу"),
    ({"text": "Учебник 100", "patron_id": "p-left"}, 409, "Читатель выбыл"),
)


def test_what_cannot_be_added_is_said_with_the_next_step(
    school: School, librarian: Browser, running: Running
) -> None:
    for fields, status, said in MISTAKES:
        answer = send(librarian, "lines", **fields)

        assert (answer.status_code, said in answer.text) == (status, True), fields
    assert set_lines(running) == []


def test_a_set_goes_to_another_class_and_to_the_next_year(
    school: School, librarian: Browser, running: Running
) -> None:
    put_set(librarian, class_set(school))
    send(librarian, "copy", class_name="5Б", from_class=CLASS)
    send(librarian, "copy-year", year=str(YEAR + 1))

    copied = set_lines(running, YEAR + 1)

    assert [line[0] for line in set_lines(running)] == [CLASS] * 4 + ["5Б"] * 3
    assert [line[:2] for line in copied] == [
        *[(CLASS, title) for title in school.titles[:3]],
        *[("5Б", title) for title in school.titles[:3]],
    ]


def test_the_teacher_is_named_and_the_federal_year_noted(
    school: School, librarian: Browser, running: Running
) -> None:
    put_set(librarian, class_set(school, teacher_id=None))
    send(librarian, "teacher", teacher_id=TEACHER)
    send(librarian, "provision", title_id="100", last_year="2026")
    bad = send(librarian, "provision", title_id="100", last_year="26")

    assert running.scalar("SELECT patron_id FROM class_teacher") == TEACHER
    assert running.rows("SELECT * FROM federal_list_year") == [(100, 2026)]
    assert bad.status_code == 422


def test_the_page_counts_what_is_not_issued_and_the_sheet_says_the_same(
    school: School, librarian: Browser, pad: Pad
) -> None:
    put_set(librarian, class_set(school))
    pad.issue(school.pupils[0], school.stack(0)[:3])

    classes = librarian.get("/console/textbooks").text
    one = librarian.get(PAGE).text
    sheet = texts(librarian.get("/console/print/sheet.pdf", params={"class_name": CLASS}).content)

    assert '<td class="number">11</td><td class="number">3</td>' in "".join(
        classes.split("\n      ")
    )
    assert "Учебник 101" in one.split("<tbody>")[2]
    assert "Ведомость выдачи учебников, 5А, 2026/27 учебный год" in sheet[0]
    assert "Учителева Ольга" in sheet[0]
    assert "Ушедший" not in sheet[0]


def test_a_leavers_slip_names_the_books_and_who_has_none(
    school: School, librarian: Browser, pad: Pad, running: Running
) -> None:
    pad.issue(school.pupils[0], school.stack(0)[:2])

    of_class = librarian.get("/console/print/clearance.pdf", params={"class_name": CLASS})
    running.change("UPDATE patron SET has_left = true WHERE id = :id", id=school.pupils[0])
    leavers = librarian.get("/console/print/clearance.pdf", params={"only_leavers": "true"})
    one = librarian.get("/console/print/clearance.pdf", params={"patron_id": school.pupils[1]})

    pages = texts(of_class.content)
    assert len(pages) == 3
    assert "Учебник 100" in pages[0]
    assert "Книг и учебников за читателем нет" in pages[1]
    assert "Абрамова" in texts(leavers.content)[0]
    assert "Белов" in texts(one.content)[0]
    assert running.scalar("SELECT count(*) FROM patron_seen WHERE part = 'debts'") == 5


def test_a_teacher_prints_the_papers_of_the_own_class_only(
    school: School, signed_in: As, running: Running
) -> None:
    teacher = signed_in(Role.TEACHER)
    running.change("UPDATE staff SET class_name = '5Б' WHERE role = 'teacher'")

    sheet = teacher.get("/console/print/sheet.pdf", params={"class_name": CLASS})
    one = teacher.get("/console/print/clearance.pdf", params={"patron_id": school.pupils[0]})

    assert "5Б" in texts(sheet.content)[0]
    assert "Абрамова" not in texts(sheet.content)[0]
    assert one.status_code == 404
    assert teacher.get("/console/textbooks").status_code == 403


def test_a_class_teacher_moves_up_with_the_class(
    school: School, librarian: Browser, signed_in: As, running: Running
) -> None:
    put_set(librarian, class_set(school))
    head = signed_in(Role.HEAD)
    head.remember_form_token()
    plan = head.get("/api/v1/promotion").json()
    order = {"school_year": plan["school_year"], "seen": plan["seen"]}

    answer = head.post("/api/v1/promotion", json=order)

    assert answer.status_code == 200
    assert running.rows("SELECT library, class_name, patron_id FROM class_teacher") == [
        (ISIL, "6А", TEACHER)
    ]
    assert running.scalar("SELECT group_name FROM class_group") == "немецкий"


def test_pupils_who_left_since_do_not_stop_the_set_from_being_changed(
    school: School, librarian: Browser, running: Running
) -> None:
    gone, also_gone, stays = school.pupils
    for pupil, title in ((gone, 100), (also_gone, 101), (stays, 102)):
        send(librarian, "lines", title_id=str(title), patron_id=pupil)
    running.change("UPDATE patron SET has_left = true WHERE id IN (:a, :b)", a=gone, b=also_gone)

    page = librarian.get(PAGE)
    added = send(librarian, "lines", title_id="103")
    taken = send(librarian, "lines/take-out", place="0", title_id="100")
    for_a_leaver = send(librarian, "lines", title_id="103", patron_id="p-left")
    needed = librarian.get(TEXTBOOK_PROVISION, params={"year": YEAR}).json()

    assert page.status_code == 200
    assert (added.status_code, taken.status_code) == (303, 303)
    assert (for_a_leaver.status_code, "Читатель выбыл" in for_a_leaver.text) == (409, True)
    assert [line[1] for line in set_lines(running)] == [101, 102, 103]
    assert {line["title_id"]: line["needed"] for line in needed["lines"]} == {102: 1, 103: 1}
