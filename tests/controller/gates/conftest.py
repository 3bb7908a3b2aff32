"""A real mosquitto, a gate that is a plain MQTT client, and the controller between them."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from pydantic import SecretStr
from sqlalchemy import Engine

from controller.broker import CONTROLLER_USER, Broker, BrokerSettings
from controller.devices.registry import add_device
from controller.settings import MqttSettings
from controller.tables import DeviceKind
from hw_sim.ports import free_port
from tests.controller.conftest import ISIL, LIBRARY

PASSWORD = "only-here"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    passwords = dict.fromkeys((CONTROLLER_USER, "gate-1", "gate-x"), PASSWORD)
    broker = Broker(BrokerSettings(tmp_path / "broker", LIBRARY, free_port(), passwords))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def mqtt_settings(broker: Broker, engine: Engine, tokens: dict[str, str]) -> MqttSettings:
    assert tokens
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    return MqttSettings(port=broker.settings.port, password=SecretStr(PASSWORD))


@dataclass(frozen=True, slots=True)
class Held:
    """A local list, followed by hand; `how` tells what the last message was."""

    version: int | None = None
    uids: frozenset[str] = frozenset()
    how: str = ""

    def take(self, channel: str, said: dict[str, Any]) -> "Held":
        if channel == "down/list":
            return Held(said["version"], frozenset(said["uids"]), "whole")
        assert said["after"] == self.version, "a change to another version than is held"
        uids = self.uids.difference(said["removed"]).union(said["added"])
        return Held(said["version"], uids, "change")


class FakeGate:
    """Speaks as a gate does; hands over what the controller says."""

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        self.held = Held()
        self.heard: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()
        self._root = f"polka/v1/{LIBRARY}/{name}"
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=mqtt.MQTTv5
        )
        self._client.username_pw_set(name, PASSWORD)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(f"{self._root}/down/#", 1)
        self._client.on_message = self._hear
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600
        self._client.connect_async("127.0.0.1", port, clean_start=False, properties=session)
        self._client.loop_start()

    def _hear(self, _client: object, _user: object, message: mqtt.MQTTMessage) -> None:
        channel = message.topic.removeprefix(self._root + "/")
        self.heard.put((channel, json.loads(message.payload)))

    def say(self, channel: str, payload: bytes | str, *, retain: bool = False) -> None:
        """Publish and wait until the broker has it."""
        until = time.monotonic() + 60
        while not self._client.is_connected() and time.monotonic() < until:
            time.sleep(0.01)
        info = self._client.publish(f"{self._root}/{channel}", payload, qos=1, retain=retain)
        info.wait_for_publish(60)

    @property
    def connected(self) -> bool:
        return self._client.is_connected()

    def on_publish_refused(self, note: Callable[[int], None]) -> None:
        """Call this with the code of every publish that the broker refused."""

        def look(_c: object, _u: object, _mid: int, reason: Any, _p: object) -> None:
            if reason.is_failure:
                note(reason.value)

        self._client.on_publish = look

    def try_to_say(self, channel: str, payload: str) -> None:
        """Publish and do not wait."""
        self._client.publish(f"{self._root}/{channel}", payload, qos=1)

    def hear(self, channel: str, timeout_s: float = 60) -> dict[str, Any]:
        """The next message on this channel."""
        while True:
            heard, payload = self.heard.get(timeout=timeout_s)
            if heard == channel:
                return payload

    def say_until_acknowledged(self, event: dict[str, Any], timeout_s: float = 30) -> None:
        """Repeat the event, as a gate does: a killed broker may forget who listens.

        Raises:
            AssertionError: Nobody acknowledged it within `timeout_s`.
        """
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            self.say("up/event", json.dumps(event))
            with suppress(Empty):
                while event["id"] not in self.hear("down/ack", timeout_s=2)["ids"]:
                    pass  # an acknowledgement of before the kill, said again
                return
        raise AssertionError(f"nobody acknowledged {event['id']} within {timeout_s} s")

    def acknowledged(self, count: int) -> set[str]:
        """The ids of the next acknowledgements, until there are so many."""
        ids: set[str] = set()
        while len(ids) < count:
            ids |= set(self.hear("down/ack")["ids"])
        return ids

    def follow(self, kind: str = "armed_loans") -> "Held":
        """Take the next message about a list, as a gate would: whole, or a change."""
        while True:
            channel, said = self.heard.get(timeout=60)
            if channel in ("down/list", "down/delta") and said["kind"] == kind:
                self.held = self.held.take(channel, said)
                return self.held

    def ask(self, have: int | None, kind: str = "armed_loans") -> None:
        """Ask for a list, as a gate that holds this version of it."""
        self.say("up/ask", json.dumps({"have": have, "kind": kind}))

    def hears_nothing(self, channel: str, for_s: float) -> bool:
        try:
            self.hear(channel, for_s)
        except Empty:
            return True
        return False

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def gate(broker: Broker) -> Iterator[FakeGate]:
    gate = FakeGate(broker.settings.port, "gate-1")
    yield gate
    gate.leave()


Event = Callable[..., dict[str, Any]]


@pytest.fixture
def event() -> Event:
    """The payload of a passage outwards, with these fields over it."""

    def make(seq: int, **fields: object) -> dict[str, Any]:
        passage = {
            "schema": 1,
            "id": str(uuid4()),
            "seq": seq,
            "at": "2026-10-14T08:59:58Z",
            "clock": "sure",
            "kind": "passage",
            "direction": "out",
            "verdict": "silent",
            "tags": [],
            "count_in": 0,
            "count_out": seq,
        }
        return passage | fields

    return make


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Ask until it is true, for ten seconds at most."""

    def ask(question: Callable[[], bool]) -> bool:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if question():
                return True
            time.sleep(0.02)
        return question()

    return ask
