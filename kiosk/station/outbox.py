"""What was done to tags, on disk before anybody hears "good", until the ledger has it.

Facts, sent in their order: a tag that was written stays written, whoever is signed in, and through
any restart. A fact that the ledger refuses is kept for the staff with the reason.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog

from circulation.api import Refusal
from circulation.encoding import TagReceipt
from circulation.reasons import Reason
from kiosk.client import NotUnderstood
from kiosk.events import NoAnswer
from kiosk.rounds import Rounds
from kiosk.station.client import StationClient

log = structlog.get_logger(__name__)

KEEP_DAYS = 30
FIRST_WAIT_S, LONGEST_WAIT_S = 0.5, 10.0
_IDLE_S = 3600.0
_WAIT_FOR_A_PERSON = frozenset({Reason.NOBODY_SIGNED_IN, Reason.DEVICE_UNKNOWN})
_SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op_id TEXT NOT NULL UNIQUE,
    path TEXT NOT NULL,
    body TEXT NOT NULL,
    outcome TEXT NOT NULL DEFAULT 'pending',
    kept_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS fact_pending ON fact (seq) WHERE outcome = 'pending';
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One kept operation, sent word for word as it was kept."""

    op_id: UUID
    path: str
    body: str


class Outbox:
    """The file. Every method is one transaction on disk (WAL, FULL), safe from any thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        oldest = (datetime.now(UTC) - timedelta(days=KEEP_DAYS)).isoformat()
        self._db.execute("DELETE FROM fact WHERE outcome = 'done' AND kept_at < ?", (oldest,))

    def keep(self, fact: Fact) -> None:
        """After this it survives a power cut."""
        row = (str(fact.op_id), fact.path, fact.body, datetime.now(UTC).isoformat())
        with self._lock:
            self._db.execute(
                "INSERT INTO fact (op_id, path, body, kept_at) VALUES (?, ?, ?, ?)", row
            )

    def next(self) -> Fact | None:
        """The oldest that the ledger has not answered."""
        query = "SELECT op_id, path, body FROM fact WHERE outcome = 'pending' ORDER BY seq LIMIT 1"
        with self._lock, closing(self._db.execute(query)) as cursor:
            row = cursor.fetchone()
        return None if row is None else Fact(UUID(row[0]), row[1], row[2])

    def settle(self, op_id: UUID, outcome: str) -> None:
        """Note how it ended."""
        with self._lock:
            self._db.execute("UPDATE fact SET outcome = ? WHERE op_id = ?", (outcome, str(op_id)))

    def waiting(self) -> int:
        """How many the ledger has not heard."""
        query = "SELECT count(*) FROM fact WHERE outcome = 'pending'"
        with self._lock, closing(self._db.execute(query)) as cursor:
            return int(cursor.fetchone()[0])

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()


class Sender:
    """Tells the ledger, on a thread of its own; `answered` is called from there."""

    def __init__(
        self,
        outbox: Outbox,
        client: StationClient,
        answered: Callable[[UUID, TagReceipt | Refusal], None],
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._answered = answered
        self._rounds = Rounds("sender", self._round, first_s=FIRST_WAIT_S, longest_s=LONGEST_WAIT_S)

    def start(self) -> None:
        """Begin with what an earlier life left."""
        self._rounds.start()

    def stop(self) -> None:
        """End; what was not sent waits on disk."""
        self._rounds.stop()

    def wake(self) -> None:
        """There is something new, or somebody signed in."""
        self._rounds.wake()

    def _round(self) -> float | None:
        return _IDLE_S if self._send_all() else None

    def _send_all(self) -> bool:
        """True when nothing is left, or a person must come first; False: try again soon."""
        while not self._rounds.stopping and (fact := self._outbox.next()) is not None:
            try:
                answer = self._client.operate(fact.path, fact.body, TagReceipt)
            except NotUnderstood as error:
                log.error("fact_not_understood", op_id=str(fact.op_id), error=str(error))
                answer = Refusal(reasons=(Reason.OPERATION_CHANGED,))
            if isinstance(answer, NoAnswer):
                return False
            if isinstance(answer, Refusal) and not _WAIT_FOR_A_PERSON.isdisjoint(answer.reasons):
                self._answered(fact.op_id, answer)
                return True
            self._outbox.settle(fact.op_id, "refused" if isinstance(answer, Refusal) else "done")
            if isinstance(answer, Refusal):
                log.warning("fact_refused", op_id=str(fact.op_id), why=answer.reasons[0])
            self._answered(fact.op_id, answer)
        return True
