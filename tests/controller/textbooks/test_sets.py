"""Sets by class and year: written whole or not at all, read back, told what next year lacks."""

from typing import Any

import pytest

from controller.staff.rights import Role
from controller.textbooks.wire import TEXTBOOK_PROVISION, TEXTBOOK_SETS
from tests.controller.conftest import Running
from tests.controller.staff.conftest import As, Browser
from tests.controller.textbooks.conftest import (
    CLASS,
    LEFT,
    STRANGER,
    TEACHER,
    YEAR,
    School,
    class_set,
    put_set,
)


@pytest.fixture
def librarian(signed_in: As) -> Browser:
    browser = signed_in(Role.LIBRARIAN)
    browser.remember_form_token()
    return browser


def read(librarian: Browser, year: int = YEAR) -> Any:
    return librarian.get(TEXTBOOK_SETS, params={"class_name": CLASS, "year": year}).json()


def test_a_set_is_read_as_it_was_written(school: School, librarian: Browser) -> None:
    put_set(librarian, class_set(school))
    put_set(librarian, class_set(school))

    found = read(librarian)

    wish = class_set(school)
    assert [line["title_id"] for line in found["lines"]] == list(school.titles)
    assert [line["quantity"] for line in found["lines"]] == [1, 2, 1, 1]
    assert found["groups"] == wish["groups"]
    assert found["teacher_id"] == TEACHER


MISTAKES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"lines": [{"title_id": 9999}]}, "title_unknown", "9999"),
    ({"groups": [{"name": "немецкий", "patron_ids": [LEFT]}]}, "person_left", LEFT),
    ({"groups": [{"name": "немецкий", "patron_ids": [STRANGER]}]}, "not_in_class", STRANGER),
    ({"groups": [{"name": "немецкий", "patron_ids": ["p-0"]}]}, "person_unknown", "p-0"),
    ({"groups": []}, "group_unknown", "немецкий"),
    ({"teacher_id": LEFT}, "not_a_teacher", LEFT),
    ({"class_name": "12Ъ"}, "class_unknown", "12Ъ"),
)


def test_a_set_with_a_mistake_is_told_at_once_and_changes_nothing(
    school: School, librarian: Browser
) -> None:
    put_set(librarian, class_set(school))
    before = read(librarian)

    for changes, trouble, about in MISTAKES:
        answer = librarian.put(TEXTBOOK_SETS, json=class_set(school, **changes))

        assert answer.status_code == 409
        assert {"trouble": trouble, "about": about} in answer.json()["problems"]
    assert read(librarian) == before


def test_a_teacher_and_an_engineer_write_no_sets(school: School, signed_in: As) -> None:
    for role in (Role.TEACHER, Role.ENGINEER):
        browser = signed_in(role)
        browser.remember_form_token()

        assert browser.put(TEXTBOOK_SETS, json=class_set(school)).status_code == 403


def test_provision_counts_next_year_with_the_class_moved_up(
    school: School, librarian: Browser, running: Running
) -> None:
    first, _, german, atlas = school.titles
    lines = class_set(school)["lines"][:3]
    next_year = class_set(
        school, class_name="6А", school_year=YEAR + 1, lines=lines, groups=[], teacher_id=None
    )
    next_year["lines"][2] = {"title_id": atlas}
    put_set(librarian, class_set(school))
    put_set(librarian, next_year)
    running.change("UPDATE item SET state = 'lost' WHERE title_id = :id", id=first)
    running.change("INSERT INTO federal_list_year VALUES (:id, :year)", id=atlas, year=YEAR)

    found = librarian.get(TEXTBOOK_PROVISION).json()

    told = {line["title_id"]: line for line in found["lines"]}
    assert found["school_year"] == YEAR + 1
    assert (told[first]["needed"], told[first]["copies"], told[first]["short"]) == (3, 0, 3)
    assert (told[atlas]["needed"], told[atlas]["copies"], told[atlas]["short"]) == (3, 4, 3)
    assert told[atlas]["expired"]
    assert german not in told
    assert found["classes_without_set"] == ["4А", "6Б", "8Б"]  # one higher than now
