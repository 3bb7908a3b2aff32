"""A teacher's session: her card opens it, pupil follows pupil, a list for who has no card."""

import pytest

from circulation.api import Refusal
from circulation.class_sets import StackAnswer
from circulation.policy import ItemKind
from circulation.reasons import Reason
from circulation.textbooks import Condition, Purpose, Spare
from kiosk.class_errands import (
    ClassListed,
    ClassOpened,
    EndClass,
    ListClass,
    MarkCondition,
    OpenClass,
)
from kiosk.effects import AskStack, RequestCheckout, RequestReturn, ResolveItems
from kiosk.errands import DamageReported
from kiosk.events import (
    CardPresented,
    HeadphonesSeen,
    HoursSeen,
    ItemsResolved,
    Key,
    KeyPressed,
    NoAnswer,
    Pressed,
    StackAnswered,
)
from kiosk.hours import House
from kiosk.state import Stage
from kiosk.view import ScreenName, Tone
from tests.kiosk.classroom import ANNA, BORIS, NAMES, TEACHER, Classroom, class_list, patron
from tests.kiosk.conftest import copy_of


@pytest.fixture
def room() -> Classroom:
    made = Classroom()
    made.teacher_opens()
    return made


def test_the_teachers_card_opens_the_class_and_the_banner_counts_its_time(room: Classroom) -> None:
    view = room.view()
    room.passes(65)

    assert view.screen is ScreenName.CLASS
    assert view.title == "5А: приложите читательский билет"
    assert view.banner == "5А · Выдача учебников · ещё 15\N{NO-BREAK SPACE}минут"
    assert room.view().banner == "5А · Выдача учебников · ещё 14\N{NO-BREAK SPACE}минут"
    assert "Мария" not in repr(view)


def test_who_leads_no_class_borrows_as_everybody() -> None:
    room = Classroom()
    room.shows(TEACHER, patron("t-2", "Пётр С.", ""))
    asked = room.take(OpenClass)

    refusal = Refusal(reasons=(Reason.CLASS_UNKNOWN,))
    room.happens(ClassOpened(asked.session, asked.card, asked.patron_id, refusal))

    assert (room.view().screen, room.view().banner) == (ScreenName.PAD, "")
    assert room.ordered_of(OpenClass) == []


def test_a_pupil_or_a_teacher_with_books_on_the_pad_opens_nothing() -> None:
    room = Classroom()
    room.shows(ANNA, patron("p-1", "Анна П."))
    room.happens(Pressed("finish"))
    room.place("A1")
    room.shows(TEACHER, patron("t-1", "Мария И.", ""))

    assert room.ordered_of(OpenClass) == []


def test_pupil_follows_pupil_without_a_touch(room: Classroom) -> None:
    for item, uid, name in (("A1", ANNA, "Анна П."), ("A2", BORIS, "Борис К.")):
        room.shows(uid, patron(f"p-{name}", name))
        room.compared({"A": "1 0"})
        room.lay(item)
        room.compared({"A": "1 0"})
        room.finished()
        shown = room.view()
        room.lift(item)
        room.passes(2)

        assert name in shown.subtitle
        assert shown.notice.tone is Tone.DONE
        assert room.view().screen is ScreenName.CLASS
        assert name not in repr(room.state)


def test_the_next_card_ends_the_pupil_before(room: Classroom) -> None:
    room.shows(ANNA, patron("p-1", "Анна П."))
    room.shows(BORIS, patron("p-2", "Борис К."))

    assert "Борис К." in room.view().subtitle
    assert "Анна" not in repr(room.state)
    assert room.view().banner


def test_a_pupil_without_a_card_is_picked_and_gets_his_stack(room: Classroom) -> None:
    room.lay("A1")
    room.happens(Pressed("class_list"))
    waiting = room.view()
    room.listed()
    listed = room.view()
    room.happens(Pressed("pick:2"))
    asked = [one.patron_id for one in room.ordered_of(AskStack)]
    room.compared({"A": "1 0"})

    assert (waiting.screen, waiting.notice.tone) == (ScreenName.CLASS_LIST, Tone.BUSY)
    assert [row.title for row in listed.rows] == ["1. Анна П.", "2. Борис К.", "3. Вера Л."]
    assert [row.note for row in listed.rows][:2] == ["Выдано 0 из 2", "Выдано 1 из 2"]
    assert listed.rows[2].tone is Tone.DONE
    assert asked == ["p-2"]
    assert [wish.patron_id for wish in room.ordered_of(RequestCheckout)] == ["p-2"]
    assert "Вера" not in repr(room.state)


def test_a_picked_pupil_who_may_not_borrow_is_told_so(room: Classroom) -> None:
    room.lay("A1")
    room.picks(1)
    asked = room.take(AskStack)
    stopped = patron("p-1", "Анна П.").model_copy(update={"blocked": (Reason.PATRON_BLOCKED,)})
    answer = StackAnswer(
        patron=stopped,
        purpose=Purpose.ISSUE,
        ticks=(),
        take=(),
        spare=(),
        unknown=(),
        ambiguous=(),
        complete=False,
    )
    room.happens(StackAnswered(asked.session, answer))

    assert room.view().notice.tone is Tone.STOP
    assert room.lent() == []


def test_the_next_picked_pupil_ends_the_one_before(room: Classroom) -> None:
    room.shows(ANNA, patron("p-1", "Анна П."))
    room.picks(2)

    assert room.state.person.view.patron_id == "p-2"
    assert "Анна" not in repr(room.state)


def test_names_are_said_in_headphones_only(room: Classroom) -> None:
    room.happens(Pressed("class_list"))
    room.listed()
    aloud = room.view()
    room.happens(HeadphonesSeen(plugged=True))
    quiet = room.view()

    assert [row.spoken for row in aloud.rows][:1] == ["Ученик номер 1. Выдано 0 из 2."]
    assert aloud.rows[0].action.spoken == "Выбрать: Ученик номер 1"
    assert "Анна П." in quiet.rows[0].spoken


def test_five_keys_pick_a_pupil(room: Classroom) -> None:
    room.happens(KeyPressed(Key.NEXT), KeyPressed(Key.PRESS))
    room.listed()
    while room.view().focus != len(room.view().actions) + 2:
        room.happens(KeyPressed(Key.NEXT))
    room.happens(KeyPressed(Key.PRESS))

    assert room.state.person.view.masked_name == "Вера Л."


def test_a_list_that_nobody_looks_at_is_closed_and_forgotten(room: Classroom) -> None:
    room.happens(Pressed("class_list"))
    room.listed()

    room.passes(room.state.config.idle_s + 1)

    assert room.view().screen is ScreenName.CLASS
    assert not any(name in repr(room.state) for name in NAMES)


def test_a_list_that_comes_too_late_is_not_kept(room: Classroom) -> None:
    room.happens(Pressed("class_list"))
    asked = room.take(ListClass)
    room.happens(Pressed("class_close"), ClassListed(asked.session, class_list()))
    closed = repr(room.state)
    room.happens(Pressed("class_end"), ClassListed(asked.session, class_list()))

    assert not any(name in closed + repr(room.state) for name in NAMES)


@pytest.mark.parametrize(
    "end", [CardPresented(TEACHER), Pressed("class_end"), KeyPressed(Key.STAFF)]
)
def test_the_session_ends_by_card_button_and_staff(room: Classroom, end) -> None:
    room.happens(Pressed("class_list"))
    room.listed()

    room.happens(end)

    assert (room.view().screen, room.view().banner) == (ScreenName.START, "")
    assert len(room.ordered_of(EndClass)) == 1
    assert not any(name in repr(room.state) for name in NAMES)


@pytest.mark.parametrize("picked", [True, False])
def test_time_ends_the_session_and_a_picked_pupil_with_it(room: Classroom, picked: bool) -> None:
    room.passes(890)
    if picked:
        room.picks(1)
    else:
        room.shows(ANNA, patron("p-1", "Анна П."))

    room.passes(15)

    assert room.view().banner == ""
    assert len(room.ordered_of(EndClass)) == 1
    assert room.state.stage is (Stage.IDLE if picked else Stage.BORROW)
    assert picked is not ("Анна" in repr(room.state))


def test_turning_to_take_back_does_not_begin_the_time_anew(room: Classroom) -> None:
    room.passes(600)
    until = room.state.class_session.until
    room.happens(Pressed("class_turn"))
    turned = room.ordered_of(OpenClass)[0]
    room.opened(Purpose.COLLECT)

    assert (turned.purpose, turned.class_name) == (Purpose.COLLECT, "5А")
    assert room.view().banner == "5А · Сдача учебников · ещё 5\N{NO-BREAK SPACE}минут"
    assert room.state.class_session.until == until


def test_an_opening_that_comes_when_the_teacher_has_gone_is_taken_back() -> None:
    room = Classroom()
    room.shows(TEACHER, patron("t-1", "Мария И.", ""))
    room.happens(Pressed("finish"))

    room.opened()

    assert room.view().banner == ""
    assert len(room.ordered_of(EndClass)) == 1


def test_closing_time_waits_for_a_class(room: Classroom) -> None:
    room.happens(HoursSeen(House(False, None, 0, False)))
    room.passes(60)
    waiting = room.view().screen
    room.shows(ANNA, patron("p-1", "Анна П."))

    assert (waiting, room.view().screen) == (ScreenName.CLASS, ScreenName.PAD)


def test_in_may_the_stack_comes_back_in_one_go_and_what_lacks_is_named() -> None:
    room = Classroom()
    room.teacher_opens(Purpose.COLLECT)
    room.shows(ANNA, patron("p-1", "Анна П."))
    room.collected(3)
    owed = room.view()
    for item in ("A1", "A2", "X1"):
        room.place(item)
        room.known_as(ItemKind.TEXTBOOK)
    room.collected(3)
    room.collected(3, ("X1", Spare.WITH_ANOTHER))
    room.ledger_takes_back()
    room.ledger_takes_back()
    view = room.view()

    assert owed.notice.text == "Ещё не сдано: 3"
    assert (view.title, view.subtitle) == ("Вернуть книги", "Здравствуйте, Анна П., 5А")
    assert view.notice.text == "Ещё не сдано: 1"
    missing = [row for row in view.rows if row.key.startswith("set/")]
    assert [(row.title, row.note) for row in missing] == [("Учебник A", "Ещё не сдано: 1")]
    assert room.row("X1").tone is Tone.STOP
    assert room.row("A1").tone is Tone.DONE
    assert room.ordered_of(RequestReturn) == []


def test_a_stack_waits_for_its_pupil_who_is_picked() -> None:
    room = Classroom()
    room.teacher_opens(Purpose.COLLECT)
    room.place("A1")
    room.known_as(ItemKind.TEXTBOOK)
    waits = room.row("A1").note, room.ordered_of(RequestReturn)
    room.picks(1)
    room.collected(1)

    assert waits == ("Ждёт вашего билета", [])
    assert [one.copy for one in room.ordered_of(RequestReturn)] == [copy_of("A1")]
    room.ledger_takes_back()
    assert (room.view().notice.text, room.view().notice.tone) == ("Все учебники сданы", Tone.DONE)


def test_without_a_connection_books_come_back_as_ever() -> None:
    room = Classroom()
    room.teacher_opens(Purpose.COLLECT)
    room.shows(ANNA, patron("p-1", "Анна П."))
    asked = room.take(AskStack)
    room.happens(StackAnswered(asked.session, NoAnswer(sent=True)))
    room.place("A1")
    unknown = room.take(ResolveItems)
    copies = tuple(copy for copy, _ in unknown.copies)
    room.happens(ItemsResolved(unknown.session, copies, NoAnswer(sent=True)))

    assert [one.copy for one in room.ordered_of(RequestReturn)] == [copy_of("A1")]


@pytest.mark.parametrize(
    ("condition", "note", "to_staff"),
    [
        (Condition.GOOD, "Принято, состояние: хорошая", False),
        (Condition.WORN, "Принято, состояние: потрёпанная", False),
        (Condition.DAMAGED, "Принято, состояние: испорченная", True),
    ],
)
def test_a_picture_says_in_what_state_a_book_came_back(
    condition: Condition, note: str, to_staff: bool
) -> None:
    room = Classroom()
    room.teacher_opens(Purpose.COLLECT)
    room.place("A1")
    room.known_as(ItemKind.TEXTBOOK)
    room.picks(1)
    room.collected(1)
    room.ledger_takes_back()
    room.lift("A1")
    room.happens(Pressed("damage"))
    panel = room.view()
    room.passes(room.state.config.clear_s + 1)
    room.happens(Pressed(f"harm:{condition}"))
    told = room.take(MarkCondition)
    room.happens(DamageReported(told.session, told.copy, ok=True))

    assert panel.title == "В каком состоянии книга?"
    assert [action.icon for action in panel.actions][1:4] == ["good", "worn", "damaged"]
    assert (told.copy, told.condition) == (copy_of("A1"), condition)
    row = room.row("A1")
    assert (row.note, row.place.icon == "staff") == (note, to_staff)
