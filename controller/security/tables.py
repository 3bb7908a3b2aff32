"""What antennas saw: each copy's last sighting, each passage's tags and what they mean."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from circulation.proof import Finding
from controller.columns import UtcDateTime, word_column


class ItemSighting(SQLModel, table=True):
    """The newest sighting of a copy, and the counts that its tag's quality is made from."""

    __tablename__ = "item_sighting"

    item_id: int = Field(primary_key=True, foreign_key="item.id")
    device_id: int = Field(foreign_key="device.id")
    antenna: int | None = None
    armed: bool
    verified: bool  # read back from the tag; a gate only hears it in passing
    at: datetime = Field(sa_type=UtcDateTime)
    sightings: int = 0
    failed_writes: int = 0
    taken_back_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the last return


class GateTagRow(SQLModel, table=True):
    """One tag in one event of a gate."""

    __tablename__ = "gate_tag"
    __table_args__ = (Index("ix_gate_tag_item_id", "item_id"),)

    event_id: str = Field(primary_key=True, foreign_key="gate_event.id", max_length=36)
    uid: str = Field(primary_key=True, max_length=62)  # an EPC is longer than a UID
    item_id: int | None = Field(default=None, foreign_key="item.id")
    finding: Finding = Field(sa_type=word_column(Finding))
