"""A full, broken or damaged disk stops nothing: events wait in memory and what is lost is said."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from circulation.messages import Clock, Direction, GateEvent, GateEventKind, Storage
from gate import keeper as module
from gate.keeper import Draft, Keeper
from gate.outbox import Counters, Outbox

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def draft(
    kind: GateEventKind = GateEventKind.PASSAGE, direction: Direction = Direction.OUT
) -> Draft:
    def make(seq: int, counters: Counters) -> GateEvent:
        return GateEvent(
            id=uuid4(),
            seq=seq,
            at=NOW,
            clock=Clock.SURE,
            kind=kind,
            direction=direction,
            count_in=counters.came_in,
            count_out=counters.went_out,
            dropped=counters.dropped,
        )

    return Draft(kind, direction, make)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It tries again at once, and its log is in memory: pytest's is on the disk that gets full."""
    monkeypatch.setattr(module, "_TRY_AGAIN_S", 0.0)
    with capture_logs():
        yield


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    made = Keeper(
        tmp_path / "gate" / "outbox.db",
        max_bytes=10_000_000,
        tell_dropped=lambda: draft(GateEventKind.DROPPED, Direction.UNKNOWN),
        ring=5,
    )
    yield made
    made.close()


def kept(keeper: Keeper) -> list[GateEvent]:
    bodies = keeper.ask(lambda box: box.bodies(0, 2**62), default=[])
    return [GateEvent.model_validate_json(body) for _, body in bodies]


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may grow: the kernel refuses each write beyond its end, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def disk_away(path: Path) -> Iterator[None]:
    """The folder is no folder."""
    path.write_text("in the way")
    yield
    path.unlink()


def test_events_wait_in_memory_while_the_disk_is_full_and_keep_their_order(keeper: Keeper) -> None:
    keeper.add(draft())
    with full_disk():
        keeper.add(draft(GateEventKind.ALARM))
        keeper.add(draft())
        failing, waiting = keeper.storage, keeper.in_memory

    keeper.flush()

    assert (failing, waiting) == (Storage.FAILING, 2)
    assert [(event.seq, event.kind.value) for event in kept(keeper)] == [
        (1, "passage"),
        (2, "alarm"),
        (3, "passage"),
    ]
    assert (keeper.storage, keeper.in_memory) == (Storage.OK, 0)


def test_a_gate_that_starts_without_a_disk_takes_it_when_it_comes(
    keeper: Keeper, tmp_path: Path
) -> None:
    with disk_away(tmp_path / "gate"):
        keeper.add(draft())
        failing = keeper.storage

    keeper.flush()

    assert failing is Storage.FAILING
    assert [event.count_out for event in kept(keeper)] == [1]


def test_when_memory_is_full_too_passages_go_before_alarms_and_no_visit_is_lost(
    keeper: Keeper, tmp_path: Path
) -> None:
    with disk_away(tmp_path / "gate"):
        keeper.add(draft(GateEventKind.ALARM, Direction.UNKNOWN))
        for _ in range(7):
            keeper.add(draft())

    keeper.flush()
    events = kept(keeper)

    assert [event.kind.value for event in events] == ["alarm"] + ["passage"] * 4 + ["dropped"]
    assert (events[-1].dropped, events[-1].count_out) == (3, 7)


def test_a_disk_that_is_full_twenty_times_costs_passages_only_and_each_is_counted(
    keeper: Keeper,
) -> None:
    made = {GateEventKind.ALARM: 0, GateEventKind.PASSAGE: 0}
    for turn in range(20):
        with full_disk():
            for kind in (GateEventKind.ALARM, *[GateEventKind.PASSAGE] * (turn % 8)):
                keeper.add(draft(kind, Direction.OUT))
                made[kind] += 1
        keeper.flush()
        keeper.add(draft())
        made[GateEventKind.PASSAGE] += 1

    events = kept(keeper)

    told = [event.kind for event in events]
    lost = made[GateEventKind.PASSAGE] - told.count(GateEventKind.PASSAGE)
    assert told.count(GateEventKind.ALARM) == made[GateEventKind.ALARM] == 20
    assert lost > 0
    assert events[-1].dropped == lost
    assert events[-1].count_out == made[GateEventKind.PASSAGE]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


Damage = Callable[[Path], None]


def garbage(path: Path) -> None:
    path.write_bytes(b"not a journal" * 400)


def torn_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [garbage, torn_page])
def test_a_damaged_journal_is_set_aside_and_numbers_do_not_come_again(
    keeper: Keeper, tmp_path: Path, damage: Damage
) -> None:
    path = tmp_path / "gate" / "outbox.db"
    before = Outbox(path)
    before.close()
    damage(path)

    keeper.add(draft())

    [event] = kept(keeper)
    assert event.seq > 1_000_000_000
    assert len(list(path.parent.glob("outbox.db.damaged-*"))) == 1
    assert keeper.storage is Storage.OK
