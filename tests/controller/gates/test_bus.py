"""What a crash interrupts is delivered again: the broker forgets only what was acknowledged."""

from queue import Empty, SimpleQueue

import pytest

from controller.broker import Broker
from controller.mqtt import Bus, Received
from controller.settings import MqttSettings
from tests.controller.gates.conftest import PASSWORD, FakeGate


@pytest.fixture
def bus_settings(broker: Broker) -> MqttSettings:
    return MqttSettings.model_validate({"port": broker.settings.port, "password": PASSWORD})


def connect(
    settings: MqttSettings, arrived: SimpleQueue[Received], client_id: str = "controller-test"
) -> Bus:
    ready: SimpleQueue[None] = SimpleQueue()
    bus = Bus(
        settings,
        client_id=client_id,
        on_message=arrived.put,
        on_connect=lambda: ready.put(None),
    )
    bus.start()
    ready.get(timeout=60)
    return bus


def test_only_unacknowledged_messages_come_again(
    bus_settings: MqttSettings, gate: FakeGate
) -> None:
    arrived: SimpleQueue[Received] = SimpleQueue()
    bus = connect(bus_settings, arrived)
    gate.say("up/event", "kept")
    bus.acknowledge(arrived.get(timeout=60))
    gate.say("up/event", "lost in a crash")
    assert arrived.get(timeout=60).payload == b"lost in a crash"
    bus.stop()

    again: SimpleQueue[Received] = SimpleQueue()
    bus = connect(bus_settings, again)

    assert again.get(timeout=60).payload == b"lost in a crash"
    with pytest.raises(Empty):
        again.get(timeout=0.3)
    bus.stop()


def test_acknowledgement_of_an_old_connection_is_not_sent(
    bus_settings: MqttSettings, gate: FakeGate, broker: Broker
) -> None:
    arrived: SimpleQueue[Received] = SimpleQueue()
    bus = connect(bus_settings, arrived)
    gate.say("up/event", "first")
    first = arrived.get(timeout=60)

    broker.stop()
    broker.start()
    again = arrived.get(timeout=60)
    bus.acknowledge(first)
    bus.stop()
    bus = connect(bus_settings, arrived)

    assert again.connection == first.connection + 1
    assert arrived.get(timeout=60).payload == b"first"
    bus.stop()


def test_messages_that_came_while_away_are_delivered(
    bus_settings: MqttSettings, gate: FakeGate
) -> None:
    arrived: SimpleQueue[Received] = SimpleQueue()
    connect(bus_settings, arrived).stop()

    gate.say("up/event", "while away")
    bus = connect(bus_settings, arrived)

    assert arrived.get(timeout=60).payload == b"while away"
    bus.stop()


def test_each_event_goes_to_one_of_two_controllers_and_each_state_to_both(
    bus_settings: MqttSettings, gate: FakeGate
) -> None:
    arrived: SimpleQueue[tuple[str, Received]] = SimpleQueue()
    ready: SimpleQueue[None] = SimpleQueue()
    buses = {}
    for name in ("one", "two"):
        buses[name] = Bus(
            bus_settings,
            client_id=name,
            on_message=lambda message, name=name: arrived.put((name, message)),
            on_connect=lambda: ready.put(None),
        )
        buses[name].start()
        ready.get(timeout=60)

    for number in range(20):
        gate.say("up/event", str(number))
    gate.say("state", "the last word")
    heard = [arrived.get(timeout=60) for _ in range(22)]

    events = [(name, m.payload) for name, m in heard if m.topic.endswith("event")]
    assert sorted(int(payload) for _, payload in events) == list(range(20))
    assert {name for name, _ in events} == {"one", "two"}
    states = {name for name, message in heard if message.topic.endswith("state")}
    assert states == {"one", "two"}
    for bus in buses.values():
        bus.stop()
