"""HTTP bodies of the encoding station: copies to tag, tags that were written, new arrivals.

All paths are for devices of the kind *station*; a write needs a person signed in there, as in
`circulation.desk`. `result` says what a pad verified, not what was wished: only `written` and
`renewed` bind a tag to a copy, everything else is a line in the log.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from circulation.api import CardText, ItemIdText, Message, Operation, OwnerText, UidText
from circulation.desk import STAFF, PartText
from circulation.loan import ItemState
from circulation.policy import ItemKind
from circulation.reasons import Reason

ENCODING = f"{STAFF}/encoding"
ENCODING_FIND = f"{ENCODING}/find"
ENCODING_CHECK = f"{ENCODING}/check"
ENCODING_UNTAGGED = f"{ENCODING}/untagged"
ENCODING_CHOICES = f"{ENCODING}/choices"
ENCODING_TAGS = f"{ENCODING}/tags"
ENCODING_UNDO = f"{ENCODING_TAGS}/undo"
ENCODING_PROGRESS = f"{ENCODING}/progress"
CARD_WISH = f"{ENCODING}/card"
ARRIVALS = f"{STAFF}/arrivals"
ARRIVALS_TITLE = f"{ARRIVALS}/title"

MOST_FOUND = 20
MOST_LISTED = 100
MOST_ARRIVING = 200  # copies of one title in one act
_LINE = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, Field(max_length=400, pattern=_LINE)]
ShortLine = Annotated[str, Field(max_length=64, pattern=_LINE)]
NumberLine = Annotated[str, Field(min_length=1, max_length=32, pattern=_LINE)]
PartNumber = Annotated[int, Field(ge=1, le=255)]
IsbnText = Annotated[str, Field(min_length=8, max_length=32, pattern=r"^[0-9XxХх \-–]+$")]


class TagResult(StrEnum):
    """How a try to write one tag ended."""

    WRITTEN = "written"  # every block, AFI and DSFID read back
    RENEWED = "renewed"  # the same id in the layout of today, read back
    LIFTED = "lifted"  # it left the pad too early
    FAILED = "failed"  # it lay there and did not take the write
    REFUSED = "refused"  # a guard spoke against it; nothing was written


BINDING = frozenset({TagResult.WRITTEN, TagResult.RENEWED})


class CardWish(Message):
    """Does a page of the console wait for a card on this station's reader? Else none is told."""

    asked: bool


class CardSeen(Message):
    """The card that lies there; forgotten at once when no page waits for it (any more)."""

    uid: CardText


class NumberQuery(Message):
    """A barcode or an inventory number, as scanned or typed."""

    number: NumberLine


class CopyToTag(Message):
    """One copy as a station shows it. `tagged` are the parts that have a tag."""

    owner: str
    item_id: str
    inventory_no: str
    title: str
    author: str
    section: str
    place: str
    parts: int
    part_names: tuple[str, ...]
    state: ItemState
    armed: bool  # what its tag should be
    tag_uid: str | None
    tagged: tuple[int, ...]


class CopiesFound(Message):
    """Every copy with this number: one is meant, so several are a question."""

    copies: tuple[CopyToTag, ...]


class TagQuery(Message):
    """Whose tag is this, as the ledger has it?"""

    uid: UidText


class TagHolder(Message):
    """The copy whose tag it is; None: nobody's."""

    copy_of: CopyToTag | None = None
    part: int | None = None


class UntaggedQuery(Message):
    """Copies without a tag, filtered; `after` is the last copy of the page before."""

    place: ShortLine = ""
    batch: ShortLine = ""
    grade: Annotated[int, Field(ge=1, le=11)] | None = None
    text: ShortLine = ""  # begins the number or is in the title
    after: Annotated[int, Field(ge=0, lt=2**31)] = 0
    most: Annotated[int, Field(ge=1, le=MOST_LISTED)] = 50


class Untagged(Message):
    """One page, how many there are in all, and where the next page begins; None: nowhere."""

    copies: tuple[CopyToTag, ...]
    total: int
    next_after: int | None


class Choice(Message):
    """One value of a filter, and how many copies without a tag it has."""

    value: str
    copies: int


class Choices(Message):
    """What a list can be narrowed to."""

    places: tuple[Choice, ...]
    batches: tuple[Choice, ...]
    grades: tuple[Choice, ...]


class TagRequest(Operation):
    """What became of one tag. `moves`: it may be another copy's; `replaces`: the copy has one."""

    owner: OwnerText
    item_id: ItemIdText
    part: PartNumber = 1
    uid: UidText
    result: TagResult
    armed: bool = True
    moves: bool = False
    replaces: bool = False
    note: Annotated[str, Field(max_length=80, pattern=_LINE)] = ""


class UndoTagRequest(Operation):
    """The tag was given back what stood on it before this operation."""

    undoes: UUID


class TagReceipt(Message):
    """The copy as it stands now."""

    op_id: UUID
    copy_of: CopyToTag


class Pace(Message):
    """One person in one hour of the library's day: «2026-11-23T09»."""

    hour: str
    operator: str
    tags: int


class Estimate(Message):
    """Hours that remain at the fastest and the slowest recent pace."""

    least_hours: float
    most_hours: float


class Progress(Message):
    """How far the stock is. No `estimate` while too few tags were written to honestly give one."""

    copies: int
    tagged: int
    today: tuple[Pace, ...]
    estimate: Estimate | None


class IsbnQuery(Message):
    """An ISBN as it is printed or scanned."""

    isbn: IsbnText


class TitleSource(StrEnum):
    """Where a description was found."""

    LEDGER = "ledger"
    SRU = "sru"


class TitleFound(Message):
    """A description; `title_id` of one that the ledger has."""

    title_id: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    title: Annotated[str, Field(min_length=1, max_length=400, pattern=_LINE)]
    author: Line = ""
    publisher: Line = ""
    year: Annotated[int, Field(ge=1400, le=2099)] | None = None
    isbn: Annotated[str, Field(max_length=13, pattern=r"^([0-9]{13})?$")] = ""
    kind: ItemKind = ItemKind.BOOK
    section: ShortLine = ""
    grade: Annotated[int, Field(ge=1, le=11)] | None = None


class TitlesFound(Message):
    """What was found, and why it may be too little: then the title is typed."""

    source: TitleSource | None
    titles: tuple[TitleFound, ...]
    trouble: Reason | None = None


class NewCopy(Message):
    """The numbers of one new copy; without a barcode its inventory number is its number."""

    item_id: ItemIdText
    inventory_no: Annotated[str, Field(max_length=32, pattern=_LINE)] = ""


class ArrivalRequest(Operation):
    """Copies of one title that came by one document."""

    title: TitleFound
    batch: Annotated[str, Field(min_length=1, max_length=64, pattern=_LINE)]
    day: date | None = None
    place: ShortLine = ""
    part_names: Annotated[tuple[PartText, ...], Field(max_length=255)] = ()
    copies: Annotated[tuple[NewCopy, ...], Field(min_length=1, max_length=MOST_ARRIVING)]

    @model_validator(mode="after")
    def _each_number_once(self) -> "ArrivalRequest":
        if len({copy.item_id for copy in self.copies}) < len(self.copies):
            raise ValueError("each copy has a number of its own")
        return self


class ArrivalReceipt(Message):
    """The copies in the ledger, in the order given: to be tagged now."""

    op_id: UUID
    copies: tuple[CopyToTag, ...]


class TagLogLine(Message):
    """One line of the log, for people and for export."""

    at: datetime
    operator: str
    device: str
    owner: str
    item_id: str
    part: int
    uid: str
    result: TagResult | Literal["undone"]
    note: str
