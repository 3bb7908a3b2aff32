"""An event is on disk before it is sent and stays until the controller has committed it."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from circulation.messages import Clock, Direction, GateEvent, GateEventKind, ListKind
from gate.local_list import LocalList
from gate.outbox import Counters, Outbox
from gate.uids import Uids

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def make(seq: int, counters: Counters) -> GateEvent:
    return GateEvent(
        id=uuid4(),
        seq=seq,
        at=NOW,
        clock=Clock.SURE,
        kind=GateEventKind.PASSAGE,
        count_in=counters.came_in,
        count_out=counters.went_out,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "gate" / "outbox.db"


def test_sequence_goes_on_after_everything_is_acknowledged_and_the_gate_restarted(
    path: Path,
) -> None:
    outbox = Outbox(path)
    first = outbox.add(GateEventKind.PASSAGE, Direction.OUT, make)
    outbox.forget([first.id])
    outbox.close()

    again = Outbox(path)
    second = again.add(GateEventKind.PASSAGE, Direction.OUT, make)
    again.close()

    assert (first.seq, second.seq) == (1, 2)


def test_counters_are_absolute_and_belong_to_the_event_that_made_them(path: Path) -> None:
    outbox = Outbox(path)
    out = outbox.add(GateEventKind.PASSAGE, Direction.OUT, make)
    back = outbox.add(GateEventKind.PASSAGE, Direction.TURNED_BACK, make)
    came = outbox.add(GateEventKind.PASSAGE, Direction.IN, make)
    alarm = outbox.add(GateEventKind.ALARM, Direction.OUT, make)
    outbox.close()

    assert [(e.count_in, e.count_out) for e in (out, back, came, alarm)] == [
        (0, 1),
        (0, 1),
        (1, 1),
        (1, 1),
    ]


def test_only_what_is_acknowledged_is_forgotten(path: Path) -> None:
    outbox = Outbox(path)
    kept, gone = (outbox.add(GateEventKind.PASSAGE, Direction.OUT, make) for _ in range(2))

    outbox.forget([gone.id, UUID(int=0)])

    assert outbox.waiting() == [kept.seq]
    [(_, body)] = outbox.bodies(kept.seq, gone.seq)
    assert GateEvent.model_validate_json(body) == kept
    outbox.close()


def test_a_failed_event_leaves_neither_number_nor_count(path: Path) -> None:
    outbox = Outbox(path)

    def fail(seq: int, counters: Counters) -> GateEvent:
        raise RuntimeError("cannot be made")

    with pytest.raises(RuntimeError):
        outbox.add(GateEventKind.PASSAGE, Direction.OUT, fail)

    assert outbox.counters() == Counters(0, 0)
    assert outbox.add(GateEventKind.PASSAGE, Direction.OUT, make).seq == 1
    outbox.close()


def test_each_local_list_is_known_after_a_power_cut(path: Path) -> None:
    empty, loans, ours = LocalList(), ListKind.ARMED_LOANS, ListKind.OURS
    first = LocalList(7, NOW, Uids({"E004010012345678", "E004010012345679"}))
    second = LocalList(8, NOW, Uids({"E004010012345679", "E00401001234567A"}))
    outbox = Outbox(path)
    nothing = outbox.kept_list(kind=loans)
    outbox.keep_list(kind=loans, before=empty, now=first)
    outbox.keep_list(kind=loans, before=first, now=second)
    outbox.keep_list(kind=ours, before=empty, now=first)
    outbox.close()

    again = Outbox(path)
    known = [again.kept_list(kind=loans), again.kept_list(kind=ours)]
    again.close()

    assert nothing == empty
    assert known == [second, first]


def test_when_the_bound_is_reached_the_oldest_passages_go_and_no_alarm(path: Path) -> None:
    outbox = Outbox(path, max_bytes=300_000)
    alarm = outbox.add(GateEventKind.ALARM, Direction.UNKNOWN, make)
    last = alarm
    while not (gone := outbox.make_room()):
        last = outbox.add(GateEventKind.PASSAGE, Direction.OUT, make)

    left = outbox.waiting(limit=100_000)
    outbox.close()

    assert left == [alarm.seq, *range(alarm.seq + gone + 1, last.seq + 1)]
    assert path.stat().st_size < 1_000_000


def test_dropped_events_are_counted_for_ever(path: Path) -> None:
    outbox = Outbox(path, max_bytes=200_000)
    while not (gone := outbox.make_room()):
        outbox.add(GateEventKind.PASSAGE, Direction.OUT, make)
    outbox.count_dropped(3, {Direction.OUT: 2, Direction.UNKNOWN: 1})
    outbox.close()

    again = Outbox(path)
    counters = again.counters()
    again.close()

    assert counters.dropped == gone + 3
    assert counters.went_out >= gone + 2


_STORE_AND_DIE = """
import os, sys, uuid
from datetime import UTC, datetime
from pathlib import Path
from circulation.messages import Clock, Direction, GateEvent, GateEventKind
from gate.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]))
for _ in range(10):
    outbox.add(GateEventKind.PASSAGE, Direction.OUT, lambda seq, c: GateEvent(
        id=uuid.uuid4(), seq=seq, at=datetime.now(UTC), clock=Clock.SURE,
        kind=GateEventKind.PASSAGE, count_in=c.came_in, count_out=c.went_out))
os.kill(os.getpid(), 9)
"""


def test_a_killed_gate_has_lost_nothing(path: Path) -> None:
    died = subprocess.run([sys.executable, "-c", _STORE_AND_DIE, path], check=False)

    outbox = Outbox(path)

    assert died.returncode == -9
    assert outbox.waiting() == list(range(1, 11))
    assert outbox.counters() == Counters(0, 10)
    outbox.close()
