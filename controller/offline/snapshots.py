"""Build a kiosk's snapshot from the ledger: what it may decide by while nobody answers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from circulation.loan import ItemState
from circulation.policy import ItemKind, PatronCategory, Policy
from circulation.policy_part import policy_part
from circulation.snapshot import (
    CardRights,
    CopyState,
    Digests,
    ReadyCopy,
    Sections,
    Snapshot,
    ask,
    card_hash,
    changed,
    in_order,
    sign,
    signing_key,
    without_buckets,
)
from controller.answers import Answer, granted
from controller.clock import LibraryTime
from controller.columns import to_date
from controller.devices.kinds import sees_people
from controller.devices.tokens import Caller
from controller.loans.facts import age_of_class
from controller.sql import Statement, Transaction

_CARDS = Statement(
    "SELECT c.uid, c.blocked, p.id, p.has_left, p.class_name, p.category,"
    " EXISTS (SELECT 1 FROM patron_block b WHERE b.patron_id = p.id"
    " AND b.lifted_at IS NULL AND (b.until IS NULL OR b.until >= :today)),"
    " (SELECT count(*) FROM loan l WHERE l.patron_id = p.id AND l.returned_at IS NULL"
    " AND l.counted),"
    " (SELECT count(*) FROM loan l WHERE l.patron_id = p.id AND l.returned_at IS NULL"
    " AND l.due < :today AND l.claimed_at IS NULL)"
    " FROM (SELECT uid, blocked, patron_id FROM card"
    " UNION ALL SELECT number, blocked, patron_id FROM card_number) c"
    " JOIN patron p ON p.id = c.patron_id"
)
_KINDS = Statement(
    "SELECT l.patron_id, t.kind, count(*) FROM loan l JOIN item i ON i.id = l.item_id"
    " JOIN title t ON t.id = i.title_id WHERE l.returned_at IS NULL GROUP BY l.patron_id, t.kind"
)
_COPIES = Statement(
    "SELECT i.owner, i.item_id, i.state, t.kind, i.reading_room_only, t.age_mark,"
    " l.patron_id, l.due, l.renewals, i.title_id,"
    " i.state = 'in_stock' AND NOT i.reading_room_only AND NOT EXISTS"
    " (SELECT 1 FROM hold r WHERE r.item_id = i.id AND r.state = 'ready')"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " LEFT JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL WHERE i.owner = :owner"
    " AND (i.state <> 'in_stock' OR i.reading_room_only OR t.age_mark > 0 OR t.kind <> 'book'"
    " OR i.title_id IN (SELECT w.title_id FROM hold w WHERE w.owner = :owner"
    " AND w.state = 'waiting'))"
)
_WAITING = Statement(
    "SELECT title_id, patron_id FROM hold WHERE owner = :owner AND state = 'waiting' ORDER BY id"
)
_HOLDS = Statement(
    "SELECT i.owner, i.item_id, h.patron_id, h.ready_until FROM hold h"
    " JOIN item i ON i.id = h.item_id WHERE h.owner = :owner AND h.state = 'ready'"
    " AND h.ready_until >= :today ORDER BY h.id"
)
_LAST = Statement("SELECT coalesce(max(seq), 0) FROM event")


class _CardRow(NamedTuple):
    card: str
    card_blocked: bool
    patron: str
    left: bool
    class_name: str
    category: str
    blocked: bool
    counted: int
    overdue: int


class _CopyRow(NamedTuple):
    owner: str
    item_id: str
    state: str
    kind: str
    reading_room_only: bool
    age_mark: int
    holder: str | None
    due: str | date | None
    renewals: int | None
    title_id: int
    free: bool  # counts for those who wait


@dataclass(frozen=True, slots=True)
class Snapshots:
    """One question per kiosk, now and then; only what changed since its last one is sent."""

    policy: Policy
    time: LibraryTime

    def make(
        self, transaction: Transaction, caller: Caller, token_hash: str, known: Digests
    ) -> Answer:
        """Signed for the device with this token: the sections that it does not have yet."""
        if refusal := sees_people(caller):
            return refusal
        now = self.time.now()
        sections = self._sections(transaction, caller, token_hash, self.time.day(now))
        digests = ask(sections)
        whole, patches = changed(sections, digests, known)
        snapshot = Snapshot(
            at=now,
            device=caller.name,
            seq=int(transaction.row(_LAST, {})[0]),
            digests=without_buckets(digests),
            sections=whole,
            patches=patches,
        )
        return granted(sign(snapshot, signing_key(token_hash)))

    def _sections(
        self, transaction: Transaction, caller: Caller, token_hash: str, today: date
    ) -> Sections:
        parameters = {"owner": caller.library, "today": today.isoformat()}
        return Sections(
            policy=policy_part(self.policy),
            cards=self._cards(transaction, token_hash, today),
            copies=_copies(transaction, caller.library),
            holds=tuple(
                ReadyCopy(owner=owner, item_id=item_id, patron_id=patron, until=to_date(until))
                for owner, item_id, patron, until in transaction.rows(_HOLDS, parameters)
            ),
        )

    def _cards(
        self, transaction: Transaction, token_hash: str, today: date
    ) -> dict[str, CardRights]:
        kinds = self._loans_of_kinds(transaction)
        rows = transaction.rows(_CARDS, {"today": today.isoformat()})
        return {card_hash(token_hash, row[0]): _rights(_CardRow(*row), kinds) for row in rows}

    def _loans_of_kinds(self, transaction: Transaction) -> dict[str, dict[ItemKind, int]]:
        """By patron, in one order; only what some limit asks for."""
        terms = (self.policy, *self.policy.categories.values())
        limited = {kind for one in terms for kind in one.kind_limits}
        found: dict[str, dict[ItemKind, int]] = {}
        if limited:
            for patron, kind, count in transaction.rows(_KINDS, {}):
                if ItemKind(kind) in limited:
                    found.setdefault(patron, {})[ItemKind(kind)] = count
        return found


def _rights(row: _CardRow, kinds: Mapping[str, dict[ItemKind, int]]) -> CardRights:
    return CardRights(
        patron_id=row.patron,
        category=PatronCategory(row.category),
        card_blocked=bool(row.card_blocked),
        blocked=bool(row.blocked),
        left=bool(row.left),
        counted_loans=row.counted,
        overdue_loans=row.overdue,
        loans_of_kind=kinds.get(row.patron, {}),
        age_years=age_of_class(row.class_name),
    )


def _copies(transaction: Transaction, owner: str) -> tuple[CopyState, ...]:
    queues: dict[int, list[str]] = {}
    for title, patron in transaction.rows(_WAITING, {"owner": owner}):
        queues.setdefault(title, []).append(patron)
    rows = [_CopyRow(*row) for row in transaction.rows(_COPIES, {"owner": owner})]
    free = Counter(row.title_id for row in rows if row.free and row.title_id in queues)
    return in_order(_copy(row, tuple(queues.get(row.title_id, ())), free) for row in rows)


def _copy(row: _CopyRow, waiting: tuple[str, ...], free: Counter[int]) -> CopyState:
    return CopyState(
        owner=row.owner,
        item_id=row.item_id,
        state=ItemState(row.state),
        kind=ItemKind(row.kind),
        reading_room_only=bool(row.reading_room_only),
        age_mark=row.age_mark,
        holder=row.holder,
        due=None if row.due is None else to_date(row.due),
        renewals=row.renewals or 0,
        waiting=waiting,
        free_besides=free[row.title_id] - int(bool(row.free)) if waiting else 0,
    )
