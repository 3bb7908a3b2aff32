"""The gate's half and the controller's half with a bad broker between them: the result is the same.

The broker drops, repeats or holds back a tenth of what it acknowledged, in both directions. Journal
and delivery are the firmware's, storing and acknowledging the controller's own.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Semaphore
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import Engine, text

from circulation.ids import parse_device_id
from circulation.messages import (
    Channel,
    Clock,
    Direction,
    GateAck,
    GateEvent,
    GateEventKind,
    Topic,
)
from circulation.tags.afi import AFI_PROFILES
from controller.clock import LibraryTime
from controller.devices.registry import add_device
from controller.gates.consumer import GateConsumer
from controller.mqtt import Received
from controller.tables import DeviceKind
from controller.writer import Writer
from gate.delivery import Delivery
from gate.keeper import Draft, Keeper
from gate.outbox import Counters
from tests.controller.conftest import ISIL, LIBRARY

START = datetime(2026, 10, 14, 5, tzinfo=UTC)
EVENTS = str(Topic(parse_device_id(LIBRARY), parse_device_id("gate-1"), Channel.EVENT))
WAYS = (Direction.OUT, Direction.IN, Direction.OUT, Direction.TURNED_BACK)
PATIENCE_S = 120  # for one message on a busy machine
Carried = tuple[str, bytes]


class BadBroker:
    """Carries messages both ways; what it does to each depends on the seed alone."""

    def __init__(self, seed: int, *, share: float) -> None:
        self._chance = random.Random(seed)
        self._share, self._later = 0.0, share
        self._held: list[Carried] = []
        self.to_controller: list[Carried] = []
        self.to_gate: list[Carried] = []
        self.harmed = 0
        self.kept = Semaphore(0)  # messages that the controller is done with
        self.connected = True

    def behave_badly(self) -> None:
        """From now on."""
        self._share = self._later

    def publish(self, topic: str, payload: str | bytes, **_: object) -> None:
        message = (topic, payload.encode() if isinstance(payload, str) else payload)
        way = self.to_gate if topic.endswith(Channel.ACK) else self.to_controller
        late, self._held = self._held, []
        fate = self._chance.random()
        if fate >= 3 * self._share:
            way.append(message)
        elif fate < self._share:
            self.harmed += 1  # acknowledged and lost
        elif fate < 2 * self._share:
            self.harmed += 1
            way += [message, message]
        else:
            self.harmed += 1
            self._held = [message]
        for topic_, late_payload in late:  # after the one that came later
            back = self.to_gate if topic_.endswith(Channel.ACK) else self.to_controller
            back.append((topic_, late_payload))

    def acknowledge(self, _message: Received) -> None:
        """A broker forgets at once here: it is as bad as can be."""
        self.kept.release()


def passage(number: int) -> Draft:
    way = WAYS[number % len(WAYS)]

    def make(seq: int, counters: Counters) -> GateEvent:
        return GateEvent(
            id=UUID(int=number + 1),
            seq=seq,
            at=START + timedelta(seconds=30 * number),
            clock=Clock.SURE,
            kind=GateEventKind.PASSAGE,
            direction=way,
            count_in=counters.came_in,
            count_out=counters.went_out,
        )

    return Draft(GateEventKind.PASSAGE, way, make)


@pytest.fixture(autouse=True)
def _few_words() -> Iterator[None]:
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def writer(engine: Engine, tokens: dict[str, str]) -> Iterator[Writer]:
    assert tokens
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    made = Writer(engine)
    made.start()
    yield made
    made.stop()


def play(writer: Writer, folder: Path, broker: BadBroker, events: int, *, offline: bool) -> None:
    """All events, made one by one or all before the line is there, until all are acknowledged."""
    times = LibraryTime(lambda: START + timedelta(hours=25), ZoneInfo("Europe/Moscow"))
    consumer = GateConsumer(writer, times, AFI_PROFILES["iso"])
    consumer.bus = broker
    consumer.start()
    keeper = Keeper(folder / "outbox.db", max_bytes=64_000_000, tell_dropped=lambda: passage(0))
    delivery = Delivery(keeper, lambda body: broker.publish(EVENTS, body))
    now = 0.0

    def until_all_is_acknowledged() -> None:
        nonlocal now
        end = now + events  # seconds of the gate's clock: it sends again after five
        while keeper.ask(len, default=1) and now < end:
            now += 0.2
            exchange(delivery, consumer, broker, keeper, now)

    keeper.add(passage(0))
    until_all_is_acknowledged()  # visits are counted from the first event that is known
    broker.behave_badly()
    for number in range(1, events):
        keeper.add(passage(number))
        if not offline:
            now += 0.1
            exchange(delivery, consumer, broker, keeper, now)
    until_all_is_acknowledged()
    left = keeper.ask(len, default=-1)
    consumer.stop()
    keeper.close()
    assert left == 0, "everything was acknowledged in the end"


def exchange(
    delivery: Delivery, consumer: GateConsumer, broker: BadBroker, keeper: Keeper, now: float
) -> None:
    """One step of the gate's clock, in which the controller is done with what it gets.

    On a clock that did not wait for it the gate would send all again many times a second, and a
    slow database would never come to the end of the repeats.
    """
    delivery.send(now)
    to_controller, broker.to_controller = broker.to_controller, []
    for topic, payload in to_controller:
        consumer.take(Received(topic, payload, 0, 1, 0))
    for _ in to_controller:
        assert broker.kept.acquire(timeout=PATIENCE_S), "the controller keeps what it was sent"
    to_gate, broker.to_gate = broker.to_gate, []
    for _, payload in to_gate:
        ids = GateAck.model_validate_json(payload).ids
        keeper.ask(lambda box, ids=ids: box.forget(ids), default=None)


@pytest.mark.parametrize(
    ("seed", "offline", "events"),
    [
        (1, False, 200),
        (2, False, 200),
        pytest.param(
            3,
            True,
            2_880,
            marks=[pytest.mark.long, pytest.mark.timeout(900)],
            id="24 hours offline",
        ),
        (4, True, 400),
    ],
)
def test_what_the_broker_does_to_a_tenth_of_the_messages_changes_nothing(
    writer: Writer, engine: Engine, tmp_path: Path, seed: int, offline: bool, events: int
) -> None:
    broker = BadBroker(seed, share=0.1)

    play(writer, tmp_path, broker, events, offline=offline)

    counted = [WAYS[n % len(WAYS)] for n in range(events)]
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT id, seq FROM gate_event ORDER BY seq")).all()
        logged = connection.scalar(text("SELECT count(*) FROM event WHERE kind = 'gate_passed'"))
        visits = connection.execute(
            text("SELECT sum(came_in), sum(went_out) FROM gate_visit")
        ).one()
    assert broker.harmed > events / 10, "there was something to heal"
    assert [tuple(row) for row in stored] == [(str(UUID(int=n + 1)), n + 1) for n in range(events)]
    assert logged == events
    assert tuple(visits) == (counted.count(Direction.IN), counted.count(Direction.OUT))
