"""Accounts of staff, their sessions at browsers and stations, and the tries to sign in."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from controller.columns import UtcDateTime, word_column
from controller.staff.rights import Role


class StaffAccount(SQLModel, table=True):
    """A person who may sign in. An account that ended stays: the logs name its id."""

    __tablename__ = "staff"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=32)
    role: Role = Field(sa_type=word_column(Role))
    class_name: str = Field(default="", max_length=16)  # the class a teacher looks after
    password_hash: str = Field(max_length=256)  # argon2id in PHC form
    active: bool = True
    created_at: datetime = Field(sa_type=UtcDateTime)


class StaffSession(SQLModel, table=True):
    """One browser that is signed in; the token itself is only in its cookie."""

    __tablename__ = "staff_session"

    token_hash: str = Field(primary_key=True, max_length=64)  # SHA-256, hex
    staff_id: int = Field(foreign_key="staff.id", index=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)


class DeviceOperator(SQLModel, table=True):
    """Who of the staff works at a station; the row outlives its time and then means nobody."""

    __tablename__ = "device_operator"

    device_id: int = Field(primary_key=True, foreign_key="device.id")
    staff_id: int = Field(foreign_key="staff.id", index=True)
    since: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)


class SignInTry(SQLModel, table=True):
    """One try to sign in that did not succeed (yet), counted by account and by address."""

    __tablename__ = "sign_in_try"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, index=True)  # SHA-256 of what is counted, hex
    at: datetime = Field(sa_type=UtcDateTime)
