"""What the drop took back, on its own disk before it is counted, until the ledger has it.

SQLite in WAL with synchronous=FULL. One row is a return, its place in the queue and its operation
id, so that neither a power cut nor a repeated answer makes a second one. What was put in and not
taken back stands in a table of its own.

Rows hold ids and times of books and nothing of people; yet who was seen at the slot at that minute
has read that book. So books and times are sealed like a kiosk's journal: in clear stand the day,
how it ended, and whether the clock was sure.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import structlog

from circulation.api import ReturnRequest
from circulation.ids import Copy, Isil, ItemId, TagUid
from circulation.messages import Clock
from circulation.offline import LateReturn
from kiosk.drop.effects import Doubt
from kiosk.drop.outbox_file import doubt_text, open_file
from kiosk.vault import Vault

log = structlog.get_logger(__name__)

KEEP_DAYS = 30  # settled rows; long enough to answer "what happened with my book"


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
    request: ReturnRequest
    clock: Clock
    outcome: Outcome = Outcome.WAITING
    detail: str = ""

    @property
    def op_id(self) -> UUID:
        return self.request.op_id

    @property
    def copy(self) -> Copy:
        return Copy(Isil(self.request.owner), ItemId(self.request.item_id))

    @property
    def operation(self) -> LateReturn:
        """What the ledger is told."""
        return LateReturn(seq=self.seq, clock=self.clock, offline=True, request=self.request)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Something that was put in and not taken back."""

    at: datetime
    clock: Clock
    doubt: Doubt
    uid: str
    item: str


def open_outbox(path: Path, vault: Vault) -> "Outbox":
    """The file; one that SQLite calls damaged is set aside as evidence, and a new one begins.

    The new one numbers from the seconds since 1970 on: no drop has taken so many books.
    """
    try:
        return Outbox(path, vault)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        log.error("outbox_damaged", why=str(error))
    now = int(time.time())
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(part.with_name(f"{part.name}.damaged-{now}"))
    made = Outbox(path, vault)
    made.number_after(now)
    return made


class Outbox:
    """The file. Every method is one transaction on disk and safe from any thread."""

    def __init__(self, path: Path, vault: Vault) -> None:
        """Open or make the file; `sqlite3.Error`, `OSError` or `BadSeal` when it cannot be."""
        self._lock = threading.Lock()
        self._vault = vault
        self._db = open_file(path, vault)
        self._drop_old_rows()

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def number_after(self, seq: int) -> None:
        """Numbers of a file that was lost may not come again."""
        with self._write() as db:
            db.execute("INSERT INTO sqlite_sequence VALUES ('taken', ?)", (seq,))

    def keep(self, op_id: UUID, copy: Copy, uid: TagUid, at: datetime, clock: Clock) -> None:
        """Write a return down; after this it survives a power cut. Again is harmless."""
        body = ReturnRequest(op_id=op_id, at=at, owner=copy.owner, item_id=copy.item, uid=uid)
        sealed = self._vault.seal(body.model_dump_json(), str(op_id))
        with self._write() as db:
            db.execute(
                "INSERT INTO taken (op_id, sealed, clock, day)"
                " VALUES (?, ?, ?, ?) ON CONFLICT (op_id) DO NOTHING",
                (str(op_id), sealed, clock.value, _day(at)),
            )

    def gone(self, copy: Copy) -> None:
        """This copy lies in the slot no more."""
        left = [(row.seq,) for row in self._rows("WHERE lies") if row.copy == copy]
        with self._write() as db:
            db.executemany("UPDATE taken SET lies = 0 WHERE seq = ?", left)

    def lying(self) -> frozenset[Copy]:
        """The copies that lay in the slot when this file was last written."""
        return frozenset(row.copy for row in self._rows("WHERE lies"))

    def waiting(self, limit: int) -> tuple[Row, ...]:
        """What the ledger must still hear, in the order in which it happened."""
        return self._rows("WHERE outcome = 'waiting' ORDER BY seq LIMIT ?", limit)

    def count_waiting(self) -> int:
        """How many the ledger must still hear of."""
        [(count,)] = self._read("SELECT count(*) FROM taken WHERE outcome = 'waiting'")
        return int(count)

    def settle(self, op_id: UUID, outcome: Outcome, detail: str = "") -> None:
        """Note how it ended."""
        with self._write() as db:
            db.execute(
                "UPDATE taken SET outcome = ?, detail = ? WHERE op_id = ?",
                (outcome.value, detail, str(op_id)),
            )

    def all_rows(self) -> tuple[Row, ...]:
        """Everything that was taken back and is still kept, oldest first."""
        return self._rows("ORDER BY seq")

    def last_at(self) -> datetime | None:
        """The last time here that could be believed: a clock once far ahead proves nothing."""
        rows = self._rows("WHERE clock = 'sure' ORDER BY seq DESC LIMIT 1")
        return rows[0].request.at if rows else None

    def review(
        self, doubt: Doubt, at: datetime, clock: Clock, *, uid: str, copy: Copy | None
    ) -> None:
        """Write down what the librarian must look at."""
        op_id = str(uuid4())
        text = doubt_text(at.isoformat(), uid, "" if copy is None else copy.item)
        with self._write() as db:
            db.execute(
                "INSERT INTO doubtful (op_id, sealed, clock, day, doubt) VALUES (?, ?, ?, ?, ?)",
                (op_id, self._vault.seal(text, op_id), clock.value, _day(at), doubt.value),
            )

    def reviews(self) -> tuple[Doubtful, ...]:
        """What the librarian must look at, oldest first."""
        rows = self._read("SELECT op_id, sealed, clock, doubt FROM doubtful ORDER BY seq")
        return tuple(self._doubtful(*row) for row in rows)

    def _doubtful(self, op_id: str, sealed: bytes, clock: str, doubt: str) -> Doubtful:
        at, uid, item = json.loads(self._vault.open(sealed, op_id))
        return Doubtful(datetime.fromisoformat(at), Clock(clock), Doubt(doubt), uid, item)

    def _rows(self, condition: str, *values: object) -> tuple[Row, ...]:
        columns = "seq, op_id, sealed, clock, outcome, detail"
        rows = self._read(f"SELECT {columns} FROM taken {condition}", *values)  # noqa: S608
        return tuple(self._row(*row) for row in rows)

    def _row(
        self, seq: int, op_id: str, sealed: bytes, clock: str, outcome: str, detail: str
    ) -> Row:
        request = ReturnRequest.model_validate_json(self._vault.open(sealed, op_id))
        return Row(seq, request, Clock(clock), Outcome(outcome), detail)

    def _read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            return cursor.fetchall()

    def _drop_old_rows(self) -> None:
        oldest = _day(datetime.now(UTC) - timedelta(days=KEEP_DAYS))
        with self._write() as db:
            db.execute(
                "DELETE FROM taken WHERE day < ? AND outcome = 'applied' AND NOT lies", (oldest,)
            )
            db.execute("DELETE FROM doubtful WHERE day < ?", (oldest,))

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


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()
