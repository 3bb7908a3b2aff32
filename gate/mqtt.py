"""The gate's line to the broker; the only file here that imports an MQTT client.

paho runs its own thread; everything that arrives is handed on as a value and nothing is decided
here. A publish while disconnected would be queued in memory and later be sent twice (paho queues it
and says it failed), so the reporter publishes only while `connected`.
"""

import random
import socket
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from circulation.messages import (
    MAX_PAYLOAD_BYTES,
    Channel,
    GateAck,
    GateState,
    ListDelta,
    ListQuestion,
    PendingList,
    Presence,
    Topic,
)
from gate.configuration import Pushed
from gate.settings import GateSettings

_SESSION_S = 7 * 24 * 3600
_KEEPALIVE_S = 5
_log = structlog.get_logger(__name__)

Arrived = GateAck | PendingList | ListDelta | Pushed | bool
"""An acknowledgement, a local list or its change, settings, or True/False for connected/lost."""


class Line:
    """One MQTT 5 session with will and a name of its own."""

    def __init__(self, settings: GateSettings, arrived: Callable[[Arrived], None]) -> None:
        self._settings = settings
        self._arrived = arrived
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=settings.device,  # as the broker sets it, from the user name
            protocol=mqtt.MQTTv5,
        )
        self._client.username_pw_set(settings.device, settings.mqtt_password.get_secret_value())
        will = GateState(presence=Presence.OFFLINE)
        self._client.will_set(
            self._topic(Channel.STATE), will.model_dump_json(), qos=1, retain=True
        )
        if settings.mqtt_ca_file is not None:
            self._client.tls_set(ca_certs=str(settings.mqtt_ca_file))
        self._back_off()
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = self._on_message
        self._client.on_socket_open = _without_delay
        self.refused = 0
        """Messages to this gate that made no sense, since the start."""

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

    def publish_question(self, question: ListQuestion) -> None:
        """Ask whether the local list is still good."""
        self._client.publish(self._topic(Channel.ASK), question.model_dump_json(), qos=1)

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
        heard = (Channel.ACK, Channel.LIST, Channel.DELTA, Channel.CONFIG)
        client.subscribe([(self._topic(channel), 1) for channel in heard])
        _log.info("broker_connected")
        self._arrived(True)

    def _on_disconnect(
        self, _c: object, _user: object, _flags: object, reason: ReasonCode, _p: object
    ) -> None:
        _log.warning("broker_lost", reason=str(reason))
        self._back_off()
        self._arrived(False)

    def _back_off(self) -> None:
        """From about 1 s to about 10 s; by chance, so that a hundred gates do not come at once."""
        self._client.reconnect_delay_set(
            random.uniform(0.5, 1.5),  # type: ignore[arg-type]  # noqa: S311  # paho only adds it up
            random.uniform(8.0, 12.0),  # type: ignore[arg-type]  # noqa: S311
        )

    def _on_message(self, _c: object, _user: object, message: mqtt.MQTTMessage) -> None:
        try:
            self._arrived(parse(message.topic, bytes(message.payload)))
        except ValueError as error:  # pydantic's ValidationError is one
            self.refused += 1
            _log.warning("message_refused", topic=message.topic, why=str(error)[:200])


def parse(topic: str, payload: bytes) -> Arrived:
    """What a message says; `ValueError` for whatever it should not be, and for nothing else."""
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"payload of {len(payload)} bytes is too large")
    match Topic.parse(topic).channel:
        case Channel.ACK:
            return GateAck.model_validate_json(payload)
        case Channel.LIST:
            return PendingList.model_validate_json(payload)
        case Channel.DELTA:
            return ListDelta.model_validate_json(payload)
        case Channel.CONFIG:
            return Pushed(payload)
        case Channel.EVENT | Channel.ASK | Channel.STATE:
            raise ValueError("a gate says this, nobody tells it")


def _without_delay(_client: mqtt.Client, _user: Any, sock: Any) -> None:
    """Without this a single message waits some 40 ms for the kernel (Nagle)."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
