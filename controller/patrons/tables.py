"""People beyond name and card: consents, numbers on cards, wishes, and who looked at whom."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime, word_column


class ConsentKind(StrEnum):
    """What was consented to (152-ФЗ, статья 9: each purpose by itself)."""

    PERSONAL_DATA = "personal_data"
    READING_HISTORY = "reading_history"


class ConsentBy(StrEnum):
    """Who consented: the patron, or for a minor a parent or another legal representative."""

    PATRON = "patron"
    PARENT = "parent"
    REPRESENTATIVE = "representative"


class NumberKind(StrEnum):
    """How a number stands on a card."""

    BARCODE = "barcode"
    QR = "qr"


class SeenPart(StrEnum):
    """Which part of a person's record was looked at."""

    RECORD = "record"
    DEBTS = "debts"


class Consent(SQLModel, table=True):
    """One consent on paper: whose, what for, by whom, when; never the paper itself."""

    id: int | None = Field(default=None, primary_key=True)
    patron_id: str = Field(foreign_key="patron.id", index=True, max_length=40)
    kind: ConsentKind = Field(sa_type=word_column(ConsentKind))
    given_by: ConsentBy = Field(sa_type=word_column(ConsentBy))
    given_on: date
    withdrawn_on: date | None = None
    staff_id: int = Field(foreign_key="staff.id")


class CardNumber(SQLModel, table=True):
    """A card known by what is printed on it; a card by its chip is in `card`."""

    __tablename__ = "card_number"

    number: str = Field(primary_key=True, max_length=40)
    kind: NumberKind = Field(sa_type=word_column(NumberKind))
    patron_id: str = Field(foreign_key="patron.id", index=True, max_length=40)
    blocked: bool = False


class PatronReading(SQLModel, table=True):
    """What remains of past loans: a count, unless the person wants the titles kept."""

    __tablename__ = "patron_reading"

    patron_id: str = Field(primary_key=True, foreign_key="patron.id", max_length=40)
    keep_history: bool = False
    past_loans: int = 0


class ErasedPatron(SQLModel, table=True):
    """A patron whose names, cards and consents are gone; the opaque id stays for the references."""

    __tablename__ = "erased_patron"

    patron_id: str = Field(primary_key=True, foreign_key="patron.id", max_length=40)
    at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(foreign_key="staff.id")


class PatronSeen(SQLModel, table=True):
    """Who of the staff looked at whose record, when."""

    __tablename__ = "patron_seen"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(foreign_key="staff.id")
    patron_id: str = Field(foreign_key="patron.id", index=True, max_length=40)
    part: SeenPart = Field(sa_type=word_column(SeenPart))


class Promotion(SQLModel, table=True):
    """The classes of one library's school year moved up: once."""

    library: str = Field(primary_key=True, max_length=16)  # ISIL
    school_year: int = Field(primary_key=True)  # the year it ended in
    applied_at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(foreign_key="staff.id")
    promoted: int
    leavers: int
