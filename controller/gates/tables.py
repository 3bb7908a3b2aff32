"""Tables of the gates' half beside `gate_event`: who visited when, kept when events are gone."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime


class GateVisit(SQLModel, table=True):
    """People through one gate in one quarter of an hour."""

    __tablename__ = "gate_visit"

    device_id: int = Field(foreign_key="device.id", primary_key=True)
    quarter: datetime = Field(sa_column=Column(UtcDateTime, primary_key=True))  # its beginning
    came_in: int = 0
    went_out: int = 0
