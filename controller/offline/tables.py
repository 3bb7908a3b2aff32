"""Facts that reached the ledger late: their numbers, and the questions they raised."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from circulation.messages import Clock
from circulation.offline import Choice, ConflictKind
from controller.columns import UtcDateTime, word_column

_OPEN = text("settled_at IS NULL")


class DeviceSequence(SQLModel, table=True):
    """A device's own number of an operation: one operation per number, for ever."""

    __tablename__ = "device_sequence"

    device_id: int = Field(primary_key=True, foreign_key="device.id")
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    op_id: str = Field(max_length=36)


class Conflict(SQLModel, table=True):
    """A fact that the ledger could not apply: it waits for a librarian, with everything known."""

    __table_args__ = (
        UniqueConstraint("op_id"),
        Index("ix_conflict_open", "decide_by", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    op_id: str = Field(max_length=36)
    owner: str = Field(max_length=16)  # the library whose staff must decide
    kind: ConflictKind = Field(sa_type=word_column(ConflictKind, guarded=False))
    device_id: int = Field(foreign_key="device.id")
    item_id: int | None = Field(default=None, foreign_key="item.id")
    happened_at: datetime = Field(sa_type=UtcDateTime)
    clock: Clock = Field(sa_type=word_column(Clock))
    fact: str = Field(sa_type=Text)  # JSON of the operation as the device sent it
    evidence: str = Field(sa_type=Text)  # JSON, flat: what the ledger held against it
    found_at: datetime = Field(sa_type=UtcDateTime)
    decide_by: date
    choice: Choice | None = Field(default=None, sa_type=word_column(Choice, guarded=False))
    staff: str | None = Field(default=None, max_length=80)
    note: str | None = Field(default=None, max_length=400)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    forgotten: bool = False  # fact and evidence no longer say whom they were about
