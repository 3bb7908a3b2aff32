"""The table of holds. One copy waits for one patron at most: the database says so."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from circulation.holds import HoldState
from controller.columns import UtcDateTime, word_column

_OPEN = text("state IN ('waiting', 'ready')")
_READY = text("state = 'ready'")


class Hold(SQLModel, table=True):
    """A patron waits for a title in a library. The queue is the order of ids."""

    __table_args__ = (
        Index(
            "uq_hold_open_patron",
            "title_id",
            "owner",
            "patron_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(
            "uq_hold_ready_item",
            "item_id",
            unique=True,
            sqlite_where=_READY,
            postgresql_where=_READY,
        ),
        Index("ix_hold_open_by_patron", "patron_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id")
    owner: str = Field(foreign_key="library.isil", max_length=16)
    patron_id: str = Field(foreign_key="patron.id")
    state: HoldState = Field(default=HoldState.WAITING, sa_type=word_column(HoldState))
    item_id: int | None = Field(default=None, foreign_key="item.id")  # the copy, while it is ready
    placed_at: datetime = Field(sa_type=UtcDateTime)
    ready_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ready_until: date | None = None
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class LeftOnShelf(SQLModel, table=True):
    """A copy that its reader will not fetch, until a librarian moved it. Holds may be forgotten."""

    __tablename__ = "left_on_shelf"

    item_id: int = Field(primary_key=True, foreign_key="item.id")
    hold_id: int  # its slip shows the code of this hold, which may be forgotten already
    ended_at: datetime = Field(sa_type=UtcDateTime)
