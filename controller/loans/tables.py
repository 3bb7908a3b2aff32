"""Blocks of patrons: each with its reason, its end and who said so."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime

_STANDS = text("lifted_at IS NULL")


class PatronBlock(SQLModel, table=True):
    """Nothing is lent until the end of `until`, or for ever where it is empty, unless lifted."""

    __tablename__ = "patron_block"
    __table_args__ = (
        Index(
            "ix_patron_block_standing",
            "patron_id",
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    patron_id: str = Field(foreign_key="patron.id")
    note: str = Field(max_length=400)
    staff: str = Field(max_length=80)
    since: datetime = Field(sa_type=UtcDateTime)
    until: date | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    lifted_by: str | None = Field(default=None, max_length=80)
