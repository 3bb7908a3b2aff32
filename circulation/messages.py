"""MQTT between gates and the controller: topics and payloads, version 1, with nothing personal.

polka/v1/<library>/<device>/up/event      gate -> controller, QoS 1, never retained
polka/v1/<library>/<device>/down/ack      controller -> gate, after its commit
polka/v1/<library>/<device>/down/list     controller -> gate, retained: loans with an armed tag
polka/v1/<library>/<device>/state         gate, retained; its will says `offline`
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from circulation.api import Message, ReaderState, UidText
from circulation.ids import BadId, DeviceId, parse_device_id

ROOT = "polka/v1"
MAX_PAYLOAD_BYTES = 65_536  # the broker's message_size_limit; anything larger is damage or abuse
ALL_EVENTS = f"{ROOT}/+/+/up/event"
ALL_STATES = f"{ROOT}/+/+/state"


class Channel(StrEnum):
    """The last part of a topic."""

    EVENT = "up/event"
    ACK = "down/ack"
    LIST = "down/list"
    STATE = "state"


_CHANNELS = frozenset(channel.value for channel in Channel)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of one device."""

    library: DeviceId
    device: DeviceId
    channel: Channel

    def __str__(self) -> str:
        return f"{ROOT}/{self.library}/{self.device}/{self.channel}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The topic's parts, or `BadId` for a topic that is not ours."""
        parts = text.split("/", 4)
        if len(parts) != 5 or "/".join(parts[:2]) != ROOT or parts[4] not in _CHANNELS:
            raise BadId(f"topic {text!r} is not one of {ROOT}/<library>/<device>/...")
        return cls(parse_device_id(parts[2]), parse_device_id(parts[3]), Channel(parts[4]))


class Direction(StrEnum):
    """Which way a person went, as the beams saw it."""

    OUT = "out"
    IN = "in"
    TURNED_BACK = "turned_back"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What the gate decided, alone and at once."""

    SILENT = "silent"
    ALARM = "alarm"
    FRIENDLY = "friendly"  # on loan but still armed: let pass, ask to touch the pad
    LOGGED = "logged"  # entering with a secured book: no alarm, only a line


class GateEventKind(StrEnum):
    """What a gate reports."""

    ALARM = "alarm"  # at once, while the person is still in the aisle
    PASSAGE = "passage"  # when the passage is complete
    BEAM_FAULT = "beam_fault"
    READER_LOST = "reader_lost"
    READER_BACK = "reader_back"


class Clock(StrEnum):
    """Whether the device's wall clock can be believed (no RTC on most Pis)."""

    SURE = "sure"
    UNSURE = "unsure"


class GateTag(Message):
    """One tag in one passage."""

    uid: UidText
    afi: Annotated[int, Field(ge=0, le=255)]
    antenna: int | None
    verdict: Verdict


class GateEvent(Message):
    """One thing that happened at a gate.

    `id` and (device, seq) are unique for ever; the counters are absolute.
    """

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    id: UUID
    seq: Annotated[int, Field(ge=1)]
    at: AwareDatetime
    clock: Clock
    kind: GateEventKind
    passage: UUID | None = None  # joins the alarm and the passage it belongs to
    direction: Direction = Direction.UNKNOWN
    verdict: Verdict = Verdict.SILENT
    tags: Annotated[tuple[GateTag, ...], Field(max_length=64)] = ()
    count_in: Annotated[int, Field(ge=0)]
    count_out: Annotated[int, Field(ge=0)]
    reaction_ms: float | None = None  # first tag answer received -> lamp on, the gate's own share


class GateAck(Message):
    """These events are committed; the gate may forget them."""

    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=256)]


class PendingList(Message):
    """Tags whose loan stands while the tag is still armed: these pass with the friendly signal."""

    version: Annotated[int, Field(ge=0)]
    at: AwareDatetime
    uids: tuple[UidText, ...]


class Presence(StrEnum):
    """Is the process there? `offline` is published by the broker as the will."""

    ONLINE = "online"
    OFFLINE = "offline"


class GateState(Message):
    """How a gate is, retained."""

    presence: Presence
    at: AwareDatetime | None = None  # None in the will: the broker cannot know the time
    reader: ReaderState = ReaderState.UNKNOWN
    queue: Annotated[int, Field(ge=0)] = 0
    list_version: int | None = None
    version: str = ""
    simulated: bool = False
