"""Push what staff set at gates: retained, so that a gate that comes later has it at once.

The ledger is looked at again and again and is always right in the end: of two controllers one may
say an older version last, and corrects itself at its next look.
"""

from dataclasses import dataclass
from typing import Protocol

import structlog

from circulation.ids import DeviceId, parse_device_id
from circulation.messages import Channel, Topic
from controller.reads import Reads
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind

_SET = Statement(
    "SELECT l.name, d.name, s.version, s.document FROM device_settings s"
    " JOIN device d ON d.id = s.device_id JOIN library l ON l.isil = d.library"
    " WHERE d.kind = :kind ORDER BY d.id"
)
_log = structlog.get_logger()


class Line(Protocol):
    """What of the bus is needed."""

    @property
    def connected_since(self) -> float | None:
        """Since when the broker answers; None while it does not."""

    def publish(self, topic: str, payload: str, *, retain: bool) -> None:
        """Send at QoS 1."""


@dataclass(frozen=True, slots=True)
class GateConfig:
    """The newest settings of one gate, as they go out."""

    library: DeviceId
    gate: DeviceId
    version: int
    document: str


class ConfigPush:
    """Call `look` every few seconds, from one thread."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._told: dict[str, GateConfig] = {}
        self._connection: float | None = None

    def look(self, line: Line) -> None:
        """Say what is new; all anew to a broker that came anew, which may have lost it."""
        if line.connected_since is None:
            return
        if line.connected_since != self._connection:
            self._connection = line.connected_since
            self._told.clear()
        for config in self._reads.run_in_thread(_configs):
            topic = str(Topic(config.library, config.gate, Channel.CONFIG))
            if self._told.get(topic) != config:
                line.publish(topic, config.document, retain=True)
                self._told[topic] = config
                _log.info("config_pushed", gate=config.gate, version=config.version)


def _configs(transaction: Transaction) -> list[GateConfig]:
    rows = transaction.rows(_SET, {"kind": DeviceKind.GATE.value})
    return [
        GateConfig(parse_device_id(library), parse_device_id(gate), version, document)
        for library, gate, version, document in rows
    ]
