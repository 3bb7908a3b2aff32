"""A teacher of several classes says at the kiosk which of them has come."""

import pytest

from circulation.api import Refusal
from circulation.reasons import Reason
from circulation.textbooks import Purpose
from kiosk.class_errands import ClassesLed, ClassOpened, ClassOpening, OpenClass
from kiosk.events import HeadphonesSeen, Key, KeyPressed, Pressed
from kiosk.view import ScreenName, Tone
from tests.kiosk.classroom import TEACHER, Classroom, patron


@pytest.fixture
def room() -> Classroom:
    """The teacher's card, known; the controller says which classes it may be."""
    made = Classroom()
    made.shows(TEACHER, patron("t-1", "Мария И.", ""))
    asked = made.take(OpenClass)
    led = ClassesLed(("5А", "7Б", "11В"))
    made.happens(ClassOpened(asked.session, asked.card, asked.patron_id, led))
    return made


def test_a_teacher_of_several_classes_chooses_by_touch(room: Classroom) -> None:
    view = room.view()

    room.happens(Pressed("lead:2"))
    order = room.ordered_of(OpenClass)[-1]
    while_asked = room.view()
    room.take(OpenClass)
    opening = ClassOpening("7Б", Purpose.ISSUE, 900.0)
    room.happens(ClassOpened(order.session, order.card, order.patron_id, opening))

    assert (view.screen, view.title) == (ScreenName.CLASS_LIST, "Выберите класс")
    assert [row.title for row in view.rows] == ["5А", "7Б", "11В"]
    assert [action.label for action in view.actions] == ["Книги для себя", "Готово"]
    assert (order.class_name, order.patron_id, order.card) == ("7Б", "t-1", TEACHER)
    assert while_asked.rows == ()  # a second touch does not choose another one
    assert while_asked.notice.text == "Одну секунду…"
    assert room.view().banner.startswith("7Б · ")


def test_five_keys_choose_the_class(room: Classroom) -> None:
    for _ in range(3):
        room.happens(KeyPressed(Key.NEXT))
    room.happens(KeyPressed(Key.PRESS))

    assert room.ordered_of(OpenClass)[-1].class_name == "5А"


def test_every_class_is_spoken_with_what_a_press_does(room: Classroom) -> None:
    room.happens(HeadphonesSeen(plugged=True))
    rows = room.view("en").rows

    assert [row.spoken for row in rows] == ["5А", "7Б", "11В"]
    assert rows[0].action.spoken == "Choose: 5А"
    assert room.view("en").title == "Choose the class"


@pytest.mark.parametrize("how", ["button", "key", "book"])
def test_a_teacher_who_is_here_for_herself_is_not_held_up(room: Classroom, how: str) -> None:
    match how:
        case "button":
            room.happens(Pressed("class_skip"))
        case "key":
            room.happens(KeyPressed(Key.BACK))
        case _:
            room.place("A1")

    view = room.view()
    assert view.screen is ScreenName.PAD
    assert view.subtitle == "Здравствуйте, Мария И."
    assert room.state.class_session is None


def test_a_choice_that_nobody_answered_can_be_made_again(room: Classroom) -> None:
    room.happens(Pressed("lead:1"))
    asked = room.take(OpenClass)

    room.happens(ClassOpened(asked.session, asked.card, asked.patron_id, None))

    assert [row.title for row in room.view().rows] == ["5А", "7Б", "11В"]
    assert room.view().notice.tone is Tone.STOP
    room.happens(Pressed("lead:3"))
    assert room.ordered_of(OpenClass)[-1].class_name == "11В"


def test_a_class_she_leads_no_more_closes_the_choice(room: Classroom) -> None:
    room.happens(Pressed("lead:1"))
    asked = room.take(OpenClass)

    refusal = Refusal(reasons=(Reason.NOT_CLASS_TEACHER,))
    room.happens(ClassOpened(asked.session, asked.card, asked.patron_id, refusal))

    assert room.view().screen is ScreenName.PAD


def test_the_choice_goes_with_the_teacher(room: Classroom) -> None:
    room.passes(70)

    assert room.view().screen is ScreenName.START
    assert room.state.class_choice is None


def test_classes_that_come_for_a_teacher_who_is_gone_are_not_shown() -> None:
    room = Classroom()
    room.shows(TEACHER, patron("t-1", "Мария И.", ""))
    asked = room.take(OpenClass)
    room.happens(Pressed("finish"))

    late = ClassOpened(asked.session, asked.card, asked.patron_id, ClassesLed(("5А", "7Б")))
    room.happens(late)

    assert room.view().screen is ScreenName.START
