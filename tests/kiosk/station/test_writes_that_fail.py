"""A write that does not come to its end: never a good tag, finished or given up, and said."""

import pytest

from kiosk.events import ReaderBack, ReaderLost
from kiosk.sounds import Sound
from kiosk.station.effects import WriteTag
from kiosk.station.events import Outcome
from kiosk.station.state import Asked, Word
from tests.kiosk.station.conftest import (
    Station,
    blank,
    seen,
    torn,
    uid,
)


def test_lifted_in_the_middle_it_is_no_good_tag_and_is_finished_when_it_comes_back(
    station: Station,
) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    order = station.pad_fails(Outcome.LIFTED)
    assert (station.says, station.heard[-1]) == (Word.LIFTED, Sound.PUT_BACK)
    assert station.records() == [("B-0001", uid(1), "lifted")]

    station.lifts()
    station.lays(seen(1, torn(order)))
    station.pad_writes()

    assert station.records()[-1] == ("B-0001", uid(1), "written")


def test_a_damaged_tag_of_nobody_knows_whom_is_asked_about(station: Station) -> None:
    station.scans("B-0002")
    station.lays(blank(1))
    damaged = torn(station.pad_fails(Outcome.LIFTED))
    station.lifts()

    station.scans("B-0001")
    station.lays(seen(1, damaged))

    assert station.state.question is not None
    assert station.state.question.asked is Asked.DAMAGED


def test_a_tag_that_does_not_take_the_write_is_tried_three_times_and_given_up(
    station: Station,
) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    for _ in range(3):
        station.pad_fails(Outcome.FAILED, blank(1).face)

    assert station.says is Word.WORN_OUT
    assert station.records() == [("B-0001", uid(1), "failed")]
    assert station.ordered(WriteTag) == []


def test_a_locked_tag_is_left_alone(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))

    station.pad_fails(Outcome.LOCKED)

    assert station.says is Word.LOCKED
    assert station.records() == [("B-0001", uid(1), "refused")]


@pytest.mark.parametrize(
    ("outcome", "word"), [(Outcome.LOCKED, Word.LOCKED), (Outcome.FAILED, Word.WORN_OUT)]
)
def test_a_tag_that_was_given_up_is_never_called_finished_while_it_lies_there(
    station: Station, outcome: Outcome, word: Word
) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    for _ in range(1 if outcome is Outcome.LOCKED else 3):
        station.pad_fails(outcome, blank(1).face)
    records = station.records()

    station.lays(blank(1))
    station.lays(blank(1), blank(2))
    station.lays(blank(1))

    assert station.says is word
    assert station.records() == records  # and is written down once


def test_unplugged_in_the_middle_it_is_finished_when_the_reader_is_back(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    order = station.take(WriteTag)
    station.happens(ReaderLost())
    assert station.records() == [("B-0001", uid(1), "failed")]

    station.happens(ReaderBack(simulated=False))
    station.lays(seen(1, torn(order)))
    station.pad_writes()

    assert station.records()[-1] == ("B-0001", uid(1), "written")


def test_the_answer_to_an_old_order_changes_nothing(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    order = station.take(WriteTag)
    station.happens(ReaderLost(), ReaderBack(simulated=False))
    before = station.records()
    station.orders.append(order)

    station.pad_writes()

    assert station.records() == before
