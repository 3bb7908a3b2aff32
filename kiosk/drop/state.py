"""All that a book drop knows at one moment, as one frozen value, and the questions asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from circulation.ids import Copy, TagUid
from kiosk.drop.effects import Doubt
from kiosk.drop.events import Way
from kiosk.events import BookTag, PadTag


class Phase(StrEnum):
    """How far one copy has come."""

    ARMING = "arming"  # until every part of it is armed and read back
    KEEPING = "keeping"  # on its way to the disk
    ASKING = "asking"  # taken back; where does it go?
    DONE = "done"


class Trouble(StrEnum):
    """Why the slot is shut, what is worst first."""

    SIMULATED_READER = "simulated_reader"
    READER_LOST = "reader_lost"
    STORAGE = "storage"
    JAMMED = "jammed"
    FLAP_JAMMED = "flap_jammed"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Config:
    """The numbers of a drop, in seconds, and which bin each way leads to."""

    bins: Mapping[Way, str]
    repeat_s: float = 60.0  # seen again within this time it is the same return (features 5.6)
    answer_s: float = 1.5  # then the book goes on unsorted; the ledger hears of it later
    gather_s: float = 20.0  # for the parts of a set, and for a book that was pulled back
    arm_tries: int = 3
    retry_s: float = 2.0
    unread_s: float = 3.0
    jam_s: float = 8.0
    flap_s: float = 30.0
    visit_s: float = 15.0
    look_s: float = 5.0  # until a reader that is back has told all that lies there


@dataclass(frozen=True, slots=True)
class Here:
    """One tag in the slot."""

    uid: TagUid
    what: PadTag
    sent_at: float | None = None  # when it was told to go into a bin
    failed: int = 0
    retry_at: float | None = None

    @property
    def copy(self) -> Copy | None:
        return self.what.copy if isinstance(self.what, BookTag) else None


@dataclass(frozen=True, slots=True)
class Book:
    """One copy on its way through the drop. `since`: monotonic seconds of its first sight."""

    copy: Copy
    uid: TagUid
    since: float
    parts: int
    slot: int
    armed: frozenset[int] = frozenset()
    phase: Phase = Phase.ARMING
    asked_at: float = 0.0
    way: Way | None = None
    doubt: Doubt | None = None  # set: it is not taken back


@dataclass(frozen=True, slots=True)
class Came:
    """A copy that came back: when it was last seen, and where it goes if it comes once more."""

    at: float
    way: Way = Way.UNSORTED


@dataclass(frozen=True, slots=True)
class State:
    """`recent`: copies that came back a short while ago.

    `lying`: came back, and lay in the slot when the power went or the reader was lost.
    """

    config: Config
    now: float = 0.0
    tags: Mapping[TagUid, Here] = field(default_factory=lambda: MappingProxyType({}))
    books: Mapping[Copy, Book] = field(default_factory=lambda: MappingProxyType({}))
    recent: Mapping[Copy, Came] = field(default_factory=lambda: MappingProxyType({}))
    doubted: Mapping[TagUid, float] = field(default_factory=lambda: MappingProxyType({}))
    lying: frozenset[Copy] = frozenset()
    lying_until: float | None = None  # by then the antenna has told what still lies there
    full: frozenset[str] = frozenset()
    reader: Trouble | None = Trouble.READER_LOST
    storage_fails: bool = False
    opened_at: float | None = None
    silent_at: float | None = None  # since when something lies there that no tag speaks for
    unread_told: bool = False
    unread_sent_at: float | None = None
    waits_for_bin: bool = False  # what lies in the slot finds the bins full that it may go into
    shut: bool = True
    accepted: int = 0
    last_doubt: Doubt | None = None
    active_at: float | None = None  # somebody is there since, or was just now
    next_slot: int = 1

    def with_tag(self, tag: Here) -> "State":
        return replace(self, tags=MappingProxyType({**self.tags, tag.uid: tag}))

    def without_tag(self, uid: TagUid) -> "State":
        left = {one: tag for one, tag in self.tags.items() if one != uid}
        return replace(self, tags=MappingProxyType(left))

    def with_book(self, book: Book) -> "State":
        return replace(self, books=MappingProxyType({**self.books, book.copy: book}))

    def without_book(self, copy: Copy) -> "State":
        left = {one: book for one, book in self.books.items() if one != copy}
        return replace(self, books=MappingProxyType(left))


def tags_of(state: State, copy: Copy) -> tuple[Here, ...]:
    """The tags of this copy that lie in the slot."""
    return tuple(tag for tag in state.tags.values() if tag.copy == copy)


def of_slot(state: State, slot: int) -> Book | None:
    """The book that this number was given to, if it is still on its way."""
    return next((book for book in state.books.values() if book.slot == slot), None)


def usable_bin(state: State, way: Way) -> str | None:
    """Where a book of this way can go now; a full bin gives to the librarian's; None: nowhere."""
    choices = (state.config.bins[way], state.config.bins[Way.STAFF])
    return next((choice for choice in choices if choice not in state.full), None)


def is_jammed(state: State) -> bool:
    """Something was told to go and lies there still."""
    sent = (*(tag.sent_at for tag in state.tags.values()), state.unread_sent_at)
    return any(at is not None and state.now - at >= state.config.jam_s for at in sent)


def troubles(state: State) -> tuple[Trouble, ...]:
    """Why nothing can be put in now; empty when all is well."""
    flap = state.opened_at is not None and state.now - state.opened_at >= state.config.flap_s
    is_so = {
        Trouble.STORAGE: state.storage_fails,
        Trouble.JAMMED: is_jammed(state),
        Trouble.FLAP_JAMMED: flap,
        Trouble.FULL: state.waits_for_bin or usable_bin(state, Way.UNSORTED) is None,
    }
    found = tuple(trouble for trouble, so in is_so.items() if so)
    return found if state.reader is None else (state.reader, *found)
