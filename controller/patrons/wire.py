"""What staff's pages and programs say about people. None of it ever goes to a device."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from circulation.api import API, CardText, Message, NumberText
from circulation.policy import PatronCategory
from controller.patrons.tables import ConsentBy, ConsentKind, NumberKind, SeenPart

PATRONS = f"{API}/patrons"
DEBTS = f"{API}/debts"
PROMOTION = f"{API}/promotion"

# no control characters: a NUL ends a text in PostgreSQL, a newline a line of a list
_LINE = r"^[^\x00-\x1f\x7f]*$"
NameText = Annotated[str, Field(max_length=80, pattern=_LINE)]
FamilyText = Annotated[str, Field(min_length=1, max_length=80, pattern=_LINE)]
ClassText = Annotated[str, Field(max_length=16, pattern=_LINE)]
YesNo = Annotated[bool, Field(strict=True)]  # "no" in quotes is a mistake, not a wish
CardOrNumber = Annotated[str, Field(pattern=r"^[!-~]{1,40}$")]


class PatronFields(Message):
    """What is written about a person, and no more."""

    family_name: FamilyText
    given_name: NameText = ""
    patronymic: NameText = ""
    class_name: ClassText = ""
    category: PatronCategory
    has_left: YesNo = False


class NewPatron(Message):
    """A person to be added; the same operation again adds nobody."""

    op_id: UUID
    fields: PatronFields


class PatronLine(Message):
    """One person in a list."""

    patron_id: str
    name: str
    class_name: str
    category: PatronCategory
    has_left: bool


class PatronLines(Message):
    """Who was found; `more` when only the first are here."""

    patrons: tuple[PatronLine, ...]
    more: bool


class CardView(Message):
    """A card by its chip."""

    uid: str
    blocked: bool


class NumberView(Message):
    """A card by what is printed on it."""

    number: str
    kind: NumberKind
    blocked: bool


class ConsentFields(Message):
    """A consent on paper. The same one again changes nothing; `withdrawn_on` ends it."""

    kind: ConsentKind
    given_by: ConsentBy
    given_on: date
    withdrawn_on: date | None = None


class BlockView(Message):
    """Why nothing is lent, who said so, and the last day of it (None: until it is lifted)."""

    block_id: int
    note: str
    staff: str
    since: datetime
    until: date | None


class PatronRecord(Message):
    """All that the ledger knows of a person but the loans themselves."""

    patron_id: str
    fields: PatronFields
    blocks: tuple[BlockView, ...]
    cards: tuple[CardView, ...]
    numbers: tuple[NumberView, ...]
    consents: tuple[ConsentFields, ...]
    keeps_history: bool
    past_loans: int  # counted when the titles were forgotten


class CardIssue(Message):
    """A card for this person. `replaces` is blocked in the same step."""

    uid: CardText
    replaces: CardOrNumber | None = None


class NumberIssue(Message):
    """A card with a printed number for this person."""

    number: NumberText
    kind: NumberKind
    replaces: CardOrNumber | None = None


class CardBlock(Message):
    """Block a card, or give it free again; works at once on every kiosk that asks."""

    card: CardOrNumber
    blocked: YesNo = True


class HistoryWish(Message):
    """Does the person want past titles kept?"""

    keep: YesNo


class Seen(Message):
    """Who looked."""

    at: datetime
    login: str
    part: SeenPart


class SeenList(Message):
    """Who looked at this person's record, the newest first."""

    seen: tuple[Seen, ...]


class Debt(Message):
    """One copy that is still out."""

    item_id: str
    inventory_no: str | None
    title: str
    author: str
    due: date
    price: int | None  # kopecks


class Debtor(Message):
    """One person on the clearance list."""

    patron: PatronLine
    debts: Annotated[tuple[Debt, ...], Field(min_length=1)]


class Debtors(Message):
    """The clearance list («обходной лист»): by class and name."""

    debtors: tuple[Debtor, ...]


class ClassMove(Message):
    """A class and what becomes of it; None: its pupils leave."""

    class_name: str
    becomes: str | None
    pupils: int


class PromotionPlan(Message):
    """What applying would do. `seen` goes back with the order, so that nothing else is done."""

    school_year: int  # the year it ends in
    applied: bool
    moves: tuple[ClassMove, ...]
    unclear: tuple[str, ...]  # classes without a grade: they stay
    seen: str


class PromotionOrder(Message):
    """Do what the plan said."""

    school_year: Annotated[int, Field(ge=2000, le=2200)]
    seen: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PromotionDone(Message):
    """What was done, now or the first time."""

    school_year: int
    promoted: int
    leavers: int


class PatronQuery(Message):
    """The beginning of a family name, a class, or anything that stands on a card.

    It comes as a body because addresses end up in logs, and names must not.
    """

    text: Annotated[str, Field(min_length=1, max_length=80, pattern=_LINE)]


STAFF_BODIES: tuple[type[Message], ...] = (
    PatronQuery,
    NewPatron,
    PatronFields,
    ConsentFields,
    CardIssue,
    NumberIssue,
    CardBlock,
    HistoryWish,
    PromotionOrder,
)
