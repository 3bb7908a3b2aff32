"""Many gates at the broker, at the wire of MQTT: each keeps what it made until it is acknowledged.

One thread drives all of them, so that two hundred fit beside what they test. They keep the rules of
the firmware (window, sending again, chance in reconnecting); reader, lamp and disk are left out.
"""

import random
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from circulation.ids import DeviceId
from circulation.messages import (
    Channel,
    Clock,
    Direction,
    GateAck,
    GateEvent,
    GateEventKind,
    Topic,
)

_WINDOW = 200
_RESEND_S = 5.0
_FIRST_DELAY_S = (0.5, 1.5)
_MOST_DELAY_S = 10.0
_SESSION_S = 3_600
_MISC_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Where:
    """The broker, and the library whose gates these are; all share one password."""

    library: DeviceId
    port: int
    password: str
    host: str = "127.0.0.1"


@dataclass(slots=True)
class Made:
    """An event that was made, and when it was sent and acknowledged (monotonic seconds)."""

    body: bytes
    made_at: float
    sent_at: float | None = None
    safe_at: float | None = None


class CrowdGate:
    """One gate of the crowd."""

    def __init__(self, name: str, where: Where, chance: random.Random) -> None:
        self.name = DeviceId(name)
        self.made: dict[UUID, Made] = {}
        self.waiting: dict[UUID, Made] = {}
        self.connected_at: float | None = None
        self.connect_at = 0.0
        self._where = where
        self._chance = chance
        self._delay_s = chance.uniform(*_FIRST_DELAY_S)
        self._client = self._new_client()

    def make(self) -> UUID:
        """One person went out."""
        seq = len(self.made) + 1
        event = GateEvent(
            id=UUID(int=self._chance.getrandbits(128), version=4),
            seq=seq,
            at=datetime.now(UTC),
            clock=Clock.SURE,
            kind=GateEventKind.PASSAGE,
            direction=Direction.OUT,
            count_in=0,
            count_out=seq,
        )
        body = event.model_dump_json(by_alias=True).encode()
        self.made[event.id] = self.waiting[event.id] = Made(body, time.monotonic())
        return event.id

    def connect(self, now: float) -> Any | None:
        """The socket to listen on, or None while the broker does not answer."""
        try:
            self._client.connect(
                self._where.host,
                self._where.port,
                keepalive=30,
                clean_start=False,
                properties=_session(),
            )
        except OSError:
            self._try_later(now)
            return None
        return self._client.socket()

    def send(self, now: float) -> None:
        """Publish what is due."""
        if self.connected_at is None:
            return
        for made in list(self.waiting.values())[:_WINDOW]:
            if made.sent_at is None or now - made.sent_at >= _RESEND_S:
                made.sent_at = now
                self._client.publish(self._topic(Channel.EVENT), made.body, qos=1)

    def turn(self, now: float, *, readable: bool) -> bool:
        """Read what came and write what waits; False when the line is lost."""
        codes = [self._client.loop_read() if readable else MQTTErrorCode.MQTT_ERR_SUCCESS]
        if self._client.want_write():
            codes.append(self._client.loop_write())
        if any(codes) or self._client.socket() is None:
            self.connected_at = None
            self._try_later(now)
            return False
        return True

    def keep_alive(self) -> None:
        self._client.loop_misc()

    def leave(self) -> None:
        self._client.disconnect()

    def _new_client(self) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=self.name, protocol=mqtt.MQTTv5)
        client.username_pw_set(self.name, self._where.password)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_socket_open = _without_delay
        return client

    def _on_connect(
        self, client: mqtt.Client, _user: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        if not reason.is_failure:
            client.subscribe(self._topic(Channel.ACK), 1)
            self.connected_at = time.monotonic()
            self._delay_s = self._chance.uniform(*_FIRST_DELAY_S)
            for made in self.waiting.values():
                made.sent_at = None

    def _on_message(self, _c: object, _user: object, message: mqtt.MQTTMessage) -> None:
        now = time.monotonic()
        for one in GateAck.model_validate_json(message.payload).ids:
            if (made := self.waiting.pop(one, None)) is not None:
                made.safe_at = now

    def _try_later(self, now: float) -> None:
        self.connect_at = now + self._delay_s
        self._delay_s = min(self._delay_s * 2, _MOST_DELAY_S)

    def _topic(self, channel: Channel) -> str:
        return str(Topic(self._where.library, self.name, channel))


@dataclass(slots=True)
class GateCrowd:
    """Gates that are driven by `run_until`, in the caller's thread."""

    gates: Sequence[CrowdGate]
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    _open: dict[CrowdGate, Any] = field(default_factory=dict)
    _misc_at: float = 0.0

    @classmethod
    def of(cls, names: Sequence[str], where: Where, *, seed: int) -> "GateCrowd":
        """So many gates; the seed makes ids and delays."""
        chance = random.Random(seed)
        return cls([CrowdGate(name, where, chance) for name in names])

    def run_until(self, done: Callable[[], bool], *, within_s: float) -> bool:
        """Let the gates live until it is done; False when it never was."""
        end = time.monotonic() + within_s
        while not done():
            if time.monotonic() > end:
                return False
            self._turn()
        return True

    @property
    def connected(self) -> int:
        """How many are connected."""
        return sum(gate.connected_at is not None for gate in self.gates)

    @property
    def waiting(self) -> int:
        """How many events are not acknowledged yet."""
        return sum(len(gate.waiting) for gate in self.gates)

    def leave(self) -> None:
        """Say goodbye."""
        for gate in self.gates:
            gate.leave()
        self._selector.close()

    def _turn(self) -> None:
        now = time.monotonic()
        for gate in self.gates:
            if gate not in self._open and now >= gate.connect_at:
                self._connect(gate, now)
        for gate in self._open:
            gate.send(now)
        readable = {key.data for key, _ in self._selector.select(0.001)}
        for gate in list(self._open):
            if not gate.turn(now, readable=gate in readable):
                self._selector.unregister(self._open.pop(gate))
        if now >= self._misc_at:
            self._misc_at = now + _MISC_EVERY_S
            for gate in self._open:
                gate.keep_alive()

    def _connect(self, gate: CrowdGate, now: float) -> None:
        line = gate.connect(now)
        if line is not None:
            self._open[gate] = line
            self._selector.register(line, selectors.EVENT_READ, gate)


def _without_delay(_client: object, _user: object, line: Any) -> None:
    """As the firmware does: a single message would wait 40 ms for company (Nagle)."""
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _session() -> Properties:
    session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho
    session.SessionExpiryInterval = _SESSION_S
    return session
