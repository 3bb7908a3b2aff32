"""What the drop took back, on its own disk before it is counted, until the ledger has it.

SQLite in WAL with synchronous=FULL. One row is a return, its place in the queue and its operation
id, so that neither a power cut nor a repeated answer makes a second one. Rows hold ids and times of
books, never of people. What was put in and not taken back stands in a table of its own.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from circulation.api import ReturnRequest
from circulation.ids import Copy, Isil, ItemId, TagUid
from circulation.messages import Clock
from circulation.offline import LateReturn
from kiosk.drop.effects import Doubt

log = structlog.get_logger(__name__)

KEEP_DAYS = 30  # settled rows; long enough to answer "what happened with my book"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS dropped (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, op_id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
    item TEXT NOT NULL, uid TEXT NOT NULL, at TEXT NOT NULL, clock TEXT NOT NULL,
    lies INTEGER NOT NULL DEFAULT 1, outcome TEXT NOT NULL DEFAULT 'waiting',
    detail TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS dropped_waiting ON dropped (seq) WHERE outcome = 'waiting';
CREATE TABLE IF NOT EXISTS review (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, clock TEXT NOT NULL, doubt TEXT NOT NULL,
    uid TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '', item TEXT NOT NULL DEFAULT '');
"""


class Outcome(StrEnum):
    """What became of a return."""

    WAITING = "waiting"
    APPLIED = "applied"
    CONFLICT = "conflict"  # the librarian is asked
    REFUSED = "refused"
    REJECTED = "rejected"  # the ledger does not understand it: kept for the staff


@dataclass(frozen=True, slots=True)
class Row:
    """One return as it was kept; the same operation, word for word, however often it is sent."""

    seq: int
    op_id: UUID
    copy: Copy
    uid: TagUid
    at: datetime
    clock: Clock
    outcome: Outcome = Outcome.WAITING
    detail: str = ""

    @property
    def operation(self) -> LateReturn:
        """What the ledger is told."""
        request = ReturnRequest(
            op_id=self.op_id,
            at=self.at,
            owner=self.copy.owner,
            item_id=self.copy.item,
            uid=self.uid,
        )
        return LateReturn(seq=self.seq, clock=self.clock, offline=True, request=request)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Something that was put in and not taken back."""

    at: datetime
    clock: Clock
    doubt: Doubt
    uid: str
    item: str


def open_outbox(path: Path) -> "Outbox":
    """The file; one that SQLite calls damaged is set aside as evidence, and a new one begins.

    The new one numbers from the seconds since 1970 on: no drop has taken so many books.
    """
    try:
        return Outbox(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        log.error("outbox_damaged", why=str(error))
    now = int(time.time())
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(part.with_name(f"{part.name}.damaged-{now}"))
    made = Outbox(path)
    made.number_after(now)
    return made


class Outbox:
    """The file. Every method is one transaction on disk and safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file; `sqlite3.Error` or `OSError` when it cannot be."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("the outbox is damaged")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
            self._drop_old_rows()
        except sqlite3.Error:
            self._db.close()
            raise

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def number_after(self, seq: int) -> None:
        """Numbers of a file that was lost may not come again."""
        with self._write() as db:
            db.execute("INSERT INTO sqlite_sequence VALUES ('dropped', ?)", (seq,))

    def keep(self, op_id: UUID, copy: Copy, uid: TagUid, at: datetime, clock: Clock) -> None:
        """Write a return down; after this it survives a power cut. Again is harmless."""
        with self._write() as db:
            db.execute(
                "INSERT INTO dropped (op_id, owner, item, uid, at, clock)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (op_id) DO NOTHING",
                (str(op_id), copy.owner, copy.item, uid, at.isoformat(), clock.value),
            )

    def gone(self, copy: Copy) -> None:
        """This copy lies in the slot no more."""
        with self._write() as db:
            db.execute(
                "UPDATE dropped SET lies = 0 WHERE owner = ? AND item = ? AND lies",
                (copy.owner, copy.item),
            )

    def lying(self) -> frozenset[Copy]:
        """The copies that lay in the slot when this file was last written."""
        rows = self._read("SELECT owner, item FROM dropped WHERE lies", ())
        return frozenset(Copy(Isil(owner), ItemId(item)) for owner, item in rows)

    def waiting(self, limit: int) -> tuple[Row, ...]:
        """What the ledger must still hear, in the order in which it happened."""
        return self._rows("WHERE outcome = 'waiting' ORDER BY seq LIMIT ?", (limit,))

    def count_waiting(self) -> int:
        """How many the ledger must still hear of."""
        [(count,)] = self._read("SELECT count(*) FROM dropped WHERE outcome = 'waiting'", ())
        return int(count)

    def settle(self, op_id: UUID, outcome: Outcome, detail: str = "") -> None:
        """Note how it ended."""
        with self._write() as db:
            db.execute(
                "UPDATE dropped SET outcome = ?, detail = ? WHERE op_id = ?",
                (outcome.value, detail, str(op_id)),
            )

    def all_rows(self) -> tuple[Row, ...]:
        """Everything that was taken back and is still kept, oldest first."""
        return self._rows("ORDER BY seq", ())

    def last_at(self) -> datetime | None:
        """The latest time here that could be believed: a clock once far ahead proves nothing."""
        [(text,)] = self._read("SELECT max(at) FROM dropped WHERE clock = 'sure'", ())
        return None if text is None else datetime.fromisoformat(str(text))

    def review(
        self, doubt: Doubt, at: datetime, clock: Clock, *, uid: str, copy: Copy | None
    ) -> None:
        """Write down what the librarian must look at."""
        owner, item = ("", "") if copy is None else (str(copy.owner), str(copy.item))
        with self._write() as db:
            db.execute(
                "INSERT INTO review (at, clock, doubt, uid, owner, item) VALUES (?, ?, ?, ?, ?, ?)",
                (at.isoformat(), clock.value, doubt.value, uid, owner, item),
            )

    def reviews(self) -> tuple[Doubtful, ...]:
        """What the librarian must look at, oldest first."""
        rows = self._read("SELECT at, clock, doubt, uid, item FROM review ORDER BY id", ())
        return tuple(
            Doubtful(datetime.fromisoformat(str(at)), Clock(clock), Doubt(doubt), str(uid), str(i))
            for at, clock, doubt, uid, i in rows
        )

    def _rows(self, condition: str, values: Sequence[object]) -> tuple[Row, ...]:
        columns = "seq, op_id, owner, item, uid, at, clock, outcome, detail"
        rows = self._read(f"SELECT {columns} FROM dropped {condition}", values)  # noqa: S608
        return tuple(_row(row) for row in rows)

    def _read(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._lock, closing(self._db.execute(query, tuple(values))) as cursor:
            return cursor.fetchall()

    def _drop_old_rows(self) -> None:
        oldest = (datetime.now(UTC) - timedelta(days=KEEP_DAYS)).isoformat()
        with self._write() as db:
            db.execute(
                "DELETE FROM dropped WHERE at < ? AND outcome = 'applied' AND NOT lies", (oldest,)
            )
            db.execute("DELETE FROM review WHERE at < ?", (oldest,))

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


def _row(row: tuple[object, ...]) -> Row:
    seq, op_id, owner, item, uid, at, clock, outcome, detail = (str(value) for value in row)
    return Row(
        int(seq),
        UUID(op_id),
        Copy(Isil(owner), ItemId(item)),
        TagUid(uid),
        datetime.fromisoformat(at),
        Clock(clock),
        Outcome(outcome),
        detail,
    )
