"""What this kiosk did, on its own disk, before anybody sees "done"; and what the ledger must hear.

One SQLite table is journal and outbox at once, so a row and its place in the queue cannot part.
Facts (a return, a sighting) stay `pending` until the ledger has them, through any restart. Wishes
(a checkout, a renewal) end with the session that had them: a power cut leaves them `unknown`, they
are never sent again by a kiosk that nobody stands at, and the next sighting of the tag shows how
they ended. Bodies hold ids only.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from circulation.api import (
    CheckoutRequest,
    Operation,
    RenewRequest,
    ReturnRequest,
    SightingRequest,
)

KEEP_DAYS = 30  # settled rows; long enough to answer "what happened with my book"


class Kind(StrEnum):
    """Which operation a row holds."""

    CHECKOUT = "checkout"
    RENEWAL = "renewal"
    RETURN = "return"
    SIGHTING = "sighting"


_FACTS = (Kind.RETURN, Kind.SIGHTING)


class Outcome(StrEnum):
    """How far a row is."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent"  # a wish that certainly never reached the ledger
    UNKNOWN = "unknown"  # a wish whose answer never came
    REJECTED = "rejected"  # the ledger does not understand it: kept for the staff


_SCHEMA = """
CREATE TABLE IF NOT EXISTS operation (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    item TEXT NOT NULL,
    body TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'pending',
    reasons TEXT NOT NULL DEFAULT '',
    kept_at TEXT NOT NULL,
    settled_at TEXT
);
CREATE INDEX IF NOT EXISTS operation_pending ON operation (seq) WHERE outcome = 'pending';
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept operation. `body` is sent as it is, however often: same id, same body."""

    seq: int
    op_id: UUID
    kind: Kind
    owner: str
    item: str
    body: str
    outcome: Outcome


class Journal:
    """The file. Every method is one transaction on disk (WAL, FULL) and safe from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file, settle the wishes of an earlier life, drop what is old."""
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        self._leave_old_wishes()
        self._drop_old_rows(datetime.now(UTC))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def keep(
        self, request: CheckoutRequest | RenewRequest | ReturnRequest | SightingRequest
    ) -> Entry:
        """Write the operation down; after this it survives a power cut."""
        kind = _kind(request)
        row = (str(request.op_id), kind, request.owner, request.item_id)
        body = request.model_dump_json()
        with self._write() as db:
            cursor = db.execute(
                "INSERT INTO operation (op_id, kind, owner, item, body, kept_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (*row, body, request.at.isoformat()),
            )
            seq = cursor.lastrowid or 0
        return Entry(seq, request.op_id, kind, row[2], row[3], body, Outcome.PENDING)

    def settle(self, op_id: UUID, outcome: Outcome, reasons: tuple[str, ...] = ()) -> None:
        """Note how it ended. A later answer to the same operation replaces an earlier one."""
        with self._write() as db:
            db.execute(
                "UPDATE operation SET outcome = ?, reasons = ?, settled_at = ? WHERE op_id = ?",
                (outcome, " ".join(reasons), datetime.now(UTC).isoformat(), str(op_id)),
            )

    def pending_facts(self) -> tuple[Entry, ...]:
        """What the ledger must still hear, in the order in which it happened."""
        return tuple(row for row in self.with_outcome(Outcome.PENDING) if row.kind in _FACTS)

    def with_outcome(self, outcome: Outcome) -> tuple[Entry, ...]:
        """All rows with this outcome, oldest first."""
        query = (
            "SELECT seq, op_id, kind, owner, item, body, outcome FROM operation"
            " WHERE outcome = ? ORDER BY seq"
        )
        with self._lock, closing(self._db.execute(query, (outcome,))) as cursor:
            return tuple(
                Entry(seq, UUID(op_id), Kind(kind), owner, item, body, Outcome(outcome))
                for seq, op_id, kind, owner, item, body, outcome in cursor
            )

    def _leave_old_wishes(self) -> None:
        with self._write() as db:
            db.execute(
                "UPDATE operation SET outcome = 'unknown'"
                " WHERE outcome = 'pending' AND kind IN ('checkout', 'renewal')"
            )

    def _drop_old_rows(self, now: datetime) -> None:
        oldest = (now - timedelta(days=KEEP_DAYS)).isoformat()
        with self._write() as db:
            db.execute(
                "DELETE FROM operation WHERE settled_at < ? AND outcome IN"
                " ('done', 'refused', 'not_sent', 'unknown')",
                (oldest,),
            )

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _kind(request: Operation) -> Kind:
    match request:
        case CheckoutRequest():
            return Kind.CHECKOUT
        case RenewRequest():
            return Kind.RENEWAL
        case ReturnRequest():
            return Kind.RETURN
        case SightingRequest():
            return Kind.SIGHTING
        case _:
            raise TypeError(f"{type(request).__name__} is not an operation of a kiosk")
