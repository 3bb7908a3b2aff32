"""What waits is sent oldest first, a window at a time, and again when no acknowledgement comes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from circulation.messages import Clock, Direction, GateEvent, GateEventKind
from gate.delivery import Delivery
from gate.keeper import Draft, Keeper
from gate.outbox import Counters


def passage() -> Draft:
    def make(seq: int, counters: Counters) -> GateEvent:
        return GateEvent(
            id=uuid4(),
            seq=seq,
            at=datetime(2026, 9, 1, tzinfo=UTC),
            clock=Clock.SURE,
            kind=GateEventKind.PASSAGE,
            count_in=counters.came_in,
            count_out=counters.went_out,
        )

    return Draft(GateEventKind.PASSAGE, Direction.OUT, make)


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    made = Keeper(tmp_path / "outbox.db", max_bytes=10_000_000, tell_dropped=passage)
    yield made
    made.close()


@pytest.fixture
def sent() -> list[GateEvent]:
    return []


@pytest.fixture
def delivery(keeper: Keeper, sent: list[GateEvent]) -> Delivery:
    return Delivery(keeper, lambda body: sent.append(GateEvent.model_validate_json(body)))


def test_an_event_is_sent_once_until_its_time_is_over(
    keeper: Keeper, delivery: Delivery, sent: list[GateEvent]
) -> None:
    keeper.add(passage())
    for now in (0.0, 1.0, 4.9):
        delivery.send(now)
    once = [event.seq for event in sent]

    delivery.send(5.1)

    assert once == [1]
    assert [event.seq for event in sent] == [1, 1]


def test_steady_traffic_does_not_keep_a_lost_event_from_being_sent_again(
    keeper: Keeper, delivery: Delivery, sent: list[GateEvent]
) -> None:
    for second in range(8):
        keeper.add(passage())
        delivery.send(float(second))
        keeper.ask(lambda box: box.forget(e.id for e in sent if e.seq > 1), default=None)

    assert [event.seq for event in sent].count(1) == 2


def test_a_new_line_gets_everything_again(
    keeper: Keeper, delivery: Delivery, sent: list[GateEvent]
) -> None:
    keeper.add(passage())
    delivery.send(0.0)

    delivery.start_over()
    delivery.send(0.0)

    assert [event.seq for event in sent] == [1, 1]


def test_a_long_queue_is_sent_a_window_at_a_time(
    keeper: Keeper, delivery: Delivery, sent: list[GateEvent]
) -> None:
    for _ in range(250):
        keeper.add(passage())
    delivery.send(0.0)
    delivery.send(0.0)
    first = len(sent)

    keeper.ask(lambda box: box.forget(event.id for event in sent[:100]), default=None)
    delivery.send(0.0)

    assert first == 200
    assert [event.seq for event in sent] == list(range(1, 251))
