"""What the catalogue keeps beside titles and copies: batches of stock, and runs of an import."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime, word_column


class BatchKind(StrEnum):
    """Why copies belong together on paper."""

    ARRIVAL = "arrival"  # came with one delivery note
    WRITE_OFF = "write_off"  # left by one act


class Batch(SQLModel, table=True):
    """Copies that came or went by one document, as the summary book (КСУ) counts them."""

    __table_args__ = (UniqueConstraint("owner", "kind", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(foreign_key="library.isil", max_length=16)
    kind: BatchKind = Field(sa_type=word_column(BatchKind))
    number: str = Field(max_length=64)  # of the document: "15/2026"
    day: date | None = None
    reason: str = ""  # "ветхость", "утрата"


class BatchItem(SQLModel, table=True):
    """A copy came once and leaves once: one batch of each kind."""

    __tablename__ = "batch_item"

    item_id: int = Field(foreign_key="item.id", primary_key=True)
    kind: BatchKind = Field(sa_type=word_column(BatchKind), primary_key=True)
    batch_id: int = Field(foreign_key="batch.id", index=True)


class ImportRun(SQLModel, table=True):
    """How far an import came: written with each of its batches, so that it can go on from there."""

    __tablename__ = "import_run"
    __table_args__ = (UniqueConstraint("digest", "owner"),)

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(max_length=64)  # SHA-256 of the file, hex
    owner: str = Field(foreign_key="library.isil", max_length=16)
    titles_done: int = 0
    began_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
