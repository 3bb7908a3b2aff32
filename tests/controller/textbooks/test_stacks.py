"""A stack on the pad: ticks against the set, what is spare and why; asking writes nothing."""

import httpx2
import pytest

from controller.staff.rights import Role
from tests.controller.conftest import GOGOL, ISIL, MTSYRI, Running
from tests.controller.staff.conftest import As
from tests.controller.textbooks.conftest import (
    LEFT,
    STRANGER,
    TEACHER,
    Pad,
    School,
    ask,
    class_set,
    put_set,
)


@pytest.fixture
def lessons(school: School, signed_in: As) -> School:
    """The school with the set of 5А."""
    put_set(signed_in(Role.LIBRARIAN), class_set(school))
    return school


def reasons(answer: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {copy["item_id"]: copy["why"] for copy in answer["spare"]}


def test_a_whole_stack_is_ticked_issued_and_the_rest_is_named(
    lessons: School, kiosk: httpx2.Client, pad: Pad
) -> None:
    pupil = lessons.pupils[0]
    first, second, german, atlas = (lessons.copy(title, 0) for title in lessons.titles)
    twin = lessons.copy(lessons.titles[0], 1)

    asked = ask(kiosk, pupil, [first, twin, second, german, atlas, MTSYRI])

    assert [copy["item_id"] for copy in asked["take"]] == [first, second, german]
    assert reasons(asked) == {twin: "one_too_many", atlas: "not_in_set", MTSYRI: "not_in_set"}
    assert [tick["missing"] for tick in asked["ticks"]] == [0, 1, 0]
    assert not asked["complete"]
    assert lessons.open_loans() == 0

    answers = pad.issue(pupil, [copy["item_id"] for copy in asked["take"]])
    again = ask(kiosk, pupil, [first, lessons.copy(lessons.titles[1], 1)])

    assert {answer["done"] for answer in answers} == {"applied"}
    assert reasons(again) == {first: "already_his"}
    assert again["complete"]


def test_groups_and_single_lines_reach_only_whom_they_are_for(
    lessons: School, kiosk: httpx2.Client
) -> None:
    first, second, german, atlas = lessons.titles

    wanted = [
        {tick["title_id"]: tick["wanted"] for tick in ask(kiosk, pupil, [])["ticks"]}
        for pupil in lessons.pupils
    ]

    assert wanted == [
        {first: 1, second: 2, german: 1},
        {first: 1, second: 2},
        {first: 1, second: 2, atlas: 1},
    ]


def test_a_scanned_number_that_is_on_two_books_is_told_and_not_guessed(
    lessons: School, kiosk: httpx2.Client, running: Running
) -> None:
    first = lessons.titles[0]
    running.change(
        "UPDATE item SET inventory_no = 'DOUBLE-7' WHERE item_id IN (:one, :two)",
        one=lessons.copy(first, 1),
        two=GOGOL,
    )

    asked = ask(
        kiosk, lessons.pupils[0], [], numbers=["DOUBLE-7", lessons.copy(first, 0), "NOBODYS"]
    )

    assert [copy["item_id"] for copy in asked["take"]] == [lessons.copy(first, 0)]
    assert asked["unknown"] == ["NOBODYS"]
    (double,) = asked["ambiguous"]
    assert double["number"] == "DOUBLE-7"
    assert {copy["item_id"] for copy in double["copies"]} == {lessons.copy(first, 1), GOGOL}


def test_a_book_that_is_heard_and_scanned_lies_there_once(
    lessons: School, kiosk: httpx2.Client
) -> None:
    copy = lessons.copy(lessons.titles[0], 0)

    asked = ask(kiosk, lessons.pupils[0], [copy, copy], numbers=[copy])

    assert [one["item_id"] for one in asked["take"]] == [copy]
    assert asked["spare"] == []


def test_who_left_gets_nothing_and_is_told_why(
    lessons: School, kiosk: httpx2.Client, pad: Pad
) -> None:
    stack = lessons.stack(0)

    asked = ask(kiosk, LEFT, stack)
    answers = pad.issue(LEFT, stack)

    assert asked["patron"]["blocked"] == ["patron_left"]
    assert asked["take"] == []
    assert not asked["complete"]
    assert {answer["done"] for answer in answers} == {"refused"}
    assert lessons.open_loans() == 0


def test_in_may_a_classmates_book_is_named_and_what_lacks_is_counted(
    lessons: School, kiosk: httpx2.Client, pad: Pad
) -> None:
    anna, boris = lessons.pupils[:2]
    mine, lost = lessons.copy(lessons.titles[0], 0), lessons.copy(lessons.titles[1], 0)
    his = lessons.copy(lessons.titles[0], 1)
    pad.issue(anna, [mine, lost])
    pad.issue(boris, [his])

    asked = ask(kiosk, anna, [mine, his], purpose="collect")
    pad.collect([copy["item_id"] for copy in asked["take"]])
    after = ask(kiosk, anna, [], purpose="collect")

    assert [copy["item_id"] for copy in asked["take"]] == [mine]
    assert reasons(asked) == {his: "with_another"}
    assert [tick["missing"] for tick in asked["ticks"]] == [0, 1]
    assert [tick["title_id"] for tick in after["ticks"]] == [lessons.titles[1]]


def test_a_teacher_and_a_pupil_without_a_set_have_nothing_to_tick(
    lessons: School, kiosk: httpx2.Client, pad: Pad
) -> None:
    for person in (TEACHER, STRANGER):
        asked = ask(kiosk, person, [lessons.copy(lessons.titles[0], 0)])

        assert asked["ticks"] == []
        assert asked["complete"]

    answers = pad.issue(TEACHER, lessons.stack(2))

    assert {answer["done"] for answer in answers} == {"applied"}


def test_only_a_device_that_sees_people_may_ask(lessons: School, running: Running) -> None:
    query = {"patron_id": lessons.pupils[0], "copies": [{"owner": ISIL, "item_id": GOGOL}]}

    answer = httpx2.post(f"{running.url}/api/v1/textbooks/stacks", json=query)

    assert answer.status_code == 401
