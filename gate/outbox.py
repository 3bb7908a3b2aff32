"""What the gate has to report: on disk before it is sent, forgotten after the controller's commit.

SQLite in WAL with synchronous=FULL. One row an event; sequence number and counters are taken in the
same transaction, so that neither a power cut nor a broker that loses what it acknowledged can make
a gap or a double. The gate's local list lives here too, so that it is known after a restart.

Its size has a bound. When it is reached the oldest passages go, never an alarm, and how many went
is counted and reported: people are counted by absolute counters, so no visit is lost with them.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from circulation.messages import Direction, GateEvent, GateEventKind, ListKind
from gate.local_list import LocalList
from gate.uids import Uids

_SCHEMA = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL,
    kind TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS event_kind ON event (kind, seq);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS listed (
    kind TEXT NOT NULL, uid TEXT NOT NULL, PRIMARY KEY (kind, uid)) WITHOUT ROWID;
"""
_COUNTED = {Direction.IN: "in", Direction.OUT: "out"}
_DROPPED_AT_ONCE = 500
DEFAULT_BOUND = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Counters:
    """Absolute counts since the gate was installed: a lost message costs nothing."""

    came_in: int
    went_out: int
    dropped: int = 0


class Outbox:
    """The gate's own journal. Owned by one thread; any method may raise `sqlite3.Error`."""

    def __init__(self, path: Path, *, max_bytes: int = DEFAULT_BOUND) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        if self._db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the journal is damaged")
        self._db.executescript(_SCHEMA)
        page_bytes = int(self._db.execute("PRAGMA page_size").fetchone()[0])
        self._max_pages = max_bytes // page_bytes

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
            seq = self.last_seq() + 1
            event = make(seq, self.counters())
            body = event.model_dump_json(by_alias=True).encode()
            row = (seq, str(event.id), body, kind.value)
            self._db.execute("INSERT INTO event (seq, id, body, kind) VALUES (?, ?, ?, ?)", row)
        return event

    def make_room(self) -> int:
        """Drop the oldest passages when the bound is reached; how many went."""
        if self._used_pages() < self._max_pages:
            return 0
        with self._transaction():
            gone = self._db.execute(
                "DELETE FROM event WHERE seq IN"
                " (SELECT seq FROM event WHERE kind = 'passage' ORDER BY seq LIMIT ?)",
                (_DROPPED_AT_ONCE,),
            ).rowcount
            if gone:
                self._count("dropped", gone)
        return gone

    def _used_pages(self) -> int:
        """Free pages inside the file are room."""
        pages, free = (
            int(self._db.execute(f"PRAGMA {what}").fetchone()[0])
            for what in ("page_count", "freelist_count")
        )
        return pages - free

    def count_dropped(self, events: int, people: Mapping[Direction, int]) -> None:
        """So many never reached the disk; `people` passed in them and are counted nevertheless."""
        with self._transaction():
            if events:
                self._count("dropped", events)
            for direction, persons in people.items():
                if direction in _COUNTED:
                    self._count(_COUNTED[direction], persons)

    def start_after(self, seq: int) -> None:
        """Number events from here on: numbers of a journal that was lost may not come again."""
        self._db.execute("INSERT INTO sqlite_sequence VALUES ('event', ?)", (seq,))

    def last_seq(self) -> int:
        """The highest number ever used: AUTOINCREMENT remembers it when all rows are gone."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'event'").fetchone()
        return int(row[0]) if row else 0

    def _count(self, name: str, by: int = 1) -> None:
        self._db.execute(
            "INSERT INTO counter VALUES (?1, ?2)"
            " ON CONFLICT(name) DO UPDATE SET value = value + ?2",
            (name, by),
        )

    def counters(self) -> Counters:
        """How many came in and went out, ever, and how many events could not be kept."""
        rows = dict(self._db.execute("SELECT name, value FROM counter"))
        return Counters(rows.get("in", 0), rows.get("out", 0), rows.get("dropped", 0))

    def waiting(self, *, limit: int = 200) -> list[int]:
        """The numbers of the oldest events not yet acknowledged."""
        rows = self._db.execute("SELECT seq FROM event ORDER BY seq LIMIT ?", (limit,))
        return [int(seq) for (seq,) in rows]

    def bodies(self, first: int, last: int) -> list[tuple[int, bytes]]:
        """Number and payload of what waits from `first` to `last`."""
        rows = self._db.execute(
            "SELECT seq, body FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
        )
        return [(int(seq), bytes(body)) for seq, body in rows]

    def forget(self, ids: Iterable[UUID]) -> None:
        """The controller has committed these."""
        with self._transaction():
            self._db.executemany("DELETE FROM event WHERE id = ?", ((str(one),) for one in ids))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM event").fetchone()[0])

    def keep_fact(self, name: str, value: str) -> None:
        """Remember one word under a name."""
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def drop_fact(self, name: str) -> None:
        """Forget what was kept under this name."""
        self._db.execute("DELETE FROM fact WHERE name = ?", (name,))

    def fact(self, name: str) -> str | None:
        """The word kept under this name, or None."""
        row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def keep_list(self, *, kind: ListKind, before: LocalList, now: LocalList) -> None:
        """Remember the newest local list of a kind; only what differs is written."""
        added = ((kind.value, uid) for uid in now.uids if uid not in before.uids)
        removed = ((kind.value, uid) for uid in before.uids if uid not in now.uids)
        at = "" if now.at is None else now.at.isoformat()
        with self._transaction():
            self._db.executemany("DELETE FROM listed WHERE kind = ? AND uid = ?", removed)
            self._db.executemany("INSERT OR REPLACE INTO listed VALUES (?, ?)", added)
            self.keep_fact(f"list {kind}", f"{now.version} {at}")

    def kept_list(self, *, kind: ListKind) -> LocalList:
        """The local list as it was when the power went; empty without a version if none was."""
        known = self.fact(f"list {kind}")
        if known is None:
            return LocalList()
        version, at = known.split(" ", 1)
        rows = self._db.execute("SELECT uid FROM listed WHERE kind = ? ORDER BY uid", (kind.value,))
        uids = Uids(str(uid) for (uid,) in rows)
        return LocalList(int(version), datetime.fromisoformat(at) if at else None, uids)

    def close(self) -> None:
        self._db.close()

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)


class _Transaction:
    """BEGIN IMMEDIATE ... COMMIT, rolled back when anything is raised inside or by the commit."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:  # some errors have rolled back by themselves
                self._db.execute("ROLLBACK")
