"""What staff's pages and programs say about textbook sets. None of it goes to a device."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from circulation.api import API, Message, PatronText
from circulation.class_sets import ClassText
from circulation.textbooks import Audience

TEXTBOOK_SETS = f"{API}/textbook-sets"
TEXTBOOK_PROVISION = f"{TEXTBOOK_SETS}/provision"
MOST_LINES = 60

GroupText = Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]
YearNumber = Annotated[int, Field(ge=2000, le=2199)]
TitleNumber = Annotated[int, Field(ge=1, lt=2**31)]


class SetLineFields(Message):
    """So many copies of a title for each of the class, of a group, or for one person."""

    title_id: TitleNumber
    quantity: Annotated[int, Field(ge=1, le=99)] = 1
    audience: Audience = Audience.CLASS
    group: GroupText = ""
    patron_id: PatronText | None = None

    @model_validator(mode="after")
    def _fits(self) -> "SetLineFields":
        if (self.audience is Audience.GROUP) != bool(self.group):
            raise ValueError("a line for a group names it, and no other line does")
        if (self.audience is Audience.PERSON) != (self.patron_id is not None):
            raise ValueError("a line for a person names him, and no other line does")
        return self


class GroupFields(Message):
    """A group of the class and who is in it."""

    name: Annotated[GroupText, Field(min_length=1)]
    patron_ids: Annotated[tuple[PatronText, ...], Field(max_length=60)]


class ClassSet(Message):
    """The set of a class for a school year (the year it ends in), its groups and its teacher."""

    class_name: ClassText
    school_year: YearNumber
    lines: Annotated[tuple[SetLineFields, ...], Field(max_length=MOST_LINES)]
    groups: Annotated[tuple[GroupFields, ...], Field(max_length=20)] = ()
    teacher_id: PatronText | None = None


class SetTrouble(StrEnum):
    """Why a set cannot be written as it is."""

    TITLE_UNKNOWN = "title_unknown"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_LEFT = "person_left"
    NOT_IN_CLASS = "not_in_class"
    GROUP_UNKNOWN = "group_unknown"
    NOT_A_TEACHER = "not_a_teacher"
    CLASS_UNKNOWN = "class_unknown"


class SetProblem(Message):
    """One thing to mend; `about` is the id or name that is meant."""

    trouble: SetTrouble
    about: str


class SetRefusal(Message):
    """Nothing was written; every problem is here."""

    problems: Annotated[tuple[SetProblem, ...], Field(min_length=1)]


class ProvisionLine(Message):
    """One title next year. `short` is what must be bought."""

    title_id: int
    title: str
    author: str
    needed: int
    copies: int
    last_year: int | None  # by the federal list
    expired: bool
    short: int


class ProvisionView(Message):
    """Copies against pupils, the largest gap first. `classes` without a set are named."""

    school_year: int
    lines: tuple[ProvisionLine, ...]
    classes_without_set: tuple[str, ...]


TEXTBOOK_BODIES: tuple[type[Message], ...] = (ClassSet,)
