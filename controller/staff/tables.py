"""Accounts of staff, their cards, their sessions at browsers and stations, the tries to sign in."""

from datetime import datetime

from sqlalchemy import false
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
    by_card: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class StaffCard(SQLModel, table=True):
    """A card that says at a station who works there."""

    __tablename__ = "staff_card"

    uid: str = Field(primary_key=True, max_length=20)
    staff_id: int = Field(foreign_key="staff.id", index=True)


class CardWish(SQLModel, table=True):
    """A page of the console waits for a card on this station's reader, for some seconds."""

    __tablename__ = "card_wish"

    device_id: int = Field(primary_key=True, foreign_key="device.id")
    staff_id: int = Field(foreign_key="staff.id")
    until: datetime = Field(sa_type=UtcDateTime)
    heard_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the station knows of it
    uid: str | None = Field(default=None, max_length=20)  # until the page has fetched it


class SignInTry(SQLModel, table=True):
    """One try to sign in that did not succeed (yet), counted by account and by address."""

    __tablename__ = "sign_in_try"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64, index=True)  # SHA-256 of what is counted, hex
    at: datetime = Field(sa_type=UtcDateTime)
