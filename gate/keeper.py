"""Keep what was reported whatever the disk does: in the outbox, or in memory until it can be.

A full or broken disk stops neither the guarding nor the reporting: events wait in a bounded ring,
passages are given up before alarms, and what was given up is counted. A journal that SQLite calls
damaged is set aside (its file keeps the evidence) and a new one begins, with numbers that the old
one cannot have used.
"""

import sqlite3
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from circulation.messages import Direction, GateEvent, GateEventKind, Storage
from gate.outbox import Counters, Outbox

_RING = 500
_TRY_AGAIN_S = 5.0
_log = structlog.get_logger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that has no number yet."""

    kind: GateEventKind
    direction: Direction
    make: Callable[[int, Counters], GateEvent]


class Keeper:
    """Owned by one thread. Nothing here raises because of the disk."""

    def __init__(
        self, path: Path, *, max_bytes: int, tell_dropped: Callable[[], Draft], ring: int = _RING
    ) -> None:
        """`tell_dropped` makes the event that says that events were dropped."""
        self._path = path
        self._max_bytes = max_bytes
        self._tell_dropped = tell_dropped
        self._ring: deque[Draft] = deque()
        self._room = ring
        self._outbox: Outbox | None = None
        self._try_at = 0.0
        self._lost_in_ring = 0
        self._uncounted: Counter[Direction] = Counter()
        self.storage = Storage.OK

    def add(self, draft: Draft) -> None:
        """Keep one event: on disk if it can be."""
        self._ring.append(draft)
        self.flush()
        while len(self._ring) > self._room:
            self._give_up_one()

    def flush(self) -> None:
        """Bring to disk what waits in memory, oldest first."""
        while self._ring:
            if self.ask(self._store, default=False) is False:
                return
            self._ring.popleft()
        dropped = self.ask(Outbox.make_room, default=0) + self._lost_in_ring
        if dropped and self.ask(self._store_loss, default=False):
            _log.warning("events_dropped", count=dropped)

    def ask(self, question: Callable[[Outbox], T], *, default: T) -> T:
        """What the outbox says, or the default while the disk fails."""
        if self._outbox is None and time.monotonic() < self._try_at:
            return default
        try:
            if self._outbox is None:
                self._outbox = self._open()
            answer = question(self._outbox)
        except (sqlite3.Error, OSError) as error:
            self._failed(error)
            return default
        if self.storage is Storage.FAILING:
            _log.info("storage_works_again")
            self.storage = Storage.OK
        return answer

    @property
    def in_memory(self) -> int:
        """Events that are not on disk yet."""
        return len(self._ring)

    def close(self) -> None:
        """Last try, then let go."""
        self.flush()
        if self._outbox is not None:
            self._outbox.close()
            self._outbox = None

    def _store(self, outbox: Outbox) -> bool:
        draft = self._ring[0]
        event = outbox.add(draft.kind, draft.direction, draft.make)
        _log.info("event", kind=event.kind, seq=event.seq, verdict=event.verdict)
        return True

    def _store_loss(self, outbox: Outbox) -> bool:
        outbox.count_dropped(self._lost_in_ring, self._uncounted)
        self._lost_in_ring = 0
        self._uncounted.clear()
        draft = self._tell_dropped()
        outbox.add(draft.kind, draft.direction, draft.make)
        return True

    def _give_up_one(self) -> None:
        kinds = [draft.kind for draft in self._ring]
        first = GateEventKind.PASSAGE
        place = kinds.index(first) if first in kinds else 0
        gone = self._ring[place]
        del self._ring[place]
        self._lost_in_ring += 1
        if gone.kind is GateEventKind.PASSAGE:
            self._uncounted[gone.direction] += 1

    def _open(self) -> Outbox:
        try:
            return Outbox(self._path, max_bytes=self._max_bytes)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            _log.error("journal_damaged", why=str(error))
            return self._begin_anew()

    def _begin_anew(self) -> Outbox:
        now = int(time.time())
        for suffix in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + suffix)
            if part.exists():
                part.rename(part.with_name(f"{part.name}.damaged-{now}"))
        outbox = Outbox(self._path, max_bytes=self._max_bytes)
        outbox.start_after(now)  # seconds since 1970: no gate has made so many events
        return outbox

    def _failed(self, error: Exception) -> None:
        """Said once, tried again later with a new connection."""
        if self.storage is Storage.OK:
            _log.error("storage_fails", why=str(error))
        self.storage = Storage.FAILING
        self._try_at = time.monotonic() + _TRY_AGAIN_S
        outbox, self._outbox = self._outbox, None
        if outbox is not None:
            outbox.close()
