"""Everything that can happen to a kiosk, as values: antennas, answers of the ledger, time.

An answer carries the session that asked. An answer to an old session may still change what is known
of a copy; it never reaches the screen of whoever stands there now.
"""

from dataclasses import dataclass
from enum import StrEnum

from circulation.api import (
    Account,
    ItemsAnswer,
    LoanReceipt,
    PatronView,
    Refusal,
    ReturnReceipt,
)
from circulation.class_sets import StackAnswer
from circulation.desk import HoldView
from circulation.ids import CardUid, Copy, PatronId, TagUid
from circulation.reasons import Reason
from kiosk.errands import ErrandDone
from kiosk.hours import House
from kiosk.service import Surroundings


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The ledger did not answer. `sent` False: it certainly got nothing; True: nobody knows."""

    sent: bool


@dataclass(frozen=True, slots=True)
class BookTag:
    """A tag of ours that names a copy, or one part of it (1 to `parts`)."""

    copy: Copy
    part: int = 1
    parts: int = 1


@dataclass(frozen=True, slots=True)
class OddTag:
    """A tag that names no copy of ours, and why: blank, foreign, unreadable, a patron's."""

    reason: Reason


PadTag = BookTag | OddTag


@dataclass(frozen=True, slots=True)
class ItemPlaced:
    """A tag lies on the pad, and this stands on it."""

    uid: TagUid
    tag: PadTag


@dataclass(frozen=True, slots=True)
class ItemLifted:
    """The tag is gone from the pad."""

    uid: TagUid


@dataclass(frozen=True, slots=True)
class TagsUnread:
    """So many tags lie there whose content is still being read; 0 when a look is through."""

    count: int


@dataclass(frozen=True, slots=True)
class SecuritySeen:
    """What the tag's AFI says. None: it is neither of the library's two values."""

    uid: TagUid
    armed: bool | None


@dataclass(frozen=True, slots=True)
class SecurityWritten:
    """An order to arm or disarm is finished.

    `ok`: the tag was read back as ordered. `changed`: we wrote; before arming only where it was not
    so before, because a refused return undoes our own arming and no other.
    """

    uid: TagUid
    armed: bool
    ok: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """The pad does not answer; nothing is known of what lies on it."""


@dataclass(frozen=True, slots=True)
class ReaderBack:
    """The pad answers (again); whatever lies on it is announced anew."""

    simulated: bool


@dataclass(frozen=True, slots=True)
class ReaderRefused:
    """The pad says that it is simulated, and this kiosk may only work with a real one."""


@dataclass(frozen=True, slots=True)
class CardPresented:
    """One card lies on the card reader; told once per presence."""

    uid: CardUid


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The card reader is empty again."""


@dataclass(frozen=True, slots=True)
class TwoCards:
    """More than one card lies on the card reader."""


@dataclass(frozen=True, slots=True)
class CardReaderLost:
    """The card reader does not answer."""


@dataclass(frozen=True, slots=True)
class CardReaderBack:
    """The card reader answers (again)."""


@dataclass(frozen=True, slots=True)
class CardResolved:
    """Whose card it is."""

    session: int
    uid: CardUid
    result: PatronView | Refusal | NoAnswer


@dataclass(frozen=True, slots=True)
class ItemsResolved:
    """What the ledger knows of the copies that were asked for."""

    session: int
    copies: tuple[Copy, ...]
    result: ItemsAnswer | Refusal | NoAnswer


@dataclass(frozen=True, slots=True)
class AccountFetched:
    """The patron's open loans, and what he waits for as far as it could be asked."""

    session: int
    patron_id: PatronId
    result: Account | Refusal | NoAnswer
    holds: tuple[HoldView, ...] = ()


@dataclass(frozen=True, slots=True)
class StackAnswered:
    """The stack of textbooks against the patron's set."""

    session: int
    result: StackAnswer | Refusal | NoAnswer


@dataclass(frozen=True, slots=True)
class CheckoutAnswered:
    """The answer to `RequestCheckout` with this slot."""

    session: int
    slot: int
    copy: Copy
    result: LoanReceipt | Refusal | NoAnswer


@dataclass(frozen=True, slots=True)
class RenewalAnswered:
    """The answer to `RequestRenewal` with this slot."""

    session: int
    slot: int
    copy: Copy
    result: LoanReceipt | Refusal | NoAnswer


@dataclass(frozen=True, slots=True)
class ReturnAnswered:
    """The answer to `RequestReturn`. After `NoAnswer` the real one follows, perhaps much later."""

    session: int
    slot: int
    copy: Copy
    result: ReturnReceipt | Refusal | NoAnswer


@dataclass(frozen=True, slots=True)
class SightingKept:
    """The sighting is on this kiosk's disk and will reach the ledger."""

    session: int
    copy: Copy
    armed: bool


@dataclass(frozen=True, slots=True)
class UnsentReturns:
    """Told at start: these copies were taken back before, and the ledger does not know it yet."""

    copies: tuple[Copy, ...]


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """The ledger answered, or did not, to something no person waits for."""

    online: bool


@dataclass(frozen=True, slots=True)
class LinkTurned:
    """From now on the ledger is not asked (`alone`), or is asked again.

    `able`: this kiosk can decide by what it knows itself. It is told again when less is left.
    """

    alone: bool
    able: bool
    hours_left: int | None = None  # that it still may, near the end; 0: it is over


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person touched an action of the View."""

    action: str


@dataclass(frozen=True, slots=True)
class HeadphonesSeen:
    """Headphones were plugged in, or pulled out."""

    plugged: bool


@dataclass(frozen=True, slots=True)
class VoiceHeard:
    """The voice began to speak, or came to its end."""

    speaking: bool


class Paper(StrEnum):
    """What is known of the receipt printer."""

    NONE = "none"  # this kiosk has no printer
    UNKNOWN = "unknown"
    OK = "ok"
    LOW = "low"
    OUT = "out"
    LOST = "lost"  # it does not answer


@dataclass(frozen=True, slots=True)
class PrinterSeen:
    """The printer was looked at."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class ReceiptPrinted:
    """A receipt came out whole, or not."""

    ok: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """The shell looked at what the service screen shows."""

    surroundings: Surroundings


@dataclass(frozen=True, slots=True)
class HoursSeen:
    """The library opened or closed, or the screen is to be dark or bright."""

    house: House


class Key(StrEnum):
    """The keys of a keypad, and the librarian's own."""

    NEXT = "next"
    PREVIOUS = "previous"
    PRESS = "press"
    BACK = "back"
    HELP = "help"
    LOUDER = "louder"
    QUIETER = "quieter"
    SPEECH = "speech"  # the marked key that starts and ends speech
    STAFF = "staff"  # ends the session whatever it is doing


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of the keypad went down."""

    key: Key


@dataclass(frozen=True, slots=True)
class Configured:
    """Staff set this from afar; the first language is the kiosk's own. `volume` from 0 to 1."""

    languages: tuple[str, ...]
    idle_s: float
    volume: float
    textbook_week: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """Time, in monotonic seconds; comes a few times a second."""

    now: float


Event = (
    ItemPlaced
    | ItemLifted
    | TagsUnread
    | SecuritySeen
    | SecurityWritten
    | ReaderLost
    | ReaderBack
    | ReaderRefused
    | CardPresented
    | CardRemoved
    | TwoCards
    | CardReaderLost
    | CardReaderBack
    | CardResolved
    | ItemsResolved
    | AccountFetched
    | StackAnswered
    | CheckoutAnswered
    | RenewalAnswered
    | ReturnAnswered
    | SightingKept
    | UnsentReturns
    | LinkSeen
    | LinkTurned
    | Pressed
    | KeyPressed
    | HeadphonesSeen
    | VoiceHeard
    | PrinterSeen
    | ReceiptPrinted
    | Looked
    | HoursSeen
    | ErrandDone
    | Configured
    | Tick
)
