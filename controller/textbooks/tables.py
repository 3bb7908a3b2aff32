"""Sets by class and year, groups of a class, class teachers, sessions, marks of condition."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from circulation.textbooks import Audience, Condition, Purpose
from controller.columns import UtcDateTime, word_column

_STANDS = text("ended_at IS NULL")


class TextbookLine(SQLModel, table=True):
    """So many copies of a title for a class, a group of it or one person, in a school year."""

    __tablename__ = "textbook_line"
    __table_args__ = (
        CheckConstraint("quantity BETWEEN 1 AND 99", name="quantity"),
        Index("ix_textbook_line_class", "library", "school_year", "class_name"),
    )

    id: int | None = Field(default=None, primary_key=True)
    library: str = Field(max_length=16)  # ISIL
    school_year: int  # the year it ends in
    class_name: str = Field(max_length=16)
    title_id: int = Field(foreign_key="title.id", index=True)
    quantity: int = 1
    audience: Audience = Field(sa_type=word_column(Audience))
    group_name: str = Field(default="", max_length=40)
    patron_id: str | None = Field(default=None, foreign_key="patron.id", max_length=40)


class ClassGroup(SQLModel, table=True):
    """A pupil is in a group of his class, «немецкий»; it moves up with him."""

    __tablename__ = "class_group"

    library: str = Field(primary_key=True, max_length=16)
    group_name: str = Field(primary_key=True, max_length=40)
    patron_id: str = Field(primary_key=True, foreign_key="patron.id", max_length=40, index=True)


class ClassTeacher(SQLModel, table=True):
    """The class teacher («классный руководитель»): opens the class's session by card."""

    __tablename__ = "class_teacher"

    library: str = Field(primary_key=True, max_length=16)
    class_name: str = Field(primary_key=True, max_length=16)
    patron_id: str = Field(foreign_key="patron.id", max_length=40, index=True)


class ClassSession(SQLModel, table=True):
    """A teacher or librarian works with a class at a device until `ends_at`."""

    __tablename__ = "class_session"
    __table_args__ = (
        Index(
            "uq_class_session_device",
            "device_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    library: str = Field(max_length=16)
    class_name: str = Field(max_length=16)
    purpose: Purpose = Field(sa_type=word_column(Purpose))
    patron_id: str | None = Field(default=None, foreign_key="patron.id", max_length=40)
    staff: str = Field(default="", max_length=80)  # the account, where one was signed in
    opened_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ConditionMark(SQLModel, table=True):
    """How a copy came back; of its last loan, whoever had it."""

    __tablename__ = "condition_mark"

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    loan_id: int | None = Field(default=None, foreign_key="loan.id", index=True)
    condition: Condition = Field(sa_type=word_column(Condition))
    note: str = Field(default="", max_length=400)
    at: datetime = Field(sa_type=UtcDateTime)
    device_id: int = Field(foreign_key="device.id")


class FederalListYear(SQLModel, table=True):
    """The last school year in which a textbook of the federal list (ФПУ) may be used."""

    __tablename__ = "federal_list_year"

    title_id: int = Field(primary_key=True, foreign_key="title.id")
    last_year: int  # the year it ends in
