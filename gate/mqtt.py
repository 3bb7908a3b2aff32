"""The gate's line to the broker; the only file here that imports an MQTT client.

paho runs its own thread; everything that arrives is handed on as a value and nothing is decided
here. A publish while disconnected would be queued in memory and later be sent twice (paho queues it
and says it failed), so the reporter publishes only while `connected`.
"""

import socket
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import ValidationError

from circulation.messages import (
    MAX_PAYLOAD_BYTES,
    Channel,
    GateAck,
    GateState,
    PendingList,
    Presence,
    Topic,
)
from gate.settings import GateSettings

_SESSION_S = 7 * 24 * 3600
_KEEPALIVE_S = 5
_log = structlog.get_logger(__name__)

Arrived = GateAck | PendingList | bool
"""An acknowledgement, a new local list, or True/False for connected/lost."""


class Line:
    """One MQTT 5 session with will and a name of its own."""

    def __init__(self, settings: GateSettings, arrived: Callable[[Arrived], None]) -> None:
        self._settings = settings
        self._arrived = arrived
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{settings.library}-{settings.device}",
            protocol=mqtt.MQTTv5,
        )
        self._client.username_pw_set(settings.device, settings.mqtt_password.get_secret_value())
        will = GateState(presence=Presence.OFFLINE)
        self._client.will_set(
            self._topic(Channel.STATE), will.model_dump_json(), qos=1, retain=True
        )
        self._client.reconnect_delay_set(min_delay=1, max_delay=10)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_socket_open = _without_delay

    def start(self) -> None:
        """Connect in the background, now and whenever the broker is back."""
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho
        session.SessionExpiryInterval = _SESSION_S
        self._client.connect_async(
            self._settings.mqtt_host,
            self._settings.mqtt_port,
            keepalive=_KEEPALIVE_S,
            clean_start=False,
            properties=session,
        )
        self._client.loop_start()

    @property
    def connected(self) -> bool:
        """True while the broker answers."""
        return bool(self._client.is_connected())

    def publish_event(self, payload: bytes) -> None:
        """Send one event; it counts as delivered only when the controller acknowledges it."""
        self._client.publish(self._topic(Channel.EVENT), payload, qos=1)

    def publish_state(self, state: GateState) -> None:
        """Say how the gate is, retained."""
        self._client.publish(
            self._topic(Channel.STATE), state.model_dump_json(), qos=1, retain=True
        )

    def stop(self, last_words: GateState) -> None:
        """Say goodbye in good order: the will is for those who cannot."""
        if self.connected:
            info = self._client.publish(
                self._topic(Channel.STATE), last_words.model_dump_json(), qos=1, retain=True
            )
            info.wait_for_publish(1.0)
        self._client.disconnect()
        self._client.loop_stop()

    def _topic(self, channel: Channel) -> str:
        return str(Topic(self._settings.library, self._settings.device, channel))

    def _on_connect(
        self, client: mqtt.Client, _user: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        if reason.is_failure:
            _log.warning("broker_refuses", reason=str(reason))
            return
        client.subscribe([(self._topic(Channel.ACK), 1), (self._topic(Channel.LIST), 1)])
        _log.info("broker_connected")
        self._arrived(True)

    def _on_disconnect(
        self, _c: object, _user: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        _log.warning("broker_lost", reason=str(reason))
        self._arrived(False)

    def _on_message(self, _c: object, _user: object, message: mqtt.MQTTMessage) -> None:
        try:
            self._arrived(_parse(message))
        except (ValidationError, ValueError) as error:
            _log.warning("message_refused", topic=message.topic, why=str(error)[:200])


def _parse(message: mqtt.MQTTMessage) -> Arrived:
    if len(message.payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"payload of {len(message.payload)} bytes is too large")
    if message.topic.endswith(Channel.ACK):
        return GateAck.model_validate_json(message.payload)
    return PendingList.model_validate_json(message.payload)


def _without_delay(_client: mqtt.Client, _user: Any, sock: Any) -> None:
    """Without this a single message waits some 40 ms for the kernel (Nagle)."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
