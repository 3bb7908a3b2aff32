"""The clearance list («обходной лист»): who still has books, by class, or of all who leave."""

from itertools import groupby
from typing import Any

from controller.columns import to_date
from controller.patrons.finding import line_of
from controller.patrons.wire import Debt, Debtor, Debtors
from controller.sql import Statement, Transaction

_DEBTS = Statement(
    "SELECT p.id, p.family_name, p.given_name, p.patronymic, p.class_name, p.category, p.has_left,"
    " i.item_id, i.inventory_no, t.title, t.author, l.due, i.price"
    " FROM loan l JOIN patron p ON p.id = l.patron_id"
    " JOIN item i ON i.id = l.item_id JOIN title t ON t.id = i.title_id"
    " WHERE l.returned_at IS NULL AND p.library = :library"
    " AND (:class_name = '' OR p.class_name = :class_name)"
    " AND (p.has_left = true OR :leavers = 0)"
    " ORDER BY p.class_name, p.family_name, p.given_name, p.id, l.due, l.id"
)


def debts(
    transaction: Transaction, library: str, class_name: str, *, only_leavers: bool
) -> Debtors:
    """Everybody at home in this library with open loans, wherever the copies are from.

    Of one class unless it is empty; all or only those who leave.
    """
    parameters = {"library": library, "class_name": class_name, "leavers": int(only_leavers)}
    rows = transaction.rows(_DEBTS, parameters)
    people = groupby(rows, key=lambda row: row[:7])
    return Debtors(
        debtors=tuple(
            Debtor(patron=line_of(*person), debts=tuple(_debt(row) for row in loans))
            for person, loans in people
        )
    )


def _debt(row: Any) -> Debt:
    return Debt(
        item_id=row[7],
        inventory_no=row[8],
        title=row[9],
        author=row[10],
        due=to_date(row[11]),
        price=row[12],
    )
