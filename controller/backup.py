"""Copy the ledger while it works, and put a copy back: checked before anybody relies on it.

SQLite only; PostgreSQL has pg_dump and point-in-time recovery, and we do not wrap them.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

_SQLITE = "sqlite:///"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"


class BackupFailed(Exception):
    """Nothing was replaced; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy that is whole: its schema's revision and the number of rows of each table."""

    revision: str
    rows: dict[str, int]


def is_sqlite(database_url: str) -> bool:
    """Is the ledger a file that we copy ourselves?"""
    return database_url.startswith(_SQLITE)


def sqlite_file(database_url: str) -> Path:
    """The ledger's file, or `BackupFailed` for another engine."""
    if not is_sqlite(database_url):
        raise BackupFailed("this ledger is on PostgreSQL: use pg_dump and pg_restore")
    return Path(database_url.removeprefix(_SQLITE))


def back_up(ledger: Path, copy: Path) -> Checked:
    """A checked copy of the ledger as it stands when the copying begins; loans go on meanwhile.

    An older copy of this name stays until the new one is whole.
    """
    if not ledger.is_file():
        raise BackupFailed(f"there is no ledger at {ledger}")
    if copy.exists() and ledger.samefile(copy):
        raise BackupFailed("the copy would replace the ledger itself; give another file")
    new = copy.with_name(copy.name + ".part")
    try:
        _private_empty(new)
        with closing(_read_only(ledger)) as source, closing(sqlite3.connect(new)) as target:
            source.backup(target)  # in one step: between steps every commit would begin it anew
            target.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it
        checked = check(new)
        _keep(new, copy)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{ledger} could not be copied to {copy}: {error}") from error
    finally:
        new.unlink(missing_ok=True)
    return checked


def restore(copy: Path, ledger: Path) -> Checked:
    """The ledger is the copy now; the ledger that was there is kept beside it as `.before-restore`.

    `BackupFailed` for a copy that is not whole, or while a controller runs on this ledger.
    """
    if not copy.is_file():
        raise BackupFailed(f"there is no copy at {copy}")
    if ledger.exists() and ledger.samefile(copy):
        raise BackupFailed("the copy is the ledger itself; give another file")
    checked = check(copy)
    new = ledger.with_name(ledger.name + ".part")
    try:
        with _alone(ledger):
            _private_empty(new)
            with closing(_read_only(copy)) as source, closing(sqlite3.connect(new)) as target:
                source.backup(target)
            if check(new) != checked:
                raise BackupFailed(f"{copy} changed while it was read; nothing was replaced")
            _set_aside(ledger)
            _keep(new, ledger)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(f"{copy} could not be put back to {ledger}: {error}") from error
    finally:
        new.unlink(missing_ok=True)
    return checked


def check(copy: Path) -> Checked:
    """Pages, keys and tables are sound, or `BackupFailed`."""
    try:
        with closing(_read_only(copy)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupFailed(f"{copy} is damaged: {found}")
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
            if orphan is not None:
                raise BackupFailed(f"{copy} is damaged: a row of {orphan[0]} refers to nothing")
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            tables = [row[0] for row in connection.execute(_TABLES)]
            rows = {table: _count(connection, table) for table in tables}
    except sqlite3.Error as error:
        raise BackupFailed(f"{copy} is not a ledger: {error}") from error
    return Checked(revision, rows)


@contextmanager
def at_work(database_url: str) -> Iterator[None]:
    """A controller is at work on this ledger; `BackupFailed` while it is being restored."""
    if not is_sqlite(database_url):
        yield
        return
    ledger = sqlite_file(database_url)
    with _lock(ledger, fcntl.LOCK_SH, f"{ledger} is being restored: start again when that is done"):
        yield


@contextmanager
def _alone(ledger: Path) -> Iterator[None]:
    stop_first = f"a controller runs on {ledger}: stop it first"
    with _lock(ledger, fcntl.LOCK_EX, stop_first):
        yield


@contextmanager
def _lock(ledger: Path, kind: int, otherwise: str) -> Iterator[None]:
    """Ends with the process, however it ends: flock(2)."""
    with ledger.with_name(ledger.name + ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupFailed(otherwise) from error
        yield


def _count(connection: sqlite3.Connection, table: str) -> int:
    row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    return int(row[0])


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True)


def _private_empty(file: Path) -> None:
    """The copy holds names of people: readable by its owner alone."""
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _keep(new: Path, file: Path) -> None:
    """On the disk under its name, or not at all."""
    _sync(new)
    new.replace(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _set_aside(ledger: Path) -> None:
    """With its -wal: what was committed last stands there."""
    for suffix in ("", "-wal", "-shm"):
        file = ledger.with_name(ledger.name + suffix)
        if file.exists():
            file.replace(ledger.with_name(f"{ledger.name}.before-restore{suffix}"))
