"""One touch calls the librarian; the screen says what became of it."""

from kiosk.errands import CallLibrarian, CallSeen, LookAtCall
from kiosk.events import Pressed
from tests.kiosk.conftest import Story


def test_one_touch_calls_and_says_so(story: Story) -> None:
    story.happens(Pressed("help"))
    calling = story.view().notice

    story.take(CallLibrarian)
    story.happens(CallSeen(7))

    assert calling is not None
    assert calling.text == "Зовём библиотекаря…"
    assert story.view().notice.text == "Библиотекаря позвали. Подождите, пожалуйста, здесь"
    assert story.view().status == "Библиотекаря позвали"


def test_the_screen_says_when_the_librarian_is_coming(story: Story) -> None:
    story.happens(Pressed("help"), CallSeen(7))
    story.passes(25)
    before = story.view()
    looks = story.ordered_of(LookAtCall)

    story.happens(CallSeen(7, answered=True))

    assert looks
    assert before.notice is None
    assert story.view().notice.text == "Библиотекарь идёт"


def test_pressing_again_hides_the_notice_and_calls_nobody_twice(story: Story) -> None:
    story.happens(Pressed("help"), CallSeen(7), Pressed("help"), Pressed("help"))

    assert len(story.ordered_of(CallLibrarian)) == 1
    assert story.view().notice.text.startswith("Библиотекаря позвали")


def test_without_a_connection_the_old_way_stands_and_the_next_press_tries_again(
    story: Story,
) -> None:
    story.happens(Pressed("help"), CallSeen(None))
    notice = story.view().notice

    story.happens(Pressed("help"), Pressed("help"))

    assert notice.text == "Подойдите к библиотекарю: мы с радостью поможем"
    assert len(story.ordered_of(CallLibrarian)) == 2


def test_looks_come_one_after_another_and_end(story: Story) -> None:
    story.happens(Pressed("help"), CallSeen(7))

    story.passes(10)
    unanswered = len(story.ordered_of(LookAtCall))
    story.happens(CallSeen(7))
    story.passes(10)
    story.passes(180)

    assert unanswered == 1
    assert len(story.ordered_of(LookAtCall)) == 2
    assert story.state.call is None


def test_the_call_of_one_session_is_not_answered_in_the_next(story: Story) -> None:
    story.card()
    story.happens(Pressed("help"), CallSeen(7), Pressed("finish"))

    story.happens(CallSeen(7, answered=True))

    assert story.view().notice is None or "идёт" not in story.view().notice.text
    assert story.view().status == ""
