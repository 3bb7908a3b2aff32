"""What can happen to a book drop besides what its antenna tells (`kiosk.events`)."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.events import (
    ItemLifted,
    ItemPlaced,
    ReaderBack,
    ReaderLost,
    ReaderRefused,
    SecuritySeen,
    SecurityWritten,
    TagsUnread,
)


class Way(StrEnum):
    """Where a returned book goes; several ways may share a bin."""

    SHELF = "shelf"
    HOLD = "hold"
    STAFF = "staff"  # the librarian looks at it: damaged, incomplete, a question in the ledger
    OTHER = "other"  # another library's
    UNSORTED = "unsorted"  # taken back; nobody could be asked where it goes


@dataclass(frozen=True, slots=True)
class FlapMoved:
    """The flap of the slot was opened or has closed."""

    opened: bool


@dataclass(frozen=True, slots=True)
class SlotChanged:
    """The light beam over the slot: something lies there, or nothing does."""

    occupied: bool


@dataclass(frozen=True, slots=True)
class BinChanged:
    """A bin is full, or was emptied."""

    bin: str
    full: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """This return is on the disk; from now on it stands."""

    slot: int


@dataclass(frozen=True, slots=True)
class NotKept:
    """The disk did not take it."""

    slot: int


@dataclass(frozen=True, slots=True)
class Answered:
    """The ledger has it and says where the book goes."""

    slot: int
    way: Way


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passes."""


FromPad = (
    ItemPlaced
    | ItemLifted
    | TagsUnread
    | SecuritySeen
    | SecurityWritten
    | ReaderLost
    | ReaderBack
    | ReaderRefused
)
Event = FromPad | FlapMoved | SlotChanged | BinChanged | Kept | NotKept | Answered | Tick
