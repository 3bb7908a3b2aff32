"""The only file of the controller that speaks MQTT: paho's thread in, messages out.

A message is acknowledged to the broker only when `Bus.acknowledge` is called, after the commit:
what a crash interrupts is delivered again.
"""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from circulation.messages import ALL_EVENTS, ALL_QUESTIONS, ALL_STATES
from controller.settings import MqttSettings

# One of the controllers that are there gets each of these (MQTT 5, 4.8.2). States are retained,
# which a shared subscription is not told of, and noting one twice changes nothing: all get them.
_OUR_EVENTS = f"$share/controllers/{ALL_EVENTS}"
_OUR_QUESTIONS = f"$share/controllers/{ALL_QUESTIONS}"
_KEEPALIVE_S = 15
_SESSION_S = 7 * 86_400  # the broker keeps what arrives while the controller is away this long
_MAX_UNACKNOWLEDGED = 200  # bounds what waits in memory for a commit
_RECONNECT_S = (1, 30)
_KICK_TIMEOUT_S = 5.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Received:
    """One message as it came, not yet acknowledged to the broker."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    connection: int  # which connection it came over: an old one's ids mean nothing to a new one


class Bus:
    """The controller's MQTT session. `on_message` and `on_connect` run in paho's thread."""

    def __init__(
        self,
        settings: MqttSettings,
        *,
        client_id: str,
        on_message: Callable[[Received], None],
        on_connect: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._deliver = on_message
        self._connected = on_connect
        self._connection = 0
        self._since = 0.0
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=mqtt.MQTTv5,
            manual_ack=True,
        )
        password = settings.password.get_secret_value()
        self._client.username_pw_set(settings.username, password)
        if settings.ca_file is not None:
            self._client.tls_set(ca_certs=str(settings.ca_file))
        self._client.reconnect_delay_set(*_RECONNECT_S)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_socket_open = _send_at_once

    def start(self) -> None:
        """Connect in the background, now and whenever the broker is back."""
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho
        session.SessionExpiryInterval = _SESSION_S
        session.ReceiveMaximum = _MAX_UNACKNOWLEDGED
        self._client.connect_async(
            self._settings.host,
            self._settings.port,
            keepalive=_KEEPALIVE_S,
            clean_start=False,
            properties=session,
        )
        self._client.loop_start()

    def stop(self) -> None:
        """Leave; the session stays with the broker."""
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def connected(self) -> bool:
        """True while the broker answers."""
        return bool(self._client.is_connected())

    @property
    def connected_since(self) -> float | None:
        """Monotonic seconds since when the broker answers; None while it does not."""
        return self._since if self.connected else None

    def publish(
        self, topic: str, payload: str, *, retain: bool = False, expires_s: int | None = None
    ) -> None:
        """Send at QoS 1 if connected; otherwise nothing: paho would queue it without a bound.

        `expires_s`: the broker need not keep it longer for a device that is away.
        """
        if not self.connected:
            return
        properties = None
        if expires_s is not None:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho
            properties.MessageExpiryInterval = expires_s
        self._client.publish(topic, payload, qos=1, retain=retain, properties=properties)

    def acknowledge(self, message: Received) -> None:
        """Tell the broker that this message is safe."""
        if message.connection == self._connection:
            self._client.ack(message.mid, message.qos)

    def _on_connect(
        self, client: mqtt.Client, _user: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        if reason.is_failure:
            _log.warning("broker_refuses", reason=str(reason))
            return
        self._connection += 1
        heard = (_OUR_EVENTS, _OUR_QUESTIONS, ALL_STATES)
        client.subscribe([(topic, _at_least_once()) for topic in heard])

    def _on_subscribe(
        self, _c: object, _user: object, _mid: int, reasons: list[ReasonCode], _p: object
    ) -> None:
        """Now messages arrive: what was said before this moment went to nobody."""
        if any(reason.is_failure for reason in reasons):
            _log.warning("broker_refuses", reason=", ".join(map(str, reasons)))
            return
        self._since = time.monotonic()
        _log.info("broker_connected")
        self._connected()

    def _on_disconnect(
        self, _c: object, _user: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        _log.warning("broker_lost", reason=str(reason))

    def _on_message(self, _c: object, _user: object, message: mqtt.MQTTMessage) -> None:
        payload = bytes(message.payload)
        self._deliver(Received(message.topic, payload, message.mid, message.qos, self._connection))


def kick(settings: MqttSettings, client_id: str) -> bool:
    """Take a session over and end it: whoever holds this client id is disconnected.

    MQTT 5, 3.1.4-3: the broker ends the older connection. False when the broker does not answer.
    """
    answered = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.username_pw_set(settings.username, settings.password.get_secret_value())
    if settings.ca_file is not None:
        client.tls_set(ca_certs=str(settings.ca_file))
    client.on_connect = lambda *_: answered.set()
    try:
        client.connect(settings.host, settings.port, clean_start=True)
    except OSError as error:
        _log.warning("kick_failed", client_id=client_id, error=type(error).__name__)
        return False
    client.loop_start()
    kicked = answered.wait(_KICK_TIMEOUT_S)
    client.disconnect()
    client.loop_stop()
    return kicked


def _at_least_once() -> SubscribeOptions:
    return SubscribeOptions(qos=1)


def _send_at_once(_client: object, _user: object, sock: Any) -> None:
    """Without TCP_NODELAY a single small message waits 40 ms for company."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
