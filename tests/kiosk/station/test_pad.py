"""The pad's thread, look by look: what it tells, and what it does not call good."""

import pytest

from circulation.tags.rewriting import Face
from drivers.errors import Failed, NotAvailable, NotSupported
from drivers.reader import TagInfo, TagSeen
from kiosk.station.effects import WriteTag
from kiosk.station.events import Event, Outcome, PadMoves, PadSeen, TagWritten
from kiosk.station.pad import Antenna
from tests.kiosk.station.conftest import SIZE, blank, item_tag, uid

A, B = uid(1), uid(2)
BLANK = blank(1).face
WANTED = item_tag(1, "B-0001").face
assert BLANK is not None
assert WANTED is not None


class LyingReader:
    """A reader at the level of its promise; `deaf`: it reports writes that never happen."""

    def __init__(self) -> None:
        self.tags: dict[str, Face] = {}
        self.deaf = False
        self.mute = 0  # reads that fail before one works
        self.no_locks = False

    def inventory(self) -> tuple[TagSeen, ...]:
        return tuple(TagSeen(uid, 0.0) for uid in self.tags)

    def _tag(self, uid: str) -> Face:
        if uid not in self.tags:
            raise Failed("no tag in the field")
        return self.tags[uid]

    def system_information(self, uid: str) -> TagInfo:
        if self.mute:
            self.mute -= 1
            raise Failed("a bad answer")
        tag = self._tag(uid)
        return TagInfo(uid, tag.dsfid, tag.afi, 4, len(tag.memory) // 4, 1)

    def read_blocks(self, uid: str, first: int, count: int) -> bytes:
        return self._tag(uid).memory[first * 4 : (first + count) * 4]

    def read_locks(self, uid: str, first: int, count: int) -> tuple[bool, ...]:
        if self.no_locks:
            raise NotSupported("this model cannot tell")
        return (False,) * count

    def write_blocks(self, uid: str, first: int, data: bytes) -> None:
        tag = self._tag(uid)
        if not self.deaf:
            memory = tag.memory[: first * 4] + data + tag.memory[first * 4 + len(data) :]
            self.tags[uid] = Face(memory, tag.dsfid, tag.afi)

    def write_afi(self, uid: str, afi: int) -> None:
        tag = self._tag(uid)
        self.tags[uid] = Face(tag.memory, tag.dsfid, afi)

    def write_dsfid(self, uid: str, dsfid: int) -> None:
        tag = self._tag(uid)
        self.tags[uid] = Face(tag.memory, dsfid, tag.afi)


class Bench:
    """An antenna, its reader, and all that it told."""

    def __init__(self) -> None:
        self.reader = LyingReader()
        self.told: list[Event] = []
        self.now = 0.0
        self.antenna = Antenna(self.reader, self.told.append, lambda: self.now)  # type: ignore[arg-type]

    def looks(self, times: int = 1) -> None:
        for _ in range(times):
            self.antenna.look()
            self.now += 0.2

    def seen(self) -> list[tuple[str, ...]]:
        return [tuple(t.uid for t in one.tags) for one in self.told if isinstance(one, PadSeen)]

    def writes(self, *, alone: bool = True) -> TagWritten:
        self.now += 1  # the last look is old
        self.antenna.carry_out(WriteTag(1, A, BLANK, WANTED, alone))
        (told,) = (one for one in self.told if isinstance(one, TagWritten))
        return told


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_tag_is_told_of_when_two_looks_saw_the_same(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}
    bench.looks()
    assert bench.seen() == []

    bench.looks(3)

    assert bench.seen() == [(A,)], "and once"


def test_what_comes_and_goes_is_motion_until_it_rests(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}
    bench.looks(2)
    bench.reader.tags = {A: BLANK, B: BLANK}
    bench.looks()
    assert isinstance(bench.told[-1], PadMoves)
    bench.looks()
    bench.reader.tags = {}
    bench.looks(5)

    assert bench.seen() == [(A,), (A, B), ()]


def test_one_missed_answer_is_not_a_lifted_book(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}
    bench.looks(2)
    bench.reader.tags = {}
    bench.looks()
    bench.reader.tags = {A: BLANK}
    bench.looks(3)

    assert bench.seen() == [(A,)]


def test_written_and_read_back_it_is_done(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}

    told = bench.writes()

    assert (told.outcome, told.now) == (Outcome.DONE, WANTED)
    assert bench.reader.tags[A] == WANTED


def test_a_reader_that_says_yes_and_does_nothing_is_not_believed(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}
    bench.reader.deaf = True

    told = bench.writes()

    assert told.outcome is Outcome.FAILED
    assert told.now is not None
    assert told.now.memory == bytes(SIZE)


def test_a_tag_that_does_not_lie_alone_is_not_written(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK, B: BLANK}

    assert bench.writes().outcome is Outcome.TWO_TAGS
    assert bench.reader.tags == {A: BLANK, B: BLANK}


def test_in_a_stack_only_the_tag_that_is_meant_is_written(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK, B: BLANK}

    assert bench.writes(alone=False).outcome is Outcome.DONE
    assert bench.reader.tags == {A: WANTED, B: BLANK}


def test_a_tag_that_is_gone_was_lifted(bench: Bench) -> None:
    assert bench.writes().outcome is Outcome.LIFTED


def test_a_model_that_cannot_tell_locks_writes_all_the_same(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}
    bench.reader.no_locks = True

    assert bench.writes().outcome is Outcome.DONE


def test_an_unreadable_tag_is_told_as_such_and_tried_again(bench: Bench) -> None:
    bench.reader.tags = {A: BLANK}
    bench.reader.mute = 3
    bench.looks(4)
    told = [one for one in bench.told if isinstance(one, PadSeen)]
    assert [tag.face for tag in told[-1].tags] == [None]

    bench.looks(10)

    told = [one for one in bench.told if isinstance(one, PadSeen)]
    assert [tag.face for tag in told[-1].tags] == [BLANK]


def test_a_reader_that_is_gone_is_not_a_tag_that_failed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.reader.tags = {A: BLANK}

    def gone(uid: str, first: int, data: bytes) -> None:
        raise NotAvailable("the plug is out")

    monkeypatch.setattr(bench.reader, "write_blocks", gone)

    with pytest.raises(NotAvailable):
        bench.writes()
