"""What a station writes, and all that it does not: every guard of features 1.5 and 5.9."""

import pytest

from circulation.encoding import TagHolder
from circulation.loan import ItemState
from circulation.tags.codec import decode
from circulation.tags.item_tag import Usage
from circulation.tags.rewriting import Face
from kiosk.events import Pressed, ReaderBack, ReaderLost
from kiosk.sounds import Sound
from kiosk.station.effects import RecordTag, UndoRecord, WriteTag
from kiosk.station.events import Line, Outcome, PadMoves
from kiosk.station.numbers import CheckDigit
from kiosk.station.state import Asked, Stage, Word
from tests.kiosk.station.conftest import (
    OWNER,
    SIZE,
    Station,
    blank,
    copy_to_tag,
    item_tag,
    seen,
    torn,
    uid,
)


def test_a_blank_tag_alone_becomes_the_copys(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))

    face = station.pad_writes()

    said = decode(face.memory, dsfid=face.dsfid)
    assert (said.item_id, said.owner, said.part, said.parts) == ("B-0001", OWNER, 1, 1)
    assert (face.dsfid, face.afi) == (0x3E, 0x07)
    assert station.records() == [("B-0001", uid(1), "written")]
    assert station.heard == [Sound.BOOK_1, Sound.BOOK_3]
    assert station.state.stage is Stage.NUMBER


def test_a_copy_on_loan_is_written_silent(station: Station) -> None:
    station.scans("B-0001", copy_to_tag(state=ItemState.ON_LOAN, armed=False))
    station.lays(blank(1))

    assert station.pad_writes().afi == 0xC2


def test_two_blanks_wait_until_one_is_left(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1), blank(2))
    assert station.ordered(WriteTag) == []
    assert (station.says, station.heard[-1]) == (Word.TWO_TAGS, Sound.STOP)

    station.lays(blank(2))

    assert station.take(WriteTag).uid == uid(2)


def test_a_second_tag_that_comes_at_the_last_moment_stops_the_pad(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))

    order = station.pad_fails(Outcome.TWO_TAGS)

    assert order.alone
    assert station.says is Word.TWO_TAGS
    assert station.records() == []


def test_nothing_is_written_before_the_tag_lies_still(station: Station) -> None:
    station.scans("B-0001")

    station.happens(PadMoves())

    assert station.ordered(WriteTag) == []


def test_the_same_copys_sound_tag_is_taken_as_it_is(station: Station) -> None:
    station.scans("B-0001")
    station.lays(item_tag(1, "B-0001"))

    assert station.ordered(WriteTag) == []
    assert station.records() == [("B-0001", uid(1), "renewed")]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_the_tag_of_another_copy_is_asked_about(station: Station, answer: str) -> None:
    station.scans("B-0001")
    station.lays(item_tag(1, "B-0777"))
    assert station.state.question is not None
    assert (station.state.question.asked, station.state.question.other) == (Asked.MOVE, "B-0777")
    assert station.ordered(WriteTag) == []

    station.happens(Pressed(answer))

    assert len(station.ordered(WriteTag)) == (1 if answer == "yes" else 0)
    if answer == "yes":
        station.pad_writes()
        assert station.take(RecordTag).moves


def test_a_tag_that_the_ledger_knows_for_another_copy_is_asked_about_though_blank(
    station: Station,
) -> None:
    other = copy_to_tag("B-0777", state=ItemState.WITHDRAWN)
    station.holders[uid(1)] = TagHolder(copy_of=other, part=1)
    station.scans("B-0001")

    station.lays(blank(1))

    assert station.state.question is not None
    assert station.state.question.withdrawn, "it is a tag to use again, not one to move"


def test_the_tag_of_a_book_on_loan_is_nobodys_to_move(station: Station) -> None:
    other = copy_to_tag("B-0777", state=ItemState.ON_LOAN)
    station.holders[uid(1)] = TagHolder(copy_of=other, part=1)
    station.scans("B-0001")
    station.lays(item_tag(1, "B-0777"))

    assert (station.says, station.state.question) == (Word.OTHER_ON_LOAN, None)
    assert station.records() == [("B-0001", uid(1), "refused")]


def test_taking_the_book_away_answers_the_question(station: Station) -> None:
    station.scans("B-0001")
    station.lays(item_tag(1, "B-0777"))

    station.lifts()
    station.lays(blank(2))

    assert station.take(WriteTag).uid == uid(2)


@pytest.mark.parametrize(
    ("tag", "word"),
    [
        (item_tag(1, "B-0001", owner="DK-718500"), Word.FOREIGN),
        (item_tag(1, "B-0001", usage=Usage.PATRON_CARD), Word.NOT_A_BOOK),
        (seen(1, Face(b"\xe1\x40\x0e\x01".ljust(SIZE, b"x"), 0, 0)), Word.FOREIGN),
        (seen(1, None), Word.UNREADABLE),
    ],
    ids=["another owner", "a reader's card", "an NFC sticker", "cannot be read"],
)
def test_what_is_not_ours_is_refused_whatever_anybody_presses(
    station: Station, tag: object, word: Word
) -> None:
    station.scans("B-0001")
    station.lays(tag)
    station.happens(Pressed("yes"))

    assert station.says is word
    assert station.ordered(WriteTag) == []
    assert station.state.question is None


def test_a_copy_that_has_a_tag_gets_another_only_when_asked_to(station: Station) -> None:
    station.scans("B-0001", copy_to_tag(tag_uid=uid(9), tagged=(1,)))
    station.lays(blank(1))
    assert station.state.question is not None
    assert station.state.question.asked is Asked.REPLACE

    station.happens(Pressed("yes"))
    station.pad_writes()

    assert station.take(RecordTag).replaces


def test_a_set_is_written_part_by_part(station: Station) -> None:
    station.scans("B-0001", copy_to_tag(parts=3))
    parts = []
    for number in (1, 2, 3):
        station.lays(blank(number))
        face = station.pad_writes()
        parts.append(decode(face.memory, dsfid=face.dsfid).part)
        station.lifts()

    assert parts == [1, 2, 3]
    assert [fact.part for fact in station.ordered(RecordTag)] == [1, 2, 3]
    assert station.state.stage is Stage.NUMBER


def test_a_begun_set_goes_on_with_the_part_that_is_missing(station: Station) -> None:
    station.scans("B-0001", copy_to_tag(parts=3, tag_uid=uid(7), tagged=(1, 3)))
    station.lays(blank(1))

    face = station.pad_writes()

    assert decode(face.memory, dsfid=face.dsfid).part == 2


@pytest.mark.parametrize(
    ("number", "is_ours"),
    [("2000000000015", True), ("2000000000016", False), ("4000000000013", False)],
)
def test_a_number_that_is_none_of_ours_is_taken_only_when_asked_to(
    number: str, is_ours: bool
) -> None:
    station = Station(prefixes=("20",), check=CheckDigit.EAN)

    station.scans(number)
    assert (station.state.job is not None) is is_ours
    if is_ours:
        return
    assert station.state.question is not None
    station.happens(Pressed("yes"))
    station.ledger_finds(number, copy_to_tag(number))

    assert station.state.job is not None


def test_nothing_after_five_seconds_is_said_once(station: Station) -> None:
    station.scans("B-0001")
    station.passes(4.5)
    assert station.says is None

    station.passes(10)

    assert station.says is Word.NO_TAG
    assert station.heard.count(Sound.PUT_BACK) == 1


def test_a_number_of_two_copies_is_a_question(station: Station) -> None:
    station.scans("1043", copy_to_tag("B-0001"), copy_to_tag("B-0002"))
    assert station.state.stage is Stage.CHOOSE
    station.lays(blank(1))
    assert station.ordered(WriteTag) == []

    station.happens(Pressed("take:B-0002"))
    face = station.pad_writes()

    assert decode(face.memory, dsfid=face.dsfid).item_id == "B-0002"


def test_an_unknown_number_and_a_withdrawn_copy_write_nothing(station: Station) -> None:
    station.happens(Line("nobody"))
    station.ledger_finds("nobody")
    assert station.says is Word.UNKNOWN_NUMBER

    station.scans("B-0001", copy_to_tag(state=ItemState.WITHDRAWN))

    assert (station.says, station.state.job) == (Word.WITHDRAWN, None)


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


def test_the_last_one_is_undone_on_the_tag_and_in_the_ledger(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    written = station.pad_writes()
    slot = station.take(RecordTag).slot
    station.lifts()

    station.happens(Pressed("undo"))
    assert station.ordered(WriteTag) == [], "the book is to be laid down again"
    station.lays(seen(1, written))
    restored = station.pad_writes()

    assert restored == blank(1).face
    assert station.take(UndoRecord).undoes == slot
    assert station.says is Word.UNDONE


def test_undoing_waits_for_the_right_book(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    station.pad_writes()
    station.lifts()
    station.happens(Pressed("undo"))

    station.lays(item_tag(2, "B-0500"))

    assert station.ordered(WriteTag) == []
    assert station.says is Word.OTHERS_TAG


def test_there_is_nothing_to_undo_at_first(station: Station) -> None:
    station.happens(Pressed("undo"))

    assert station.says is Word.NOTHING_TO_UNDO


def test_the_book_before_is_not_asked_about_while_it_still_lies_there(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    station.pad_writes()

    station.scans("B-0002")

    assert (station.says, station.state.question) == (Word.LIFT_DONE, None)
    station.lifts()
    station.lays(blank(2))
    assert station.take(WriteTag).uid == uid(2)


def test_a_number_scanned_during_the_write_comes_next(station: Station) -> None:
    station.scans("B-0001")
    station.lays(blank(1))
    station.happens(Line("B-0002"))

    station.pad_writes()
    station.ledger_finds("B-0002", copy_to_tag("B-0002"))

    assert station.records() == [("B-0001", uid(1), "written")]
    assert station.state.job is not None
    assert station.state.job.copy.item_id == "B-0002"


def test_nobody_signed_in_writes_nothing() -> None:
    station = Station()
    station.happens(Pressed("sign_out"))
    station.happens(Pressed("list"), Pressed("convert"), Line("B-0001"))

    station.lays(blank(1))

    assert station.state.stage is Stage.SIGN_IN
    assert station.ordered(WriteTag) == []
