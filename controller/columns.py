"""Column types that mean the same on SQLite and PostgreSQL, for the tables and for plain SQL."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, String
from sqlalchemy.types import TypeDecorator, TypeEngine

_UTC_TEXT_LENGTH = 32  # 2026-11-23T08:15:33.123456+00:00


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC: timestamptz on PostgreSQL, sortable ISO text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite has no moments: its DATETIME would drop the zone silently."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(_UTC_TEXT_LENGTH))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive moment; write UTC."""
        if value is None:
            return None
        return utc_text(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """An aware moment in UTC."""
        return None if value is None else to_utc(value)


def utc_text(moment: datetime) -> str:
    """ISO text in UTC, always of the same length, so that text order is time order.

    A naive moment is a `ValueError`. PostgreSQL reads the same text as timestamptz.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; give an aware moment")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_utc(value: str | datetime) -> datetime:
    """What either database driver returns for a `UtcDateTime` column, as an aware moment."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.astimezone(UTC)


def to_date(value: str | date) -> date:
    """What either database driver returns for a date column."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def word_column(words: type[StrEnum], *, guarded: bool = True) -> Enum:
    """A text column of these words' values; a CHECK guards it unless the list will keep growing.

    A new word under a CHECK means that SQLite copies the whole table.
    """
    return Enum(
        words,
        native_enum=False,
        create_constraint=guarded,
        length=32,
        name=words.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )
