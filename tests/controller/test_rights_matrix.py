"""Who may say and hear what at a real mosquitto, judged by what is delivered and by nothing else.

A refusal in an answer proves little: brokers differ in what they say. So every forbidden thing is
followed by an allowed one from the same client, and when that has arrived the other had its chance.
"""

import itertools
from collections.abc import Callable, Iterator
from queue import SimpleQueue

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from controller.broker import CONTROLLER_USER, Broker, BrokerSettings
from hw_sim.ports import free_port

LIBRARY = "school"
GATE, OTHER = "gate-1", "gate-2"
PASSWORD = "only-here"
PATIENCE_S = 20.0

OWN = {
    "own event": f"polka/v1/{LIBRARY}/{GATE}/up/event",
    "own question": f"polka/v1/{LIBRARY}/{GATE}/up/ask",
    "own state": f"polka/v1/{LIBRARY}/{GATE}/state",
}
FOR_ME = {
    "own ack": f"polka/v1/{LIBRARY}/{GATE}/down/ack",
    "own list": f"polka/v1/{LIBRARY}/{GATE}/down/list",
    "own delta": f"polka/v1/{LIBRARY}/{GATE}/down/delta",
}
NOT_MINE = {
    "another's event": f"polka/v1/{LIBRARY}/{OTHER}/up/event",
    "another's state": f"polka/v1/{LIBRARY}/{OTHER}/state",
    "another's ack": f"polka/v1/{LIBRARY}/{OTHER}/down/ack",
    "another's list": f"polka/v1/{LIBRARY}/{OTHER}/down/list",
    "another library's event": f"polka/v1/lyceum/{GATE}/up/event",
    "another library's list": f"polka/v1/lyceum/{GATE}/down/list",
    "another version": f"polka/v2/{LIBRARY}/{GATE}/up/event",
    "one's name as a part": f"polka/v1/{LIBRARY}/{GATE}x/up/event",
    "above one's name": f"polka/v1/{LIBRARY}/{GATE}",
    "the root": "polka",
    "elsewhere": "weather",
}
WIDE = {
    "everything": "#",
    "everything of ours": "polka/v1/#",
    "any device": f"polka/v1/{LIBRARY}/+/down/#",
    "any event": "polka/v1/+/+/up/event",
    "another's all": f"polka/v1/{LIBRARY}/{OTHER}/#",
    "a share of everything": "$share/thieves/polka/v1/#",
    "the broker's own": "$SYS/#",
}
ALL = OWN | FOR_ME | NOT_MINE


class Client:
    """A bare MQTT 5 client that keeps what it hears, as (topic, payload)."""

    def __init__(
        self,
        broker: Broker,
        user: str | None,
        *,
        will: str | None = None,
        client_id: str | None = None,
        password: str = PASSWORD,
    ) -> None:
        self.heard: SimpleQueue[tuple[str, str]] = SimpleQueue()
        self.answer: SimpleQueue[ReasonCode] = SimpleQueue()
        self.mqtt = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id or user or "nobody", protocol=mqtt.MQTTv5
        )
        if user is not None:
            self.mqtt.username_pw_set(user, password)
        if will is not None:
            self.mqtt.will_set(will, "from the grave", qos=1)
        self.mqtt.on_connect = lambda _c, _u, _f, reason, _p: self.answer.put(reason)
        self.mqtt.on_message = lambda _c, _u, m: self.heard.put((m.topic, m.payload.decode()))
        self.subscribed: SimpleQueue[int] = SimpleQueue()
        self.mqtt.on_subscribe = lambda _c, _u, mid, _r, _p: self.subscribed.put(mid)
        self.mqtt.connect("127.0.0.1", broker.settings.port, clean_start=True)
        self.mqtt.loop_start()

    def accepted(self) -> bool:
        return not self.answer.get(timeout=PATIENCE_S).is_failure

    def say(self, topic: str, text: str, *, retain: bool = False) -> None:
        self.mqtt.publish(topic, text, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def listen(self, topic: str) -> None:
        self.mqtt.subscribe(topic, 1)
        self.subscribed.get(timeout=PATIENCE_S)

    def until(self, text: str) -> list[tuple[str, str]]:
        """All that was heard before this text came."""
        before = []
        while True:
            topic, said = self.heard.get(timeout=PATIENCE_S)
            if said == text:
                return before
            before.append((topic, said))

    def die(self) -> None:
        """Leave so that the broker publishes the will (MQTT 5, 3.14.2.1: reason 0x04)."""
        self.mqtt.disconnect(reasoncode=ReasonCode(PacketTypes.DISCONNECT, identifier=0x04))
        self.mqtt.loop_stop()

    def leave(self) -> None:
        self.mqtt.disconnect()
        self.mqtt.loop_stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    folder = tmp_path_factory.mktemp("broker")
    passwords = dict.fromkeys((CONTROLLER_USER, GATE, OTHER), PASSWORD)
    broker = Broker(BrokerSettings(folder, LIBRARY, free_port(), passwords))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def connect(broker: Broker) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def make(user: str | None, **more: object) -> Client:
        client = Client(broker, user, **more)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.leave()


Connect = Callable[..., Client]
_marks = itertools.count(1)


def mark() -> str:
    return f"mark {next(_marks)}"


@pytest.fixture
def auditor(connect: Connect) -> Client:
    """Hears everything that is delivered to anybody."""
    client = connect(CONTROLLER_USER, client_id="auditor")
    assert client.accepted()
    client.listen("polka/v1/#")
    return client


@pytest.mark.parametrize("retain", [False, True], ids=["published", "retained"])
@pytest.mark.parametrize("where", ALL)
def test_what_a_gate_says_reaches_its_own_topics_only(
    connect: Connect, auditor: Client, where: str, retain: bool
) -> None:
    text, after = mark(), mark()
    gate = connect(GATE)
    assert gate.accepted()

    gate.say(ALL[where], text, retain=retain)
    gate.say(OWN["own event"], after)

    delivered = (ALL[where], text) in auditor.until(after)
    assert delivered is (where in OWN)
    assert_not_retained(connect, ALL[where], text, unless=retain and where in OWN)


def assert_not_retained(connect: Connect, topic: str, text: str, *, unless: bool) -> None:
    late = connect(CONTROLLER_USER, client_id="latecomer")
    assert late.accepted()
    late.listen("polka/v1/#")
    end = mark()
    late.say("polka/v1/end/of/test", end)
    assert ((topic, text) in late.until(end)) is unless
    late.say(topic, "", retain=True)  # an empty one takes a retained message back
    late.leave()


@pytest.mark.parametrize("where", ALL)
def test_a_gates_will_reaches_its_own_topics_only(
    connect: Connect, auditor: Client, where: str
) -> None:
    gate = connect(GATE, will=ALL[where])
    if not gate.accepted():
        assert where not in OWN, "its own will must be accepted"
    gate.die()

    again, after = connect(GATE), mark()
    assert again.accepted()
    again.say(OWN["own event"], after)

    delivered = (ALL[where], "from the grave") in auditor.until(after)
    assert delivered is (where in OWN)


@pytest.mark.parametrize("where", {**ALL, **WIDE})
def test_whatever_a_gate_subscribes_to_it_hears_only_what_is_meant_for_it(
    connect: Connect, auditor: Client, where: str
) -> None:
    text, after = mark(), mark()
    gate = connect(GATE)
    assert gate.accepted()
    gate.listen({**ALL, **WIDE}[where])
    gate.listen(FOR_ME["own ack"])

    for topic in ALL.values():
        auditor.say(topic, text)
    auditor.say(FOR_ME["own ack"], after)

    heard = {topic for topic, said in gate.until(after) if said == text}
    assert heard <= set(FOR_ME.values())
    if where in FOR_ME:
        assert FOR_ME[where] in heard


@pytest.mark.parametrize(
    ("user", "password"),
    [(None, ""), ("stranger", PASSWORD), (GATE, "guessed"), (CONTROLLER_USER, "guessed")],
)
def test_nobody_is_let_in_without_the_right_password(
    connect: Connect, user: str | None, password: str
) -> None:
    assert not connect(user, password=password, client_id="stranger").accepted()
