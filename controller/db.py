"""The database: one engine for SQLite (WAL, FULL) or PostgreSQL, and its migrations.

Every SQLAlchemy transaction on SQLite begins IMMEDIATE: a plain BEGIN that writes later fails with
"locked" under two writers instead of waiting its turn.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event

BUSY_TIMEOUT_MS = 5_000  # importers and the writer wait for each other this long
_CACHED_STATEMENTS = 256  # the hot path's strings stay compiled
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a loan that was answered survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # an erased name is overwritten, not only unlinked
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path/to/polka.db` or `postgresql+psycopg://...`.

    Raw connections come from `raw_connection`.
    """
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    return create_engine(url)


def raw_connection(engine: Engine) -> Any:
    """A driver's connection in autocommit: its user says BEGIN and COMMIT, and closes it."""
    connection = engine.raw_connection()
    if engine.dialect.name == "postgresql":
        connection.driver_connection.autocommit = True  # type: ignore[union-attr]
    connection.detach()  # autocommit would surprise the pool's next user
    return connection


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; harmless when it is there already."""
    with engine.begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic on this connection with the project's migrations."""
    config = Config()
    config.set_main_option("script_location", "controller:migrations")
    config.attributes["connection"] = connection
    return config


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"cached_statements": _CACHED_STATEMENTS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None  # we say BEGIN, not the driver
    cursor = dbapi_connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
