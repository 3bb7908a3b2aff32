"""The broker we set up refuses strangers and keeps what it acknowledged through a kill."""

import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from controller import broker as module
from controller.broker import Broker, BrokerSettings, BrokerUnavailable
from hw_sim.ports import free_port


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def broker(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    monkeypatch.setattr(module, "_SAVED_EVERY_S", 1)
    passwords = {"controller": "c-secret", "gate1": "g-secret"}
    child = Broker(BrokerSettings(tmp_path / "broker", "school", port, passwords))
    child.start()
    yield child
    child.stop()


class Client:
    """A bare MQTT 5 client that keeps what it is told."""

    def __init__(self, port: int, user: str, password: str, *, client_id: str = "") -> None:
        self.connected, self.arrived = threading.Event(), threading.Event()
        self.reason = ""
        self.topics: list[str] = []
        self.mqtt = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2, client_id or user, protocol=mqtt.MQTTv5
        )
        self.mqtt.username_pw_set(user, password)
        self.mqtt.on_connect = self._on_connect
        self.mqtt.on_message = self._on_message
        session = Properties(PacketTypes.CONNECT)
        session.SessionExpiryInterval = 3600
        self.mqtt.connect("127.0.0.1", port, clean_start=False, properties=session)
        self.mqtt.loop_start()
        assert self.connected.wait(5)

    def _on_connect(self, _c: object, _u: object, _f: object, reason: object, _p: object) -> None:
        self.reason = str(reason)
        self.connected.set()

    def _on_message(self, _c: object, _u: object, message: mqtt.MQTTMessage) -> None:
        self.topics.append(message.topic)
        self.arrived.set()

    def close(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


def test_a_wrong_password_is_refused(broker: Broker, port: int) -> None:
    client = Client(port, "gate1", "guess")
    client.close()

    assert client.reason == "Not authorized"


def test_a_gate_reaches_the_controller_only_under_its_own_name(broker: Broker, port: int) -> None:
    controller = Client(port, "controller", "c-secret")
    controller.mqtt.subscribe("polka/v1/#", qos=1)
    gate = Client(port, "gate1", "g-secret")

    gate.mqtt.publish("polka/v1/school/gate2/up/event", "forged", qos=1).wait_for_publish(5)
    gate.mqtt.publish("polka/v1/other/gate1/up/event", "forged", qos=1).wait_for_publish(5)
    gate.mqtt.publish("polka/v1/school/gate1/up/event", "own", qos=1).wait_for_publish(5)

    assert controller.arrived.wait(5)
    assert controller.topics == ["polka/v1/school/gate1/up/event"]
    gate.close()
    controller.close()


def test_what_the_broker_saved_by_itself_survives_its_kill(broker: Broker, port: int) -> None:
    away = Client(port, "controller", "c-secret")
    away.mqtt.subscribe("polka/v1/#", qos=1)
    gate = Client(port, "gate1", "g-secret")
    gate.mqtt.publish("polka/v1/school/gate1/up/event", "before", qos=1).wait_for_publish(5)
    assert away.arrived.wait(5)
    away.close()
    for _ in range(20):
        gate.mqtt.publish("polka/v1/school/gate1/up/event", "x", qos=1).wait_for_publish(5)
    gate.close()
    published_at = time.time()
    store = broker.settings.state / "mosquitto.db"
    while time.time() < published_at + 20 and not (
        store.exists() and store.stat().st_mtime >= published_at
    ):
        time.sleep(0.1)

    broker.kill()
    broker.start()
    back = Client(port, "controller", "c-secret")
    for _ in range(50):
        if len(back.topics) >= 20:
            break
        back.arrived.wait(0.1)
        back.arrived.clear()
    back.close()

    assert len(back.topics) == 20


def test_passwords_are_hashed_and_private(broker: Broker) -> None:
    file = broker.settings.state / "passwords"

    assert "g-secret" not in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_taken_port_says_so(tmp_path: Path, broker: Broker, port: int) -> None:
    second = Broker(BrokerSettings(tmp_path / "second", "school", port, {"controller": "x"}))

    with pytest.raises(BrokerUnavailable, match="is the port taken"):
        second.start()
