"""What the ledger knows of a copy and a patron, as rows and as facts for the rules."""

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from circulation.ids import PatronId
from circulation.loan import ItemState, SecurityState
from circulation.policy import ItemKind
from circulation.rules import ItemFacts, PatronFacts
from controller.columns import to_date
from controller.sql import Statement, Transaction

# 273-ФЗ, статья 67: school begins between 6.5 and 8, so in class g nearly all are g + 6 by autumn.
# No birth date is kept; without a class no age mark is enforced.
_AGE_BEFORE_FIRST_CLASS = 6
_GRADE = re.compile(r"(\d{1,2})")

_COPY = Statement(
    "SELECT i.id, i.item_id, i.title_id, i.tag_uid, i.state, i.security, i.reading_room_only,"
    " t.title, t.kind, t.age_mark, l.id, l.patron_id, l.due, l.renewals"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " LEFT JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
    " WHERE i.owner = :owner AND i.item_id = :item_id"
)
_PATRON = Statement(
    "SELECT p.id, p.blocked, p.has_left, p.class_name, p.family_name, p.given_name,"
    " count(l.id), sum(CASE WHEN l.counted THEN 1 ELSE 0 END),"
    " sum(CASE WHEN l.due < :today THEN 1 ELSE 0 END)"
    " FROM patron p LEFT JOIN loan l ON l.patron_id = p.id AND l.returned_at IS NULL"
    " WHERE p.id = :patron_id GROUP BY p.id"
)


class _CopyRow(NamedTuple):
    id: int
    item_id: str
    title_id: int
    tag_uid: str | None
    state: str
    security: str
    reading_room_only: bool
    title: str
    kind: str
    age_mark: int
    loan_id: int | None
    holder: str | None
    due: str | date | None
    renewals: int | None


@dataclass(frozen=True, slots=True)
class CopyRecord:
    """One copy with its open loan, if any."""

    id: int
    item_id: str
    title_id: int
    title: str
    tag_uid: str | None
    security: SecurityState
    loan_id: int | None
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
        )


def find_copy(transaction: Transaction, owner: str, item_id: str) -> CopyRecord | None:
    """The copy and its open loan, or None when the ledger does not know it."""
    found = transaction.row(_COPY, {"owner": owner, "item_id": item_id})
    if found is None:
        return None
    row = _CopyRow(*found)
    facts = ItemFacts(
        kind=ItemKind(row.kind),
        state=ItemState(row.state),
        holder=None if row.holder is None else PatronId(row.holder),
        due=None if row.due is None else to_date(row.due),
        renewals=row.renewals or 0,
        reading_room_only=bool(row.reading_room_only),
        age_mark=row.age_mark,
    )
    return CopyRecord(
        id=row.id,
        item_id=row.item_id,
        title_id=row.title_id,
        title=row.title,
        tag_uid=row.tag_uid,
        security=SecurityState(row.security),
        loan_id=row.loan_id,
        facts=facts,
    )


def find_patron(transaction: Transaction, patron_id: str, today: date) -> PatronRecord | None:
    """The patron and his counts as of today, or None."""
    row = transaction.row(_PATRON, {"patron_id": patron_id, "today": today.isoformat()})
    return None if row is None else PatronRecord(*row)


def age_of_class(class_name: str) -> int | None:
    """The age that nearly all of this class have reached: '7Б' is 13; None without a class."""
    grade = _GRADE.match(class_name)
    return None if grade is None else int(grade[1]) + _AGE_BEFORE_FIRST_CLASS
