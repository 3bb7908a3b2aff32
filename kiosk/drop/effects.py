"""What the drop's session orders from the world, as values."""

from dataclasses import dataclass
from enum import StrEnum

from circulation.ids import Copy, TagUid


class Doubt(StrEnum):
    """Why a librarian must look at a book that was not taken back by itself."""

    NOT_ARMED = "not_armed"  # the tag did not take the gate's value
    LEFT_EARLY = "left_early"  # it was gone before it was armed
    INCOMPLETE = "incomplete"  # a part of a set is missing
    UNREADABLE = "unreadable"  # no tag, or one that cannot be read
    NO_BOOK = "no_book"  # a tag, and not a book's
    FOREIGN = "foreign"  # another library's


@dataclass(frozen=True, slots=True)
class Arm:
    """Make the gate sound for this tag, and read back."""

    uid: TagUid


@dataclass(frozen=True, slots=True)
class Keep:
    """Write down that this copy came back `at` (monotonic seconds); `Kept` or `NotKept` follows."""

    slot: int
    copy: Copy
    uid: TagUid
    at: float


@dataclass(frozen=True, slots=True)
class Gone:
    """A copy that was kept has left the slot: seen again after a power cut it is another return."""

    copy: Copy


@dataclass(frozen=True, slots=True)
class Review:
    """Write down for the librarian: this was put in, and is not taken back."""

    doubt: Doubt
    at: float
    uid: TagUid | None = None
    copy: Copy | None = None


@dataclass(frozen=True, slots=True)
class Sort:
    """Let what lies in the slot go into this bin."""

    bin: str


@dataclass(frozen=True, slots=True)
class Lock:
    """Hold the flap shut, or let it be opened."""

    shut: bool


@dataclass(frozen=True, slots=True)
class EndVisit:
    """Whoever stood there has left, or is done: so many books were taken back."""

    accepted: int


Effect = Arm | Keep | Gone | Review | Sort | Lock | EndVisit
