"""MQTT between gates and the controller: topics and payloads, version 1, with nothing personal.

polka/v1/<library>/<device>/up/event      gate -> controller, QoS 1, never retained
polka/v1/<library>/<device>/down/ack      controller -> gate, after its commit
polka/v1/<library>/<device>/up/ask        gate -> controller: which list version it holds
polka/v1/<library>/<device>/down/list     controller -> gate, retained: a whole local list
polka/v1/<library>/<device>/down/delta    controller -> gate: what changed in the list
polka/v1/<library>/<device>/down/config   controller -> gate, retained: what staff set from afar
polka/v1/<library>/<device>/state         gate, retained; its will says `offline`
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, Field

from circulation.api import Message, ReaderState, Version, WhyText
from circulation.ids import BadId, DeviceId, parse_device_id

ROOT = "polka/v1"
MAX_PAYLOAD_BYTES = 65_536  # the broker's message_size_limit; anything larger is damage or abuse
ALL_EVENTS = f"{ROOT}/+/+/up/event"
ALL_STATES = f"{ROOT}/+/+/state"
ALL_QUESTIONS = f"{ROOT}/+/+/up/ask"
MAX_LISTED = 3_000  # 19 bytes a tag: a part of a list, or a delta, stays under MAX_PAYLOAD_BYTES


class Channel(StrEnum):
    """The last part of a topic."""

    EVENT = "up/event"
    ASK = "up/ask"
    ACK = "down/ack"
    LIST = "down/list"
    DELTA = "down/delta"
    CONFIG = "down/config"
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
    SELF_TEST = "self_test"  # the known tag was carried through, or was not for too long
    DROPPED = "dropped"  # the journal was full: so many passages are not told, ever


class Clock(StrEnum):
    """Whether the device's wall clock can be believed (no RTC on most Pis)."""

    SURE = "sure"
    UNSURE = "unsure"


TagText = Annotated[str, Field(pattern=r"^([0-9A-F]{2}){4,31}$")]
AisleText = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]


class GateTag(Message):
    """One tag in one passage: the UID, or the EPC of a UHF tag, which has no AFI."""

    uid: TagText
    afi: Annotated[int, Field(ge=0, le=255)] | None
    antenna: int | None
    verdict: Verdict
    eas: bool | None = None  # its EAS bit, at a gate that goes by it


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
    aisle: AisleText | None = None
    beam: AisleText | None = None  # of a beam fault
    monitored: bool = False  # burn-in: judged as written here, but nothing sounded
    passed: bool | None = None  # of a self-test
    dropped: Annotated[int, Field(ge=0)] = 0  # events this gate could not keep, ever
    reaction_ms: float | None = None  # first tag answer received -> lamp on, the gate's own share


class GateAck(Message):
    """These events are committed; the gate may forget them."""

    ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=256)]


class ListKind(StrEnum):
    """What it means that a tag is on a gate's local list."""

    ARMED_LOANS = "armed_loans"  # lent while the tag is still armed: pass with the friendly signal
    LENT = "lent"  # all that is lent, for UHF tags, whose own memory does not say so
    OURS = "ours"  # every tag of this library: an armed tag that is none of them is a stranger's


class PendingList(Message):
    """A whole local list, or one part of it: `uids` of part `part` of `parts`, one version."""

    version: Annotated[int, Field(ge=0)]
    at: AwareDatetime
    kind: ListKind = ListKind.ARMED_LOANS
    part: Annotated[int, Field(ge=1)] = 1
    parts: Annotated[int, Field(ge=1, le=1_000)] = 1
    uids: Annotated[tuple[TagText, ...], Field(max_length=MAX_LISTED)]


class ListDelta(Message):
    """What turns version `after` into `version`. The two are equal when nothing changed."""

    after: Annotated[int, Field(ge=0)]
    version: Annotated[int, Field(ge=0)]
    at: AwareDatetime
    kind: ListKind = ListKind.ARMED_LOANS
    added: Annotated[tuple[TagText, ...], Field(max_length=MAX_LISTED)] = ()
    removed: Annotated[tuple[TagText, ...], Field(max_length=MAX_LISTED)] = ()


class ListQuestion(Message):
    """A gate says which version it holds; the answer is a delta (maybe empty) or a whole list."""

    have: Annotated[int, Field(ge=0)] | None
    kind: ListKind = ListKind.ARMED_LOANS


class Presence(StrEnum):
    """Is the process there? `offline` is published by the broker as the will."""

    ONLINE = "online"
    OFFLINE = "offline"


class Storage(StrEnum):
    """Whether a device can keep what it has to report."""

    OK = "ok"
    FAILING = "failing"  # disk full or broken: events are in memory only, and the newest are kept


class SelfTest(StrEnum):
    """How the last carrying of the known tag through the gate went."""

    NOT_SET = "not_set"
    PASSED = "passed"
    FAILED = "failed"
    OVERDUE = "overdue"  # not carried through for more than 26 hours


class GateState(Message):
    """How a gate is, retained, and again every 10 s: a gate that is silent for 30 s is dead."""

    presence: Presence
    at: AwareDatetime | None = None  # None in the will: the broker cannot know the time
    reader: ReaderState = ReaderState.UNKNOWN  # the worst of all aisles
    blind: str = ""  # the aisles without a reader, with blanks between
    queue: Annotated[int, Field(ge=0)] = 0
    dropped: Annotated[int, Field(ge=0)] = 0
    refused: Annotated[int, Field(ge=0)] = 0  # messages to this gate that made no sense
    storage: Storage = Storage.OK
    list_version: int | None = None
    list_heard_at: AwareDatetime | None = None  # when the controller last vouched for the list
    monitored: bool = False
    self_test: SelfTest = SelfTest.NOT_SET
    clock: Clock | None = None
    settings_version: Version | None = None  # the settings from afar that are in force
    settings_refused: Version | None = None  # those this gate cannot use ...
    settings_error: WhyText = ""  # ... and why: a field's name and a code
    version: str = ""
    simulated: bool = False
