"""What happens at a station, as values: time, pad, keyboard, answers of the controller."""

from dataclasses import dataclass
from enum import StrEnum

from circulation.api import Refusal
from circulation.desk import OperatorView
from circulation.encoding import (
    ArrivalReceipt,
    Choices,
    CopiesFound,
    Progress,
    TagHolder,
    TagReceipt,
    TitlesFound,
    Untagged,
)
from circulation.ids import TagUid
from circulation.tags.item_tag import ItemTag
from circulation.tags.rewriting import Face
from kiosk.events import (
    CardPresented,
    CardReaderBack,
    CardReaderLost,
    CardRemoved,
    NoAnswer,
    Pressed,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    Tick,
    TwoCards,
)


class Outcome(StrEnum):
    """How an order to write ended."""

    DONE = "done"  # every block, AFI and DSFID read back
    LIFTED = "lifted"  # the tag left before the end
    TWO_TAGS = "two_tags"  # it did not lie alone: nothing was written
    LOCKED = "locked"  # a block is locked for ever: nothing was written
    FAILED = "failed"  # it lies there and does not hold what was written


@dataclass(frozen=True, slots=True)
class SeenTag:
    """One tag that lies still. `face` None: it answers, and cannot be read."""

    uid: TagUid
    face: Face | None
    tag: ItemTag


@dataclass(frozen=True, slots=True)
class PadSeen:
    """All that lies there now; told when it changed and came to rest."""

    tags: tuple[SeenTag, ...]


@dataclass(frozen=True, slots=True)
class PadMoves:
    """Something came or went; `PadSeen` follows."""


@dataclass(frozen=True, slots=True)
class TagWritten:
    """The end of an order; `now` is what stands on the tag, None when it could not be read."""

    order: int
    outcome: Outcome
    now: Face | None = None


@dataclass(frozen=True, slots=True)
class Char:
    """A letter was typed, or came from a scanner that is a keyboard."""

    char: str


class Edit(StrEnum):
    """Keys that write nothing."""

    ERASE = "erase"
    BACK = "back"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Edited:
    """Such a key was pressed."""

    edit: Edit


@dataclass(frozen=True, slots=True)
class Line:
    """Enter was pressed, or a code was scanned: the whole line. Empty: Enter alone."""

    text: str


Said = NoAnswer | Refusal


@dataclass(frozen=True, slots=True)
class NumberAnswered:
    """Which copies have this number."""

    number: str
    answer: CopiesFound | Said


@dataclass(frozen=True, slots=True)
class TagChecked:
    """Whose tag it is in the ledger."""

    uid: TagUid
    answer: TagHolder | Said


@dataclass(frozen=True, slots=True)
class RecordAnswered:
    """What the ledger said to a kept operation."""

    slot: int
    answer: TagReceipt | Refusal


@dataclass(frozen=True, slots=True)
class ListAnswered:
    """A page of copies without tags."""

    answer: Untagged | Said


@dataclass(frozen=True, slots=True)
class ChoicesAnswered:
    """What a list can be narrowed to."""

    answer: Choices | Said


@dataclass(frozen=True, slots=True)
class ProgressAnswered:
    """How far the stock is."""

    answer: Progress | Said


@dataclass(frozen=True, slots=True)
class OperatorAnswered:
    """Who works here, or why nobody may."""

    answer: OperatorView | Said


@dataclass(frozen=True, slots=True)
class TitleAnswered:
    """What an ISBN stands for."""

    answer: TitlesFound | Said


@dataclass(frozen=True, slots=True)
class ArrivalAnswered:
    """The new copies, or why there are none."""

    answer: ArrivalReceipt | Said


@dataclass(frozen=True, slots=True)
class PageWaits:
    """A page of the console waits for a card, or no longer does."""

    waits: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """How many operations the ledger has not heard yet."""

    count: int


Event = (
    Tick
    | Pressed
    | ReaderBack
    | ReaderLost
    | ReaderRefused
    | PadSeen
    | PadMoves
    | TagWritten
    | Char
    | Edited
    | Line
    | NumberAnswered
    | TagChecked
    | RecordAnswered
    | ListAnswered
    | ChoicesAnswered
    | ProgressAnswered
    | OperatorAnswered
    | TitleAnswered
    | ArrivalAnswered
    | Unsent
    | PageWaits
    | CardPresented
    | CardRemoved
    | TwoCards
    | CardReaderLost
    | CardReaderBack
)
