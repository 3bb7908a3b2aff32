"""Runs of an import: which file, for whom, how far; so that a run that was cut off can go on."""

from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, Engine, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from circulation.ids import Isil
from controller.catalogue.tables import ImportRun
from controller.tables import Library


def ensure_library(engine: Engine, owner: Isil) -> None:
    """The owner's row, made on the first import; its name for topics comes from the ISIL."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in owner.lower())
    with engine.begin() as connection:
        if connection.scalar(select(col(Library.isil)).where(col(Library.isil) == owner)) is None:
            row = {"isil": owner, "name": name, "display_name": owner}
            connection.execute(_insert(connection.dialect, Library).on_conflict_do_nothing(), row)


def is_current(engine: Engine) -> bool:
    """True when the ledger has the tables of this version."""
    return inspect(engine).has_table(str(ImportRun.__tablename__))


def begin_run(engine: Engine, digest: str, owner: Isil, now: datetime, *, resume: bool) -> int:
    """How many titles of this file are written already: 0, or where a cut run of it ended."""
    mine = (col(ImportRun.digest) == digest, col(ImportRun.owner) == owner)
    with engine.begin() as connection:
        asked = select(col(ImportRun.titles_done), col(ImportRun.finished_at)).where(*mine)
        known = connection.execute(asked).first()
        if known is not None and resume and known.finished_at is None:
            return int(known.titles_done)
        insert = _insert(connection.dialect, ImportRun)
        fresh = {"titles_done": 0, "began_at": now, "finished_at": None}
        connection.execute(
            insert.values(digest=digest, owner=owner, **fresh).on_conflict_do_update(
                index_elements=["digest", "owner"], set_=fresh
            )
        )
    return 0


def finish_run(engine: Engine, digest: str, owner: Isil, now: datetime) -> None:
    """The whole file is in the ledger."""
    mine = (col(ImportRun.digest) == digest, col(ImportRun.owner) == owner)
    with engine.begin() as connection:
        connection.execute(update(ImportRun).where(*mine).values(finished_at=now))


def _insert(dialect: Dialect, table: Any) -> Any:
    """INSERT that knows ON CONFLICT; SQLite and PostgreSQL write it alike."""
    make: Any = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    return make(table)
