"""What the encoding stations leave behind: every try, and the tags of a set's other parts."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime


class TagLog(SQLModel, table=True):
    """One try to write one tag. A copy that goes from the ledger leaves its lines here."""

    __tablename__ = "tag_log"
    __table_args__ = (
        Index("ix_tag_log_library_at", "library", "at"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    op_id: str = Field(max_length=36, unique=True)
    library: str = Field(max_length=16)
    at: datetime = Field(sa_type=UtcDateTime)
    device_id: int = Field(foreign_key="device.id")
    staff: str = Field(max_length=64)
    owner: str = Field(max_length=16)
    item_id: str = Field(max_length=16)
    part: int
    uid: str = Field(max_length=16)
    result: str = Field(max_length=16)
    note: str = Field(default="", max_length=80)
    before_uid: str | None = Field(default=None, max_length=16)  # the tag that this one replaced
    moved_from: str | None = Field(default=None, max_length=20)  # item's row and part: "17/1"
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class PartTag(SQLModel, table=True):
    """The tag of one part of a set; that of part 1 is `item.tag_uid`, which gates know."""

    __tablename__ = "part_tag"

    item_id: int = Field(primary_key=True, foreign_key="item.id")
    part: int = Field(primary_key=True)
    uid: str = Field(max_length=16, unique=True)
