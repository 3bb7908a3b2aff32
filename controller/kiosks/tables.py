"""Calls for the librarian, and what kiosks count of their use; no person in either."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime


class LibrarianCall(SQLModel, table=True):
    """Somebody at a device pressed "help". `answered_at` None: nobody has said "coming" yet."""

    __tablename__ = "librarian_call"
    __table_args__ = (Index("ix_librarian_call_called_at", "called_at"),)

    id: int | None = Field(default=None, primary_key=True)
    device_id: int = Field(foreign_key="device.id")
    called_at: datetime = Field(sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeviceUsage(SQLModel, table=True):
    """How often something happened at a device on one day."""

    __tablename__ = "device_usage"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)

    day: date = Field(primary_key=True)
    device_id: int = Field(primary_key=True, foreign_key="device.id")
    counter: str = Field(primary_key=True, max_length=64)
    number: int
