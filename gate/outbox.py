"""What the gate has to report: on disk before it is sent, forgotten after the controller's commit.

SQLite in WAL with synchronous=FULL. One row an event; sequence number and counters are taken in the
same transaction, so that neither a power cut nor a broker that loses what it acknowledged can make
a gap or a double. The gate's local list lives here too, so that it is known after a restart.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from circulation.ids import TagUid
from circulation.messages import Direction, GateEvent, GateEventKind, PendingList

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS list (one INTEGER PRIMARY KEY CHECK (one = 1), body BLOB NOT NULL);
"""
_COUNTED = {Direction.IN: "in", Direction.OUT: "out"}


@dataclass(frozen=True, slots=True)
class Counters:
    """Absolute counts since the gate was installed: a lost message costs nothing."""

    came_in: int
    went_out: int


class Outbox:
    """The gate's own journal. Owned by one thread."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def add(
        self,
        kind: GateEventKind,
        direction: Direction,
        make: Callable[[int, Counters], GateEvent],
    ) -> GateEvent:
        """Store one event. `make` gets its sequence number and the counters that include it."""
        counted = kind is GateEventKind.PASSAGE and direction in _COUNTED
        with self._transaction():
            if counted:
                self._count(_COUNTED[direction])
            seq = self._next_seq()
            event = make(seq, self.counters())
            body = event.model_dump_json(by_alias=True).encode()
            self._db.execute("INSERT INTO event VALUES (?, ?, ?)", (seq, str(event.id), body))
        return event

    def _next_seq(self) -> int:
        """One past the highest ever used: AUTOINCREMENT remembers it when all rows are gone."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        return int(row[0]) + 1 if row else 1

    def _count(self, name: str) -> None:
        self._db.execute(
            "INSERT INTO counter VALUES (?, 1) ON CONFLICT(name) DO UPDATE SET value = value + 1",
            (name,),
        )

    def counters(self) -> Counters:
        """How many came in and went out, ever."""
        rows = dict(self._db.execute("SELECT name, value FROM counter"))
        return Counters(rows.get("in", 0), rows.get("out", 0))

    def waiting(self, *, after: int = 0, limit: int = 200) -> list[tuple[int, bytes]]:
        """The oldest events not yet acknowledged, as (seq, payload)."""
        rows = self._db.execute(
            "SELECT seq, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit)
        )
        return [(int(seq), bytes(body)) for seq, body in rows]

    def forget(self, ids: Iterable[UUID]) -> None:
        """The controller has committed these."""
        with self._transaction():
            self._db.executemany("DELETE FROM event WHERE id = ?", ((str(one),) for one in ids))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM event").fetchone()[0])

    def keep_list(self, pending: PendingList) -> None:
        """Remember the newest local list."""
        body = pending.model_dump_json().encode()
        self._db.execute("INSERT OR REPLACE INTO list VALUES (1, ?)", (body,))

    def kept_list(self) -> PendingList | None:
        """The local list as it was when the power went, or None."""
        row = self._db.execute("SELECT body FROM list").fetchone()
        return PendingList.model_validate_json(row[0]) if row else None

    def close(self) -> None:
        self._db.close()

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)


class _Transaction:
    """BEGIN IMMEDIATE ... COMMIT, rolled back when anything is raised inside."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def pending_uids(pending: PendingList | None) -> frozenset[TagUid]:
    """The list's tags as a set; nothing known is an empty set, and then every armed tag alarms."""
    return frozenset(TagUid(uid) for uid in pending.uids) if pending else frozenset()
