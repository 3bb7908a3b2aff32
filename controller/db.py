"""The database: one engine for SQLite (WAL, FULL) or PostgreSQL, and its migrations.

Every SQLAlchemy transaction on SQLite begins IMMEDIATE: a plain BEGIN that writes later fails with
"locked" under two writers instead of waiting its turn.
"""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from controller.sql import Dialect, Statement, Transaction

BUSY_TIMEOUT_MS = 5_000  # importers and the writer wait for each other this long
_ONE_UPGRADE = 0x506F6C6B62  # controllers that start together upgrade one after the other
_CACHED_STATEMENTS = 256  # the hot path's strings stay compiled
_POSTGRESQL_OPTIONS = {
    # A write waits as long as on SQLite. A session that stops in the middle of a transaction (its
    # machine froze) would keep the write lock from every other controller.
    "options": f"-c lock_timeout={BUSY_TIMEOUT_MS} -c idle_in_transaction_session_timeout=60s",
    "connect_timeout": 5,  # a server that is away is said so, soon
    "tcp_user_timeout": 10_000,  # and so is one that went away without a word
}
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a loan that was answered survives a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # an erased name is overwritten, not only unlinked
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}",
)
_SAVED_IN_MEMORY = Statement("PRAGMA temp_store = MEMORY")


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path/to/polka.db` or `postgresql+psycopg://...`.

    Raw connections come from `raw_connection`.
    """
    if url.startswith("sqlite"):
        return _sqlite_engine(url)
    return create_engine(url, connect_args=_POSTGRESQL_OPTIONS, pool_pre_ping=True)


def raw_connection(engine: Engine) -> Any:
    """A driver's connection in autocommit: its user says BEGIN and COMMIT, and closes it."""
    connection = engine.raw_connection()
    if engine.dialect.name == "postgresql":
        connection.driver_connection.autocommit = True  # type: ignore[union-attr]
    connection.detach()  # autocommit would surprise the pool's next user
    return connection


def open_transaction(engine: Engine) -> Transaction:
    """A connection of the caller's own, for plain SQL."""
    return Transaction(raw_connection(engine), Dialect(engine.dialect.name))


def open_writer(engine: Engine) -> Transaction:
    """The same for the writer, whose commands each have a savepoint.

    On SQLite the pages that a savepoint would bring back are kept in memory: as a file, which they
    become at the seventeenth page, they were a sixth of what a batch costs.
    """
    transaction = open_transaction(engine)
    if transaction.dialect is Dialect.SQLITE:
        transaction.rows(_SAVED_IN_MEMORY, {})
    return transaction


def faults(engine: Engine) -> tuple[type[Exception], ...]:
    """What the driver raises when the ledger is not well: locked, full, away, of another version.

    Everything else is the fault of the one statement that raised it.
    """
    driver = engine.dialect.loaded_dbapi
    if engine.dialect.name == Dialect.SQLITE:
        return (driver.OperationalError,)
    other_version = (driver.errors.UndefinedTable, driver.errors.UndefinedColumn)
    read_only = driver.errors.ReadOnlySqlTransaction  # a standby, until it is the first again
    return (driver.OperationalError, driver.InterfaceError, read_only, *other_version)


def failures(engine: Engine) -> tuple[type[Exception], ...]:
    """Whatever this database raises, through SQLAlchemy or past it: for who cannot go on then."""
    return (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)


def sqlite_url(path: Path) -> str:
    """The URL of a SQLite file."""
    return f"sqlite:///{path}"


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; harmless when it is there already."""
    with engine.begin() as connection:
        if engine.dialect.name == Dialect.POSTGRESQL:  # SQLite's BEGIN IMMEDIATE did it
            connection.execute(text("SET LOCAL lock_timeout = 0"))  # however long the other takes
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_UPGRADE})"))
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
