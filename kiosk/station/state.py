"""All that a station knows at one moment; `session.step` makes the next one of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from circulation.encoding import (
    Choices,
    CopyToTag,
    Progress,
    TagHolder,
    TitleFound,
    TitlesFound,
    Untagged,
)
from circulation.ids import CardUid, Copy, Isil, ItemId, TagUid
from circulation.reasons import Reason
from circulation.tags.afi import SecurityAfi
from circulation.tags.rewriting import Face
from kiosk.station.events import SeenTag
from kiosk.station.numbers import CheckDigit

LOGIN, PASSWORD = 0, 1  # fields of the sign-in form
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Config:
    """One station's rules."""

    owner: Isil
    afi: SecurityAfi
    prefixes: tuple[str, ...] = ()
    check: CheckDigit = CheckDigit.NONE
    no_tag_s: float = 5.0  # features 5.9
    write_tries: int = 3
    title_on_tag: bool = False
    language: str = "ru"
    speech: bool = False


class ReaderWord(StrEnum):
    """How the pad is."""

    STARTING = "starting"
    OK = "ok"
    LOST = "lost"
    REFUSED = "refused"


class Stage(StrEnum):
    """What the station waits for."""

    SIGN_IN = "sign_in"
    NUMBER = "number"
    CHOOSE = "choose"  # several copies have this number
    BOOK = "book"
    LIST = "list"
    NARROW = "narrow"
    CONVERT = "convert"
    ARRIVAL = "arrival"
    UNDO = "undo"


class Word(StrEnum):
    """One thing to say to the person; `present` has the sentences."""

    UNKNOWN_NUMBER = "unknown_number"
    BLANK = "blank"
    DUPLICATE = "duplicate"
    OTHERS_TAG = "others_tag"
    ODD_NUMBER = "odd_number"
    NO_TAG = "no_tag"
    TWO_TAGS = "two_tags"
    LIFT_DONE = "lift_done"
    LIFTED = "lifted"
    WORN_OUT = "worn_out"
    LOCKED = "locked"
    FOREIGN = "foreign"
    NOT_A_BOOK = "not_a_book"
    UNREADABLE = "unreadable"
    NO_ROOM = "no_room"
    OTHER_ON_LOAN = "other_on_loan"
    WITHDRAWN = "withdrawn"
    SILENT = "silent"
    REFUSED = "refused"
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    FILL_IN = "fill_in"
    FINISH_FIRST = "finish_first"
    TWO_CARDS = "two_cards"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said now, and about which number or title."""

    word: Word
    about: str = ""
    reason: Reason | None = None


class Asked(StrEnum):
    """What only a person can decide."""

    MOVE = "move"  # the tag is another copy's
    REPLACE = "replace"  # the copy has another tag
    DAMAGED = "damaged"  # nobody can say whose it was
    NUMBER = "number"  # no number of this library by its look


@dataclass(frozen=True, slots=True)
class Question:
    """Asked of the person; `other` is the copy that would lose its tag, or its bare number."""

    asked: Asked
    uid: TagUid | None = None
    other: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One part of one copy that is to get its tag. `since`: the pad is empty from then on."""

    copy: CopyToTag
    part: int
    since: float
    warned: bool = False
    replaces: bool = False
    moves: TagUid | None = None  # this tag may be another copy's
    tries: int = 0

    @property
    def identity(self) -> Copy:
        """Owner and number."""
        return Copy(Isil(self.copy.owner), ItemId(self.copy.item_id))


@dataclass(frozen=True, slots=True)
class Writing:
    """An order that is under way. `undoes` is the slot of the record it takes back."""

    order: int
    uid: TagUid
    before: Face
    wanted: Face
    job: Job
    renews: bool = False
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The last tag that was written, as undoing it needs it."""

    slot: int
    uid: TagUid
    before: Face
    after: Face
    job: Job


class Ending(StrEnum):
    """How one try ended, for the list of the last ones."""

    WRITTEN = "written"
    RENEWED = "renewed"
    SOUND = "sound"  # it was right already
    SKIPPED = "skipped"
    FAILED = "failed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One of the last results."""

    key: int
    ending: Ending
    title: str
    number: str
    part: int = 1
    parts: int = 1
    author: str = ""
    section: str = ""
    word: Word | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The copies without tags that were asked for."""

    place: str = ""
    batch: str = ""
    grade: int | None = None
    text: str = ""
    page: Untagged | None = None
    choices: Choices | None = None
    narrowing: str = ""  # "place", "batch" or "grade" while one is chosen


FIELDS = ("isbn", "title", "author", "grade", "batch", "place", "first", "count")


@dataclass(frozen=True, slots=True)
class Arrival:
    """New copies on their way in: the fields as typed, and what the ISBN stands for."""

    values: tuple[str, ...] = ("",) * len(FIELDS)
    found: TitlesFound | None = None
    picked: TitleFound | None = None  # of those found
    title_id: int | None = None
    looking: bool = False

    def value(self, name: str) -> str:
        """The text of one of `FIELDS`."""
        return self.values[FIELDS.index(name)].strip()


@dataclass(frozen=True, slots=True)
class State:
    """The whole station."""

    config: Config
    now: float = 0.0
    reader: ReaderWord = ReaderWord.STARTING
    simulated: bool = False
    operator: str = ""
    stage: Stage = Stage.SIGN_IN
    typed: str = ""
    form: tuple[str, ...] = ("", "")  # login, password
    at_field: int = 0
    focus: int | None = None
    job: Job | None = None
    looking: str = ""  # the number that was asked for
    pending: str = ""  # scanned while the tag before was being written
    found: tuple[CopyToTag, ...] = ()
    queue: tuple[CopyToTag, ...] = ()
    pad: tuple[SeenTag, ...] | None = ()  # None: something moves
    held: Mapping[TagUid, Word] = field(default_factory=dict)
    """Tags that are worked off and still lie there; what is said of each until it is lifted."""
    checked: Mapping[TagUid, TagHolder] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()  # tags and numbers that the ledger is asked about
    known: Mapping[str, CopyToTag | None] = field(default_factory=dict)  # number: its copy
    torn: Mapping[TagUid, Writing] = field(default_factory=dict)
    """Tags whose writing did not come to its end: what they say now is nobody's."""
    question: Question | None = None
    writing: Writing | None = None
    last: Done | None = None
    lines: tuple[LogLine, ...] = ()
    notice: Notice | None = None
    listing: Listing = Listing()
    arrival: Arrival = Arrival()
    progress: Progress | None = None
    card: CardUid | None = None  # lies on the card reader, and was not used yet
    card_reader: ReaderWord = ReaderWord.STARTING
    page_waits: bool = False  # a page of the console waits for a card
    unsent: int = 0
    written: int = 0
    serial: int = 0  # the newest number of an order, a record or a line
