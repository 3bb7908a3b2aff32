"""What a drop does with what is put in: arm, keep, count, ask, sort; and what it does not take."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.reasons import Reason
from kiosk.drop.effects import Arm, Doubt, EndVisit, Keep, Sort
from kiosk.drop.events import Answered, Event, FlapMoved, Kept, NotKept, Way
from kiosk.drop.state import Trouble, troubles
from kiosk.events import BookTag, ItemLifted, ItemPlaced, ReaderBack, ReaderLost, ReaderRefused
from tests.kiosk.drop.conftest import Play, copy, uid


def test_a_book_is_armed_then_kept_then_counted_then_sorted(play: Play) -> None:
    play.answers[copy(1)] = Way.HOLD

    play.put_in(1)

    orders = [effect for effect in play.effects if isinstance(effect, Arm | Keep | Sort)]
    assert orders == [Arm(uid(1)), Keep(1, copy(1), uid(1), 100.0), Sort("b")]
    assert play.state.accepted == 1


def test_nothing_is_counted_before_it_is_on_the_disk(play: Play) -> None:
    play.disk_works = False

    play.put_in(1)

    assert (play.kept, play.state.accepted, play.sorted_to) == ([copy(1)], 0, [])


def test_a_disk_that_fails_shuts_the_slot_until_the_same_return_is_kept(play: Play) -> None:
    play.disk_works = False
    play.put_in(1)
    play.happens(NotKept(1))
    shut = troubles(play.state)

    play.disk_works = True
    play.wait(3)

    assert shut == (Trouble.STORAGE,)
    assert play.locks == [False, True, False]
    assert {effect.slot for effect in play.effects if isinstance(effect, Keep)} == {1}
    assert play.state.accepted == 1


@pytest.mark.parametrize("pause_s", [1, 30, 59])
def test_the_same_book_within_a_minute_is_one_return(play: Play, pause_s: float) -> None:
    play.put_in(1)
    play.falls(1)
    play.wait(pause_s)

    play.put_in(1)
    play.wait(2)

    assert play.kept == [copy(1)]
    assert play.sorted_to[-1] == "a"  # it goes into a bin nevertheless


def test_the_same_book_after_more_than_a_minute_is_another_return(play: Play) -> None:
    play.put_in(1)
    play.wait(2)
    play.falls(1)
    play.wait(61)

    play.put_in(1)

    assert play.kept == [copy(1), copy(1)]


def test_several_books_at_once_are_each_a_return_of_its_own(play: Play) -> None:
    play.answers |= {copy(n): Way.SHELF for n in (1, 2, 3)}

    for number in (1, 2, 3):
        play.put_in(number)

    assert play.kept == [copy(1), copy(2), copy(3)]
    assert play.state.accepted == 3
    assert set(play.sorted_to) == {"a"}


def test_a_set_is_one_return_when_its_last_part_is_armed(play: Play) -> None:
    play.put_in(1, part=1, parts=2)
    one_part = list(play.kept)
    play.falls(1)
    play.wait(5)

    play.put_in(1, part=2, parts=2, tag=2)

    assert (one_part, play.kept) == ([], [copy(1)])


def test_a_set_whose_part_never_comes_is_for_the_librarian(play: Play) -> None:
    play.put_in(1, part=1, parts=2)

    play.wait(21)

    assert play.kept == []
    assert [(one.doubt, one.copy) for one in play.reviews] == [(Doubt.INCOMPLETE, copy(1))]
    assert play.sorted_to == ["b"]


def test_what_cannot_be_armed_is_not_taken_back(play: Play) -> None:
    play.pad_works = False

    play.put_in(1)
    play.wait(10)

    assert (play.kept, play.state.accepted) == ([], 0)
    assert [one.doubt for one in play.reviews] == [Doubt.NOT_ARMED]
    assert play.sorted_to == ["b"]


def test_a_tag_that_is_armed_at_the_second_try_is_taken_back(play: Play) -> None:
    play.pad_works = False
    play.put_in(1)
    play.pad_works = True

    play.wait(3)

    assert (play.kept, play.reviews) == ([copy(1)], [])


def test_a_book_that_was_pulled_out_before_it_was_armed_is_not_taken_back(play: Play) -> None:
    play.pad_works = False
    play.put_in(1)
    play.falls(1)

    play.wait(21)

    assert [one.doubt for one in play.reviews] == [Doubt.LEFT_EARLY]
    assert play.state.books == {}


@pytest.mark.parametrize(
    ("reason", "doubt", "chosen"),
    [
        (Reason.TAG_FOREIGN, Doubt.FOREIGN, "c"),
        (Reason.TAG_BLANK, Doubt.UNREADABLE, "b"),
        (Reason.TAG_UNREADABLE, Doubt.UNREADABLE, "b"),
        (Reason.TAG_NOT_AN_ITEM, Doubt.NO_BOOK, "b"),
    ],
)
def test_a_tag_that_is_no_book_of_ours_is_noted_once_and_never_written(
    play: Play, reason: Reason, doubt: Doubt, chosen: str
) -> None:
    play.put_in_odd(1, reason)
    play.falls(1)
    play.put_in_odd(1, reason)

    assert [(one.doubt, one.uid) for one in play.reviews] == [(doubt, uid(1))]
    assert play.sorted_to[0] == chosen
    assert not any(isinstance(effect, Arm | Keep) for effect in play.effects)


def test_a_flap_that_does_not_close_is_said(play: Play) -> None:
    play.happens(FlapMoved(opened=True))

    play.wait(31)

    assert troubles(play.state) == (Trouble.FLAP_JAMMED,)


@pytest.mark.parametrize(
    ("event", "trouble"),
    [
        (ReaderLost(), Trouble.READER_LOST),
        (ReaderRefused(), Trouble.SIMULATED_READER),
    ],
)
def test_without_its_reader_the_slot_is_shut(play: Play, event: object, trouble: Trouble) -> None:
    play.happens(event)

    assert troubles(play.state) == (trouble,)
    assert play.locks == [False, True]


def test_a_book_that_lay_there_while_the_reader_was_lost_is_not_taken_back_twice(
    play: Play,
) -> None:
    play.put_in(1)
    play.wait(2)
    play.happens(ReaderLost())
    play.wait(300)
    play.happens(ReaderBack(simulated=False))

    play.put_in(1)
    play.wait(10)

    assert play.kept == [copy(1)]
    assert play.gone == []


def test_a_book_whose_answer_came_while_the_reader_was_lost_is_not_taken_back_twice(
    play: Play,
) -> None:
    play.put_in(1)
    play.happens(ReaderLost())
    play.happens(Answered(1, Way.SHELF))
    play.wait(300)
    play.happens(ReaderBack(simulated=False))

    play.put_in(1)
    play.wait(10)

    assert play.kept == [copy(1)]
    assert play.gone == []


def test_a_book_that_left_while_the_reader_was_lost_may_come_again(play: Play) -> None:
    play.put_in(1)
    play.wait(2)
    play.happens(ReaderLost())
    play.wait(300)
    play.happens(ReaderBack(simulated=False))
    play.wait(10)

    play.put_in(1)

    assert play.gone == [copy(1)]
    assert play.kept == [copy(1), copy(1)]


def test_what_lay_in_the_slot_when_the_power_went_is_not_taken_back_again() -> None:
    play = Play(lying=frozenset({copy(1)}))

    play.put_in(1)
    play.put_in(2)

    assert play.kept == [copy(2)]


def test_a_visit_ends_when_nobody_has_put_anything_in_for_a_while(play: Play) -> None:
    play.put_in(1)
    play.wait(2)
    play.falls(1)

    play.wait(20)

    assert [effect for effect in play.effects if isinstance(effect, EndVisit)] == [EndVisit(1)]
    assert play.state.accepted == 0


NAMES = (1, 2, 3)
NUMBERS = st.sampled_from(NAMES)
HAPPENINGS = st.one_of(
    NUMBERS.map(lambda n: ItemPlaced(uid(n), BookTag(copy(n)))),
    NUMBERS.map(lambda n: ItemLifted(uid(n))),
    NUMBERS.map(Kept),
    NUMBERS.map(NotKept),
    NUMBERS.map(lambda n: Answered(n, Way.SHELF)),
    st.just(ReaderLost()),
    st.just(ReaderBack(simulated=False)),
    st.sampled_from([1.0, 7.0, 40.0]),  # so many seconds pass
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(HAPPENINGS, st.booleans()), max_size=60))
def test_whatever_happens_no_return_is_made_up_and_none_is_made_twice(
    story: list[tuple[Event | float, bool]],
) -> None:
    play = Play()
    play.disk_works = False  # the story answers for it
    for event, play.pad_works in story:
        if isinstance(event, float):
            play.wait(event)
        else:
            play.happens(event)

    keeps = [effect for effect in play.effects if isinstance(effect, Keep)]
    by_slot = {effect.slot: effect for effect in keeps}
    assert all(by_slot[effect.slot] == effect for effect in keeps), "tried again word for word"
    assert play.state.accepted <= len(by_slot)
    assert all(uid(n) in play.armed for n in NAMES if copy(n) in play.kept)
    for number in NAMES:
        times = sorted(effect.at for effect in by_slot.values() if effect.copy == copy(number))
        assert all(b - a >= play.state.config.repeat_s for a, b in pairwise(times))
