"""Access of devices: how they were enrolled, what they may use, what they are set to."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime, word_column
from controller.tables import DeviceKind


class DeviceAccess(SQLModel, table=True):
    """What a device may use beside its token. `revoked_at` set: nothing, until enrolled anew."""

    __tablename__ = "device_access"

    device_id: int = Field(primary_key=True, foreign_key="device.id")
    mqtt_hash: str | None = Field(default=None, max_length=160)  # mosquitto_passwd's $7$ form
    enrolled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Enrolment(SQLModel, table=True):
    """A device that asks to be let in; neither its code nor its secret is kept."""

    __table_args__ = (CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),)

    id: str = Field(primary_key=True, max_length=36)
    library: str = Field(foreign_key="library.isil")
    name: str = Field(max_length=32)
    kind: DeviceKind = Field(sa_type=word_column(DeviceKind))
    version: str = Field(max_length=32)
    address: str = Field(max_length=64)  # where it asked from
    secret_hash: str = Field(max_length=64)  # SHA-256, hex
    code_hash: str = Field(max_length=64)  # SHA-256 of id and code, hex
    tries: int = 0  # wrong codes so far
    confirmed: bool = False
    collected: bool = False
    ends_at: datetime = Field(sa_type=UtcDateTime)


class DeviceSettingsRow(SQLModel, table=True):
    """The newest settings of a device; the number grows with each change."""

    __tablename__ = "device_settings"

    device_id: int = Field(primary_key=True, foreign_key="device.id")
    version: int
    document: str = Field(sa_type=Text)  # JSON of KioskSettings or GateSettings
    changed_at: datetime = Field(sa_type=UtcDateTime)
    staff_id: int = Field(foreign_key="staff.id")
