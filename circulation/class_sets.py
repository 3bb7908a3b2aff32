"""HTTP bodies of textbooks issued and collected by set; rules of the wire as in `circulation.api`.

A kiosk or the librarian's station asks what a stack lacks (`TEXTBOOK_STACKS`), then writes what it
takes as one batch (`circulation.offline.OPERATIONS`). A class session lets a teacher or the
librarian pick a pupil without a card from the class list: it stands on one device, for one class,
for a limited time.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from circulation.api import (
    API,
    ItemIdText,
    Message,
    NumberText,
    Operation,
    OwnerText,
    PatronText,
    PatronView,
)
from circulation.textbooks import Condition, Purpose, Spare

TEXTBOOKS = f"{API}/textbooks"
TEXTBOOK_STACKS = f"{TEXTBOOKS}/stacks"
TEXTBOOK_SESSION = f"{TEXTBOOKS}/session"
TEXTBOOK_SESSION_END = f"{TEXTBOOK_SESSION}/end"
TEXTBOOK_CLASS = f"{TEXTBOOKS}/class"
TEXTBOOK_LED = f"{TEXTBOOKS}/led/{{patron_id}}"
TEXTBOOK_CONDITIONS = f"{TEXTBOOKS}/conditions"
MOST_COPIES = 100  # on one pad
SESSION_MINUTES = 15  # of a class session, from the moment it was opened or begun anew

ClassText = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[^\x00-\x1f\x7f]*$")]


class StackCopyQuery(Message):
    """One copy of the stack as its tag says."""

    owner: OwnerText
    item_id: ItemIdText


class StackQuery(Message):
    """What does this pupil's stack lack? Copies by tag; those without one by what was scanned."""

    patron_id: PatronText
    purpose: Purpose = Purpose.ISSUE
    copies: Annotated[tuple[StackCopyQuery, ...], Field(max_length=MOST_COPIES)] = ()
    numbers: Annotated[tuple[NumberText, ...], Field(max_length=MOST_COPIES)] = ()


class StackTick(Message):
    """One title: `wanted` in all, `held` already, `on_pad` in this act. The rest is missing."""

    title_id: int
    title: str
    author: str
    section: str
    wanted: int
    held: int
    on_pad: int
    missing: int


class StackCopy(Message):
    """One copy of the stack; `why` is empty for one that belongs to the act."""

    owner: str
    item_id: str
    title: str
    author: str
    why: Spare | None = None


class TwoCopies(Message):
    """A number that stands on several copies: lay the book on the pad, or read its barcode."""

    number: str
    copies: tuple[StackCopy, ...]


class StackAnswer(Message):
    """The stack against the set. Nothing was written."""

    patron: PatronView
    purpose: Purpose
    ticks: tuple[StackTick, ...]
    take: tuple[StackCopy, ...]
    spare: tuple[StackCopy, ...]
    unknown: tuple[str, ...]  # item ids and numbers that the ledger does not know
    ambiguous: tuple[TwoCopies, ...]
    complete: bool


class OpenClassSession(Operation):
    """Begin to issue or collect for a class, or begin anew its time.

    At a kiosk `patron_id` is of the class teacher, whose card lies there; without a `class_name` it
    is the one class that this teacher leads; of several one is chosen (`LedClasses`). At a station
    who signed in opens any class by name.
    """

    class_name: ClassText | None = None
    purpose: Purpose = Purpose.ISSUE
    patron_id: PatronText | None = None


class LedClasses(Message):
    """The classes with pupils that this person leads, by grade; none for anybody else."""

    classes: tuple[str, ...]


class EndClassSession(Operation):
    """The teacher goes; harmless when no session stands."""


class ClassSessionView(Message):
    """The session of this device; without a `class_name` none stands."""

    class_name: str | None = None
    purpose: Purpose | None = None
    teacher: str | None = None  # masked, or the account that signed in
    ends_at: datetime | None = None

    @model_validator(mode="after")
    def _whole(self) -> "ClassSessionView":
        if (self.class_name is None) != (self.ends_at is None):
            raise ValueError("a session has a class and an end, or neither")
        return self


class ClassSessionReceipt(Message):
    """How the session stands now."""

    op_id: UUID
    session: ClassSessionView


class ClassPupil(Message):
    """One line of the class list; the name only as far as it tells two pupils apart."""

    patron_id: str
    number: int  # in the list
    name: str
    wanted: int
    held: int  # of the set when issuing; textbooks in all when collecting
    has_card: bool


class ClassList(Message):
    """The pupils of the class, by name; those who left are not among them."""

    class_name: str
    year: int
    purpose: Purpose
    pupils: tuple[ClassPupil, ...]


class ConditionRequest(Operation):
    """How this copy came back; of a damaged one nothing more is lent until it is mended."""

    owner: OwnerText
    item_id: ItemIdText
    condition: Literal[Condition.GOOD, Condition.WORN, Condition.DAMAGED]
    note: Annotated[str, Field(max_length=400, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class ConditionReceipt(Message):
    """The mark is written; `title` says of what."""

    op_id: UUID
    item_id: str
    title: str
    condition: Condition
