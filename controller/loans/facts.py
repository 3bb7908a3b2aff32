"""What the ledger knows of a copy and a patron, as rows and as facts for the rules."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from circulation.ids import PatronId
from circulation.loan import Act, ItemState, SecurityState
from circulation.policy import ItemKind, PatronCategory, Policy
from circulation.rules import Facts, ItemFacts, PatronFacts
from controller.columns import to_date, to_utc
from controller.sql import Question, Statement, Transaction

# 273-ФЗ, статья 67: school begins between 6.5 and 8, so in class g nearly all are g + 6 by autumn.
# No birth date is kept; without a class no age mark is enforced.
_AGE_BEFORE_FIRST_CLASS = 6
_GRADE = re.compile(r"(\d{1,2})")

_COPY = Statement(
    "SELECT i.id, i.item_id, i.title_id, i.tag_uid, i.state, i.security, i.reading_room_only,"
    " i.parts, i.owner, t.title, t.kind, t.age_mark, l.id, l.patron_id, l.due, l.renewals,"
    " l.lent_at, l.device_id, h.id, h.patron_id, h.ready_until,"
    " EXISTS (SELECT 1 FROM hold o WHERE o.title_id = i.title_id AND o.owner = i.owner"
    " AND o.state IN ('waiting', 'ready'))"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " LEFT JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
    " LEFT JOIN hold h ON h.item_id = i.id AND h.state = 'ready'"
    " WHERE i.owner = :owner AND i.item_id = :item_id",
    types={"owner": "text", "item_id": "text"},
)
_PATRON = Statement(
    "SELECT p.id, EXISTS (SELECT 1 FROM patron_block b WHERE b.patron_id = p.id"
    " AND b.lifted_at IS NULL AND (b.until IS NULL OR b.until >= :today)),"
    " p.has_left, p.class_name, p.family_name, p.given_name,"
    " count(l.id), sum(CASE WHEN l.counted THEN 1 ELSE 0 END),"
    " sum(CASE WHEN l.due < :today AND l.claimed_at IS NULL THEN 1 ELSE 0 END), p.category"
    " FROM patron p LEFT JOIN loan l ON l.patron_id = p.id AND l.returned_at IS NULL"
    " WHERE p.id = :patron_id GROUP BY p.id",
    types={"patron_id": "text", "today": "date"},
)
_QUEUE = Statement(  # who waits before this patron, and the other copies that are free for them
    "SELECT (SELECT count(*) FROM hold w WHERE w.title_id = :title_id AND w.owner = :owner"
    " AND w.state = 'waiting' AND w.state IN ('waiting', 'ready')"  # the index's own words
    " AND w.patron_id <> :patron_id"
    " AND NOT EXISTS (SELECT 1 FROM hold m WHERE m.title_id = :title_id AND m.owner = :owner"
    " AND m.patron_id = :patron_id AND m.state = 'waiting' AND m.state IN ('waiting', 'ready')"
    " AND m.id < w.id)),"
    " (SELECT count(*) FROM item f WHERE f.title_id = :title_id AND f.owner = :owner"
    " AND f.state = 'in_stock' AND NOT f.reading_room_only AND f.id <> :item_id"
    " AND NOT EXISTS (SELECT 1 FROM hold r WHERE r.item_id = f.id AND r.state = 'ready'))"
)
_LOANS_OF_KIND = Statement(
    "SELECT count(*) FROM loan l JOIN item i ON i.id = l.item_id JOIN title t ON t.id = i.title_id"
    " WHERE l.patron_id = :patron_id AND l.returned_at IS NULL AND t.kind = :kind"
)


class _CopyRow(NamedTuple):
    id: int
    item_id: str
    title_id: int
    tag_uid: str | None
    state: str
    security: str
    reading_room_only: bool
    parts: int
    owner: str
    title: str
    kind: str
    age_mark: int
    loan_id: int | None
    holder: str | None
    due: str | date | None
    renewals: int | None
    lent_at: str | datetime | None
    lent_by: int | None
    hold_id: int | None
    held_for: str | None
    ready_until: str | date | None
    has_holds: bool


@dataclass(frozen=True, slots=True)
class ReadyHold:
    """The hold for which a copy stands on the hold shelf."""

    id: int
    patron: PatronId
    until: date


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """One copy with its open loan and its place on the hold shelf, if any.

    `facts` say nothing of holds: they depend on who asks and when (`facts_for`).
    """

    id: int
    owner: str
    item_id: str
    title_id: int
    title: str
    tag_uid: str | None
    security: SecurityState
    loan_id: int | None
    lent_at: datetime | None
    lent_by: int | None  # the device of the open loan
    hold: ReadyHold | None
    has_holds: bool  # somebody waits for the title, or has a copy on the hold shelf
    facts: ItemFacts


class PatronRecord(NamedTuple):
    """One patron with the counts of his open loans. Names never leave the controller whole."""

    id: str
    blocked: bool
    has_left: bool
    class_name: str
    family_name: str
    given_name: str
    open_loans: int
    counted_loans: int
    overdue_loans: int
    category: str

    @property
    def facts(self) -> PatronFacts:
        """The part that the rules may look at."""
        return PatronFacts(
            patron=PatronId(self.id),
            blocked=bool(self.blocked),
            left=bool(self.has_left),
            counted_loans=self.counted_loans,
            overdue_loans=self.overdue_loans,
            age_years=age_of_class(self.class_name),
            category=PatronCategory(self.category),
        )


def find_copy(transaction: Transaction, owner: str, item_id: str) -> CopyRecord | None:
    """The copy and its open loan, or None when the ledger does not know it."""
    found = transaction.row(_COPY, {"owner": owner, "item_id": item_id})
    return None if found is None else _copy(_CopyRow(*found))


def which_copies(ids: Iterable[tuple[str, str]]) -> Question[dict[tuple[str, str], CopyRecord]]:
    """The same for several (owner, item id); those that the ledger does not know are left out."""

    def read(found: list[Any]) -> dict[tuple[str, str], CopyRecord]:
        copies = (_copy(_CopyRow(*row)) for row in found if row)
        return {(copy.owner, copy.item_id): copy for copy in copies}

    asked = [{"owner": owner, "item_id": item_id} for owner, item_id in ids]
    return Question(_COPY, asked, read)


def find_patron(transaction: Transaction, patron_id: str, today: date) -> PatronRecord | None:
    """The patron and his counts as of today, or None."""
    row = transaction.row(_PATRON, {"patron_id": patron_id, "today": today.isoformat()})
    return None if row is None else PatronRecord(*row)


def which_patrons(ids: Iterable[str], today: date) -> Question[dict[str, PatronRecord]]:
    """The same for several; those that the ledger does not know are left out."""

    def read(found: list[Any]) -> dict[str, PatronRecord]:
        return {row[0]: PatronRecord(*row) for row in found if row}

    day = today.isoformat()
    return Question(_PATRON, [{"patron_id": one, "today": day} for one in ids], read)


def facts_for(
    transaction: Transaction,
    act: Act,
    copy: CopyRecord,
    patron: PatronRecord,
    policy: Policy,
    today: date,
) -> Facts:
    """Everything the rules may look at; the rarer questions are asked only where they matter."""
    person = patron.facts
    kind = copy.facts.kind
    if kind in policy.terms(person.category).kind_limits:
        found = transaction.row(_LOANS_OF_KIND, {"patron_id": patron.id, "kind": kind.value})
        person = replace(person, loans_of_kind=found[0])
    if not copy.has_holds:
        return Facts(act, copy.facts, person)
    held = copy.hold is not None and copy.hold.until >= today
    item = replace(
        copy.facts,
        held_for=copy.hold.patron if copy.hold is not None and held else None,
        queue_takes_it=_queue_takes(transaction, copy, patron),
    )
    return Facts(act, item, person)


def with_parts(facts: Facts, seen: Iterable[int] | None) -> Facts:
    """The same, with the parts of a set that a device saw; None: it did not look."""
    return facts if seen is None else replace(facts, parts_seen=frozenset(seen))


def _copy(row: _CopyRow) -> CopyRecord:
    facts = ItemFacts(
        kind=ItemKind(row.kind),
        state=ItemState(row.state),
        holder=None if row.holder is None else PatronId(row.holder),
        due=None if row.due is None else to_date(row.due),
        renewals=row.renewals or 0,
        reading_room_only=bool(row.reading_room_only),
        age_mark=row.age_mark,
        parts=row.parts,
    )
    return CopyRecord(
        id=row.id,
        owner=row.owner,
        item_id=row.item_id,
        title_id=row.title_id,
        title=row.title,
        tag_uid=row.tag_uid,
        security=SecurityState(row.security),
        loan_id=row.loan_id,
        lent_at=None if row.lent_at is None else to_utc(row.lent_at),
        lent_by=row.lent_by,
        hold=_ready_hold(row),
        has_holds=bool(row.has_holds),
        facts=facts,
    )


def _queue_takes(transaction: Transaction, copy: CopyRecord, patron: PatronRecord) -> bool:
    parameters = {
        "title_id": copy.title_id,
        "owner": copy.owner,
        "patron_id": patron.id,
        "item_id": copy.id,
    }
    ahead, free_besides = transaction.row(_QUEUE, parameters)
    return bool(ahead > free_besides)


def _ready_hold(row: _CopyRow) -> ReadyHold | None:
    if row.hold_id is None or row.held_for is None or row.ready_until is None:
        return None
    return ReadyHold(row.hold_id, PatronId(row.held_for), to_date(row.ready_until))


def age_of_class(class_name: str) -> int | None:
    """The age that nearly all of this class have reached: '7Б' is 13; None without a class."""
    grade = _GRADE.match(class_name)
    return None if grade is None else int(grade[1]) + _AGE_BEFORE_FIRST_CLASS
