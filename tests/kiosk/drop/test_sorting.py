"""Where what lies in the slot goes: to one bin, soon, or the slot is shut and says why."""

import pytest

from circulation.reasons import Reason
from kiosk.drop.effects import Doubt
from kiosk.drop.events import Answered, SlotChanged, Way
from kiosk.drop.state import Trouble, troubles
from kiosk.events import ReaderBack, ReaderLost
from tests.kiosk.drop.conftest import Play, copy


def test_without_an_answer_the_book_goes_on_unsorted(play: Play) -> None:
    play.put_in(1)
    before = list(play.sorted_to)

    play.wait(2)

    assert (before, play.sorted_to) == ([], ["a"])


def test_an_answer_that_comes_late_moves_nothing(play: Play) -> None:
    play.put_in(1)
    play.wait(2)

    play.happens(Answered(1, Way.HOLD))

    assert play.sorted_to == ["a"]


def test_a_pile_that_goes_several_ways_goes_to_the_librarian(play: Play) -> None:
    play.put_in(1)
    play.put_in(2)
    play.happens(Answered(1, Way.SHELF))
    play.happens(Answered(2, Way.HOLD))

    assert play.sorted_to == ["b"]


def test_a_pile_waits_for_the_slowest(play: Play) -> None:
    play.put_in(1)
    play.put_in(2)

    play.happens(Answered(1, Way.SHELF))

    assert play.sorted_to == []


def test_something_without_a_tag_goes_to_the_librarian(play: Play) -> None:
    play.happens(SlotChanged(occupied=True))

    play.wait(4)

    assert [one.doubt for one in play.reviews] == [Doubt.UNREADABLE]
    assert play.sorted_to == ["b"]


def test_a_full_bin_gives_to_the_librarians(play: Play) -> None:
    play.answers[copy(1)] = Way.SHELF
    play.fill("a")

    play.put_in(1)

    assert play.sorted_to == ["b"]
    assert play.locks == [False]


def test_when_all_is_full_the_slot_is_shut_and_the_book_waits_in_it(play: Play) -> None:
    play.answers[copy(1)] = Way.SHELF
    play.fill("a", "b")
    play.put_in(1)
    waiting = list(play.sorted_to)

    play.fill("a", full=False)

    assert waiting == []
    assert play.locks == [False, True, False]
    assert play.sorted_to == ["a"]


def test_a_book_that_does_not_fall_is_a_jam_until_it_does(play: Play) -> None:
    play.put_in(1)
    play.wait(12)
    jammed = troubles(play.state)

    play.falls(1)

    assert jammed == (Trouble.JAMMED,)
    assert play.locks == [False, True, False]


def test_a_pile_whose_ways_share_a_bin_goes_there(play: Play) -> None:
    play.put_in(1)
    play.put_in(2)
    play.happens(Answered(1, Way.SHELF))

    play.wait(2)  # nobody answers for the second: unsorted, and that is the shelf's bin

    assert play.sorted_to == ["a"]


@pytest.mark.parametrize(("way", "chosen"), [(Way.HOLD, "b"), (Way.OTHER, "c"), (Way.SHELF, "a")])
def test_a_book_that_was_pulled_out_goes_its_way_when_it_comes_again(
    play: Play, way: Way, chosen: str
) -> None:
    play.answers[copy(1)] = way
    play.put_in(1)
    play.falls(1)
    play.wait(20)

    play.put_in(1)

    assert play.kept == [copy(1)]
    assert play.sorted_to == [chosen, chosen]


def test_a_book_whose_bin_and_the_librarians_are_full_shuts_the_slot_until_one_is_emptied(
    play: Play,
) -> None:
    play.fill("b")  # the librarian's, and where held books go; the shelf's has room
    play.answers[copy(1)] = Way.HOLD
    open_still = troubles(play.state)

    play.put_in(1)
    shut, waiting = troubles(play.state), list(play.sorted_to)
    play.fill("b", full=False)

    assert (open_still, shut, waiting) == ((), (Trouble.FULL,), [])
    assert play.sorted_to == ["b"]
    assert play.locks == [False, True, False]


def test_a_thing_without_a_tag_that_finds_the_bin_full_shuts_the_slot(play: Play) -> None:
    play.fill("b")
    play.happens(SlotChanged(occupied=True))
    play.wait(4)
    shut = troubles(play.state)

    play.fill("b", full=False)

    assert shut == (Trouble.FULL,)
    assert play.sorted_to == ["b"]
    assert [one.doubt for one in play.reviews] == [Doubt.UNREADABLE]


def test_a_thing_without_a_tag_that_does_not_fall_is_a_jam(play: Play) -> None:
    play.happens(SlotChanged(occupied=True))
    play.wait(13)
    jammed = troubles(play.state)

    play.happens(SlotChanged(occupied=False))

    assert jammed == (Trouble.JAMMED,)
    assert troubles(play.state) == ()


def test_a_book_that_follows_on_the_heels_of_another_has_its_time_to_be_read(play: Play) -> None:
    play.happens(SlotChanged(occupied=True))
    play.put_in(1)
    play.wait(10)
    play.falls(1)  # the next one holds the beam broken and was not heard yet

    play.wait(2)
    play.put_in(2)
    play.wait(2)

    assert play.reviews == []
    assert play.kept == [copy(1), copy(2)]
    assert set(play.sorted_to) == {"a"}


def test_what_lay_there_while_the_reader_was_lost_has_its_time_to_be_read(play: Play) -> None:
    play.happens(SlotChanged(occupied=True))
    play.happens(ReaderLost())
    play.wait(60)
    play.happens(ReaderBack(simulated=False))
    play.wait(1)

    play.put_in(1)
    play.wait(2)

    assert (play.reviews, play.kept, play.sorted_to) == ([], [copy(1)], ["a"])


def test_another_librarys_book_among_ours_goes_to_the_librarian_with_them(play: Play) -> None:
    play.put_in(1)
    play.put_in_odd(2, Reason.TAG_FOREIGN)

    play.happens(Answered(1, Way.SHELF))

    assert play.sorted_to == ["b"]
