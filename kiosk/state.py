"""All that a kiosk knows at one moment, as one frozen value, and the questions asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from circulation.api import Account, Destination, ItemView, PatronView
from circulation.desk import HoldView
from circulation.ids import CardUid, Copy, TagUid
from circulation.loan import SecurityState
from circulation.reasons import Reason
from kiosk.access import Access
from kiosk.class_session import ClassChoice, ClassSession
from kiosk.class_set import SetDesk
from kiosk.errands import Call, Cancelling, Report, Search
from kiosk.events import BookTag, PadTag, Paper
from kiosk.hours import House
from kiosk.service import Door, Pin, Surroundings


class Stage(StrEnum):
    """What the kiosk is doing. One value, and every `match` over it is complete."""

    IDLE = "idle"
    BORROW = "borrow"
    RETURN = "return"
    ACCOUNT = "account"
    SEARCH = "search"
    PROBLEM = "problem"


class Trouble(StrEnum):
    """Why the stage is PROBLEM."""

    STARTING = "starting"
    READER_LOST = "reader_lost"
    SIMULATED_READER = "simulated_reader"


class Phase(StrEnum):
    """How far one copy has come in this session."""

    WAITING = "waiting"  # for its title, its other parts, a card
    ARMING = "arming"  # return: the tag is armed before anything is recorded
    ASKING = "asking"
    LENT = "lent"
    ALREADY_YOURS = "already_yours"
    RETURNED = "returned"
    QUEUED = "queued"  # return: armed and kept on disk, the ledger will hear of it
    REFUSED = "refused"
    UNANSWERED = "unanswered"  # borrow: asked again, with the same operation, while it lies there


RECORDED = (Phase.LENT, Phase.RETURNED, Phase.QUEUED)
"""Phases of a copy whose loan or return stands."""


@dataclass(frozen=True, slots=True)
class Config:
    """The numbers of a session, in seconds (kiosk reference 7.2, features 5.3)."""

    languages: tuple[str, ...] = ("ru", "en")
    can_speak: bool = True
    textbook_week: bool = False  # textbooks are lent by the pupil's set
    pin: Pin | None = None  # None: this kiosk has no service screen
    staff_cards: frozenset[bytes] = frozenset()  # digests; each opens the service screen
    idle_s: float = 40.0
    warn_s: float = 20.0
    clear_s: float = 5.0
    next_pupil_s: float = 1.5  # the same in a class session: the next pupil's stack comes soon
    farewell_s: float = 4.0
    dark_s: float = 30.0  # at night the panel goes dark that long after the last touch
    card_left_s: tuple[float, ...] = (
        5.0,
        10.0,
        10.0,
    )  # waits before each call after a forgotten card
    help_s: float = 20.0
    write_retry_s: float = 2.0
    ask_retry_s: float = 3.0
    work_cap_s: float = 30.0  # work stops the idle clock, but never for longer than this
    speech_cap_s: float = 60.0  # nor does speech: no sentence is that long, a dead sound card is


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag on the pad."""

    uid: TagUid
    what: PadTag
    armed: bool | None = None
    read: bool = False  # `armed` has been read from the tag
    writing: bool = False
    failed: int = 0  # orders in a row that could not be verified
    retry_at: float = 0.0
    ours: bool = False  # we armed it for the return that is going on
    stale: bool = False  # left over from a session that ended: not touched until lifted

    @property
    def copy(self) -> Copy | None:
        return self.what.copy if isinstance(self.what, BookTag) else None


@dataclass(frozen=True, slots=True)
class Line:
    """One copy in this session."""

    copy: Copy
    phase: Phase = Phase.WAITING
    slot: int = 0
    tries: int = 0
    retry_at: float = 0.0
    reasons: tuple[Reason, ...] = ()
    due: date | None = None
    again: bool = False  # done before in this session, lifted, and laid down once more
    alone: bool = False  # decided by this kiosk: the ledger will hear of it
    was_on_loan: bool = True
    overdue_days: int = 0
    destination: Destination = Destination.SHELF
    hold_code: str | None = None  # what stands on the slip of a book for the hold shelf
    until: date | None = None  # with a refusal that ends by itself


@dataclass(frozen=True, slots=True)
class Renewal:
    """One renewal asked for in this session; neither `due` nor `reason` while it is under way."""

    slot: int
    due: date | None = None
    reason: Reason | None = None

    @property
    def going_on(self) -> bool:
        return self.due is None and self.reason is None


@dataclass(frozen=True, slots=True)
class Person:
    """Whose card was presented in this session, or who was picked from the class list."""

    card: CardUid | None  # None: picked
    view: PatronView | None = None
    refusal: Reason | None = None
    retry_at: float | None = None  # None: no question to be asked again

    @property
    def may_borrow(self) -> bool:
        return self.view is not None and not self.view.blocked


@dataclass(frozen=True, slots=True)
class Farewell:
    """What a session came to, for the page that says thank you: figures only, nobody's name."""

    lent: int
    returned: int
    unsafe: int  # of the lent ones: their tags are still armed
    due: date | None  # the earliest
    until: float
    printed: bool | None = None  # None: no receipt was wanted, or it is still coming
    printing: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The kiosk. `tags` and `items` are what lies there; all the rest of a session goes with it."""

    config: Config = field(default_factory=Config)
    now: float = 0.0
    session: int = 1
    next_slot: int = 1
    stage: Stage = Stage.PROBLEM
    trouble: Trouble | None = Trouble.STARTING
    simulated: bool = False
    card_reader_ok: bool = True
    online: bool = True
    alone: bool = False  # not online, and this kiosk decides by what it knows itself
    hours_alone: int | None = None  # that it may do so still, near the end; 0: it is over
    language: str = "ru"
    # the pad, the card reader and what the ledger said of the copies there
    tags: Mapping[TagUid, Tag] = field(default_factory=dict)
    items: Mapping[Copy, ItemView | None] = field(default_factory=dict)  # None: unknown there
    unread: int = 0  # tags that were seen and are being read: more of the stack is coming
    asked: Mapping[Copy, float] = field(default_factory=dict)  # when to ask again
    returning: frozenset[Copy] = frozenset()  # recorded here as returned, not yet in the ledger
    recording: frozenset[Copy] = frozenset()  # a sighting is being written to disk
    card_lies: bool = False
    two_cards: bool = False
    headphones: bool = False
    speaking_since: float | None = None
    paper: Paper = Paper.NONE
    door: Door = field(default_factory=Door)
    house: House = field(default_factory=House)
    surroundings: Surroundings | None = None  # None: not looked at since the door was opened
    class_session: ClassSession | None = None  # outlives the sessions of its pupils
    class_choice: ClassChoice | None = None  # asked of the teacher who stands there
    class_asked: int = 0  # the session in which a teacher's session was asked for
    # the session
    waiting_card: CardUid | None = None  # presented during a return, for a loan that may follow
    person: Person | None = None
    lines: Mapping[Copy, Line] = field(default_factory=dict)
    account: Account | None = None
    holds: tuple[HoldView, ...] = ()  # come with the account
    account_retry_at: float | None = None  # None: under way or there
    textbooks: SetDesk = field(default_factory=SetDesk)
    renewals: Mapping[Copy, Renewal] = field(default_factory=dict)
    search: Search | None = None
    harmed: Copy | None = None  # the panel asks what is wrong with this returned copy
    reports: Mapping[Copy, Report] = field(default_factory=dict)
    call: Call | None = None
    giving_up: int | None = None  # the hold whose button was pressed once
    cancelled: Mapping[int, Cancelling] = field(default_factory=dict)  # by hold
    touched_at: float = 0.0
    work_since: float | None = None
    clear_since: float | None = None
    help_until: float | None = None
    farewell: Farewell | None = None  # of the session before
    reminders: int = 0  # how often a forgotten card was called after
    remind_at: float | None = None
    focus: int | None = None
    access: Access = field(default_factory=Access)
    access_open: bool = False  # the panel with the wishes is shown

    def with_tag(self, tag: Tag) -> "State":
        return replace(self, tags={**self.tags, tag.uid: tag})

    def with_line(self, line: Line) -> "State":
        return replace(self, lines={**self.lines, line.copy: line})

    def without_line(self, copy: Copy) -> "State":
        return replace(self, lines={key: ln for key, ln in self.lines.items() if key != copy})

    def with_item(self, copy: Copy, item: ItemView) -> "State":
        return replace(self, items={**self.items, copy: item})


def tags_of(state: State, copy: Copy) -> tuple[Tag, ...]:
    """The copy's tags on the pad."""
    return tuple(tag for tag in state.tags.values() if tag.copy == copy)


def odd_tags(state: State) -> tuple[tuple[Tag, Reason], ...]:
    """The tags of this session that name no copy of ours."""
    return tuple(
        (tag, tag.what.reason)
        for tag in state.tags.values()
        if not tag.stale and not isinstance(tag.what, BookTag)
    )


def missing_parts(state: State, copy: Copy) -> tuple[int, ...]:
    """The parts of a set that are not on the pad; ledger and tags must both be satisfied."""
    seen = parts_seen(state, copy)
    return tuple(part for part in range(1, parts_of(state, copy) + 1) if part not in seen)


def parts_seen(state: State, copy: Copy) -> tuple[int, ...]:
    """The parts of a copy that lie on the pad, each once; numbers that no part has are left out."""
    books = (tag.what for tag in tags_of(state, copy))
    seen = {book.part for book in books if isinstance(book, BookTag)}
    return tuple(part for part in range(1, parts_of(state, copy) + 1) if part in seen)


def parts_of(state: State, copy: Copy) -> int:
    """How many parts the copy has, by its tags and the ledger."""
    item = state.items.get(copy)
    books = [tag.what for tag in tags_of(state, copy) if isinstance(tag.what, BookTag)]
    return max([book.parts for book in books] + [item.parts if item else 1])


def has_duplicate(state: State, copy: Copy) -> bool:
    """True when two tags claim to be the same part of the same copy."""
    parts = [tag.what.part for tag in tags_of(state, copy) if isinstance(tag.what, BookTag)]
    return len(parts) != len(set(parts))


def blocker(state: State, copy: Copy) -> Reason | None:
    """Why nothing is done with this copy for now, as far as the copy itself is the reason."""
    if has_duplicate(state, copy):
        return Reason.TAG_DUPLICATE
    if copy in state.items and state.items[copy] is None:
        return Reason.ITEM_UNKNOWN
    if missing_parts(state, copy):
        return Reason.SET_INCOMPLETE
    return None


def is_secured(state: State, line: Line) -> bool:
    """A lent copy whose disarmed tag was verified, and the sighting is safe on disk."""
    kept = line.copy not in state.recording
    return line.phase is Phase.LENT and kept and is_disarmed(state, line.copy)


def is_disarmed(state: State, copy: Copy) -> bool:
    """The ledger holds so, and no tag of the copy that lies here says otherwise."""
    item = state.items.get(copy)
    here = all(tag.read and tag.armed is False for tag in tags_of(state, copy))
    return here and item is not None and item.security is SecurityState.DISARMED


def is_done(state: State, line: Line) -> bool:
    """Nothing more is to happen to this copy, and it went well."""
    return line.phase in (Phase.RETURNED, Phase.QUEUED) or is_secured(state, line)


def unsecured(state: State) -> tuple[Line, ...]:
    """The loans of this session whose tag is still armed."""
    lent = (line for line in state.lines.values() if line.phase is Phase.LENT)
    return tuple(line for line in lent if not is_secured(state, line))


def pupil_stage(state: State) -> Stage:
    """What a card or a stack begins: in a class session that takes back, a return."""
    return Stage.RETURN if is_collecting(state) else Stage.BORROW


def is_collecting(state: State) -> bool:
    """True while a teacher's session takes the textbooks of a class back."""
    return state.class_session is not None and state.class_session.collects


def can_print(state: State) -> bool:
    """The printer has paper, as far as it is known."""
    return state.paper in (Paper.OK, Paper.LOW)


def lifted_too_early(state: State) -> tuple[Line, ...]:
    """The loans of this session whose tag is still armed and not on the pad to be mended."""
    if state.stage is not Stage.BORROW:
        return ()
    return tuple(line for line in unsecured(state) if not tags_of(state, line.copy))


def being_secured(state: State, line: Line) -> bool:
    """True while there is reason to expect that the tag will be disarmed at once."""
    tags = tags_of(state, line.copy)
    whole = bool(tags) and not missing_parts(state, line.copy)
    return line.copy in state.recording or (whole and not any(tag.failed for tag in tags))


def is_working(state: State) -> bool:
    """True while something is under way that a person should not be hurried through."""
    asking = (Phase.ASKING, Phase.ARMING)
    return (
        any(line.phase in asking and line.tries <= 2 for line in state.lines.values())
        or any(tag.writing and tag.failed < 3 for tag in state.tags.values() if not tag.stale)
        or any(renewal.going_on for renewal in state.renewals.values())
    )


def newest_first(state: State) -> tuple[Line, ...]:
    """The lines as they are shown."""
    return tuple(reversed(tuple(state.lines.values())))
