"""Bodies of the world's HTTP API, for server and `WorldClient`. Times are monotonic seconds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hw_sim.aisle import Beam, Direction, Facing
from hw_sim.faults import FaultKind
from hw_sim.field import Written
from hw_sim.matter import BOOK, Matter
from hw_sim.tag import BLOCK_BYTES, ICODE_SLIX_BLOCKS, MAX_BLOCKS, Tag

TagUid = Annotated[str, Field(pattern=r"^[Ee]0[0-9A-Fa-f]{14}$")]
CardUid = Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}|[0-9A-Fa-f]{20})$")]
Hex = Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2})*$")]
Byte = Annotated[int, Field(ge=0, le=255)]
Coupling = Annotated[float, Field(ge=0, le=1)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewTag(_Body):
    """A tag to make. `blocks_hex` is in tag memory order from block 0; the rest is zero."""

    uid: TagUid
    blocks_hex: Hex = ""
    afi: Byte = 0
    dsfid: Byte = 0
    eas: bool = False
    block_count: Annotated[int, Field(ge=1, le=MAX_BLOCKS)] = ICODE_SLIX_BLOCKS
    locked: list[int] = []
    matter: Matter = BOOK

    def made(self) -> Tag:
        """The tag itself; `ValueError` if the blocks do not fit it."""
        memory = bytes.fromhex(self.blocks_hex)
        size = self.block_count * BLOCK_BYTES
        if len(memory) > size:
            raise ValueError(f"{len(memory)} bytes do not fit a tag of {size}")
        return Tag(
            uid=bytes.fromhex(self.uid),
            memory=bytearray(memory.ljust(size, b"\x00")),
            afi=self.afi,
            dsfid=self.dsfid,
            eas=self.eas,
            locked=set(self.locked),
            matter=self.matter,
        )


class TagState(_Body):
    """What a tag holds now."""

    uid: str
    afi: int
    dsfid: int
    eas: bool
    block_count: int
    blocks_hex: str
    locked: list[int]
    afi_locked: bool
    writes: int


class Place(_Body):
    """Coupling below 0.3 hides a tag, below 0.5 lets it be read but not written."""

    uids: list[TagUid]
    coupling: Coupling = 1.0
    piled: bool = False
    tilt_deg: Annotated[float, Field(ge=-90, le=90)] = 0.0


class Lift(_Body):
    """No UIDs: everything."""

    uids: list[TagUid] = []


class LiftDuringWrite(_Body):
    """The tag leaves in the moment of its `occurrence`-th write of this kind, counted from now."""

    uid: TagUid
    what: Written
    occurrence: Annotated[int, Field(ge=1)] = 1


class CardAt(_Body):
    """A card by its whole UID (4, 7 or 10 bytes)."""

    uid: CardUid


class WalletAt(_Body):
    """Cards that come and go together."""

    uids: Annotated[list[CardUid], Field(min_length=1, max_length=8)]


class CardGone(_Body):
    """No UID: every card."""

    uid: CardUid | None = None


class WalkOrder(_Body):
    """`shielding` 1: a bag against the body, never readable. `behind_m`: a close follower."""

    uids: list[TagUid] = []
    direction: Direction
    speed_m_s: Annotated[float, Field(gt=0, le=10)] = 1.5
    shielding: Coupling = 0.0
    turns_back: bool = False
    facing: Facing = Facing.MIXED
    packed: bool = False
    behind_m: Annotated[float, Field(ge=0, le=10)] = 0.0


class WalkStarted(_Body):
    walk_id: int


class BeamBlock(_Body):
    beam: Beam
    blocked: bool


class FaultOrder(_Body):
    """See `hw_sim.faults.Fault`; `command_hex` is the beginning of the requests it is for."""

    kind: FaultKind
    count: Annotated[int, Field(ge=1)] = 1
    at: Annotated[int, Field(ge=0)] | None = None
    delay_ms: Annotated[float, Field(ge=0)] = 300.0
    command_hex: Hex = ""


class EventState(_Body):
    seq: int
    at: float
    source: str
    kind: str
    details: dict[str, object]


class WalkState(_Body):
    """One walk; `secured_readable_at` and `lamp_on_at` are the ends of the alarm budget."""

    walk_id: int
    direction: Direction
    speed_m_s: float
    uids: list[str]
    started_at: float
    ends_at: float
    readable_at: float | None
    secured_readable_at: float | None
    reported_at: float | None
    lamp_on_at: float | None
    sounder_on_at: float | None
    ended: bool


class OutputState(_Body):
    """An output of a FEIG reader as last ordered."""

    kind: str
    number: int
    mode: str
    seconds: float
    until: float


class GateState(_Body):
    """`now` is the world's clock; `beams` say broken; `history` is each kept event of this gate."""

    now: float
    lamp: bool
    sounder: bool
    beams: dict[Beam, bool]
    pins_connected: bool
    plugged: bool
    requests: int
    outputs: list[OutputState]
    walks: list[WalkState]
    history: list[EventState]


class PutIn(_Body):
    """Books that go through the flap of a drop; none: a thing without a tag."""

    uids: list[TagUid] = []


class DropState(_Body):
    """`bins`: what fell into each; an empty name is a thing without a tag."""

    plugged: bool
    locked: bool
    bins: dict[str, list[str]]


class LyingTag(_Body):
    uid: str
    coupling: float


class PadState(_Body):
    plugged: bool
    requests: int
    field_on: bool
    tags: list[LyingTag]
    outputs: list[OutputState]


class CardReaderState(_Body):
    plugged: bool
    cards: list[str]
    transfers: int


class WorldState(_Body):
    """Everything but the tags' memory and the gates' histories."""

    now: float
    seed: int
    tag_count: int
    pads: dict[str, PadState]
    gates: dict[str, GateState]
    card_readers: dict[str, CardReaderState]
