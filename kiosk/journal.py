"""What this kiosk did, on its own disk, before anybody sees "done"; and what the ledger must hear.

One SQLite table is journal and outbox at once, so a row and its place in the queue cannot part.
Facts (a return, a sighting, whatever was decided alone) stay `pending` until the ledger has them,
through any restart. Wishes (a checkout, a renewal asked of the controller) end with the session
that had them: a power cut leaves them `unknown`, they are never sent again by a kiosk that nobody
stands at, and the next sighting of the tag shows how they ended. Bodies hold ids only, and are
sealed: a stolen disk tells nobody who has which book.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
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
from circulation.ids import Copy, Isil, ItemId
from circulation.messages import Clock
from circulation.selfservice import DamageRequest
from kiosk.journal_file import open_file
from kiosk.vault import Vault

_IN_MEMORY = 1000  # rows that need not be opened again; a busy day has fewer
KEEP_DAYS = 30  # settled rows; long enough to answer "what happened with my book"


class Kind(StrEnum):
    """Which operation a row holds."""

    CHECKOUT = "checkout"
    RENEWAL = "renewal"
    RETURN = "return"
    SIGHTING = "sighting"
    DAMAGE = "damage"


class Outcome(StrEnum):
    """How far a row is."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"
    NOT_SENT = "not_sent"  # a wish that certainly never reached the ledger
    UNKNOWN = "unknown"  # a wish whose answer never came
    CONFLICT = "conflict"  # the ledger has it as a question to the librarian
    REJECTED = "rejected"  # the ledger does not understand it: kept for the staff


Request = CheckoutRequest | RenewRequest | ReturnRequest | SightingRequest | DamageRequest
_REQUESTS: dict[Kind, type[Request]] = {
    Kind.CHECKOUT: CheckoutRequest,
    Kind.RENEWAL: RenewRequest,
    Kind.RETURN: ReturnRequest,
    Kind.SIGHTING: SightingRequest,
    Kind.DAMAGE: DamageRequest,
}
_ROWS = "SELECT seq, op_id, kind, sealed, outcome, alone, clock, again FROM operation "


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept operation. `body` is sent as it is, however often: same id, same body."""

    seq: int
    op_id: UUID
    kind: Kind
    request: Request
    body: str
    outcome: Outcome
    alone: bool = False  # somebody was told that it is done: a fact, whatever the ledger says
    clock: Clock = Clock.SURE
    again: bool = False  # in place of one whose id the ledger had refused before

    @property
    def copy(self) -> Copy:
        """The copy it is about."""
        return Copy(Isil(self.request.owner), ItemId(self.request.item_id))


@dataclass(frozen=True, slots=True)
class Settled:
    """How one operation ended."""

    op_id: UUID
    outcome: Outcome
    reasons: tuple[str, ...] = ()


class Journal:
    """The file. Every method is one transaction on disk (WAL, FULL) and safe from any thread."""

    def __init__(self, path: Path, vault: Vault) -> None:
        """Open or make the file, settle the wishes of an earlier life, drop what is old.

        `BadSeal` when something that the ledger must hear was sealed with another secret.
        """
        self._lock = threading.Lock()
        self._vault = vault
        self._db = open_file(path, vault)
        self._entries: dict[int, Entry] = {}  # opened already: sealed on disk, not in memory
        self._leave_old_wishes()
        self.drop_old(datetime.now(UTC))

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def keep(
        self,
        request: Request,
        *,
        alone: bool = False,
        clock: Clock = Clock.SURE,
        in_place_of: UUID | None = None,
    ) -> Entry:
        """Write the operation down; after this it survives a power cut.

        `in_place_of`: the ledger refused that id before; it is settled as refused in the same
        transaction.
        """
        with self._write() as db:
            if in_place_of is not None:
                _settle(db, Settled(in_place_of, Outcome.REFUSED))
            return self._insert(db, request, alone, clock, again=in_place_of is not None)

    def keep_each(self, requests: Sequence[Request]) -> tuple[Entry, ...]:
        """Write several wishes down, all or none: what is asked for in one message."""
        with self._write() as db:
            return tuple(
                self._insert(db, request, False, Clock.SURE, again=False) for request in requests
            )

    def settle(self, op_id: UUID, outcome: Outcome, reasons: tuple[str, ...] = ()) -> None:
        """Note how it ended. A later answer to the same operation replaces an earlier one."""
        self.settle_each((Settled(op_id, outcome, reasons),))

    def settle_each(self, ended: Iterable[Settled]) -> None:
        """The same for several, in one write."""
        settled = tuple(ended)
        with self._write() as db:
            for one in settled:
                _settle(db, one)
        over = {one.op_id for one in settled}
        for seq, entry in list(self._entries.items()):
            if entry.op_id in over:  # seldom asked for again: a day's books fill no memory
                self._entries.pop(seq, None)

    def become_facts(self, op_ids: Iterable[UUID], clock: Clock) -> None:
        """Somebody was told that these are done: the ledger must hear of them as facts."""
        with self._write() as db:
            db.executemany(
                "UPDATE operation SET outcome = 'pending', alone = 1, clock = ?, settled = NULL,"
                " settled_at = NULL WHERE op_id = ?",
                [(clock, str(op_id)) for op_id in op_ids],
            )

    def pending_facts(self) -> tuple[Entry, ...]:
        """What the ledger must still hear, in the order in which it happened."""
        return self._select(
            "WHERE outcome = 'pending' AND (alone OR kind IN ('return', 'sighting'))"
        )

    def waiting(self) -> int:
        """How many that are."""
        query = (
            "SELECT count(*) FROM operation"
            " WHERE outcome = 'pending' AND (alone OR kind IN ('return', 'sighting'))"
        )
        with self._lock, closing(self._db.execute(query)) as cursor:
            return int(cursor.fetchone()[0])

    def settled(self) -> int:
        """The number of the last settling: what settles after this has a higher one."""
        with self._lock, closing(self._db.execute("SELECT settled FROM counter")) as cursor:
            return int(cursor.fetchone()[0])

    def since(self, settled: int) -> tuple[Entry, ...]:
        """What happened here that a ledger asked at this number did not know, in order."""
        return self._select(
            "WHERE (outcome = 'pending' AND (alone OR kind IN ('return', 'sighting')))"
            " OR (outcome = 'done' AND settled > ?)",
            settled,
        )

    def with_outcome(self, outcome: Outcome) -> tuple[Entry, ...]:
        """All rows with this outcome, oldest first."""
        return self._select("WHERE outcome = ?", outcome)

    def _insert(
        self, db: sqlite3.Connection, request: Request, alone: bool, clock: Clock, *, again: bool
    ) -> Entry:
        kind, body, op_id = _kind(request), request.model_dump_json(), str(request.op_id)
        sealed, at = self._vault.seal(body, op_id), request.at.isoformat()
        cursor = db.execute(
            "INSERT INTO operation (op_id, kind, sealed, alone, clock, again, kept_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (op_id, kind, sealed, alone, clock, again, at),
        )
        seq = cursor.lastrowid or 0
        return Entry(seq, request.op_id, kind, request, body, Outcome.PENDING, alone, clock, again)

    def _select(self, condition: str, *values: object) -> tuple[Entry, ...]:
        query = f"{_ROWS}{condition} ORDER BY seq"
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            rows = cursor.fetchall()
        return tuple(self._entry(*row) for row in rows)

    def _entry(
        self,
        seq: int,
        op_id: str,
        kind: str,
        sealed: bytes,
        outcome: str,
        alone: int,
        clock: str,
        again: int,
    ) -> Entry:
        known = self._entries.get(seq)
        if known is None:
            body = self._vault.open(sealed, op_id)
            request = _REQUESTS[Kind(kind)].model_validate_json(body)
            known = Entry(seq, UUID(op_id), Kind(kind), request, body, Outcome(outcome))
            if len(self._entries) >= _IN_MEMORY:
                self._entries.clear()
        entry = Entry(
            seq,
            known.op_id,
            known.kind,
            known.request,
            known.body,
            Outcome(outcome),
            bool(alone),
            Clock(clock),
            bool(again),
        )
        self._entries[seq] = entry
        return entry

    def _leave_old_wishes(self) -> None:
        with self._write() as db:
            db.execute(
                "UPDATE operation SET outcome = 'unknown' WHERE outcome = 'pending'"
                " AND NOT alone AND kind NOT IN ('return', 'sighting')"
            )

    def drop_old(self, now: datetime) -> None:
        """Drop what was settled a month ago: the start does, and a kiosk that runs on, daily."""
        oldest = (now - timedelta(days=KEEP_DAYS)).isoformat()
        with self._write() as db:
            db.execute(
                "DELETE FROM operation WHERE settled_at < ? AND outcome IN"
                " ('done', 'refused', 'not_sent', 'unknown', 'conflict')",
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


def _settle(db: sqlite3.Connection, ended: Settled) -> None:
    db.execute("UPDATE counter SET settled = settled + 1")
    db.execute(
        "UPDATE operation SET outcome = ?, reasons = ?, settled_at = ?,"
        " settled = (SELECT settled FROM counter) WHERE op_id = ?",
        (ended.outcome, " ".join(ended.reasons), datetime.now(UTC).isoformat(), str(ended.op_id)),
    )


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
        case DamageRequest():
            return Kind.DAMAGE
        case _:
            raise TypeError(f"{type(request).__name__} is not an operation of a kiosk")
