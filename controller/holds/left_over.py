"""Copies on the hold shelf whose holds ended there: the ledger cannot move them, a person does.

Their readers did not come, wait no more, took another copy or have left the library.

Until somebody has, each is told on the page, however short the ledger remembers who waited.
"""

from dataclasses import dataclass
from datetime import datetime

from circulation.desk import ShelfLine
from circulation.holds import slip_code
from controller.columns import utc_text
from controller.holds.lists import MAX_LINES, shelf_line
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_LEAVE = Statement(
    "INSERT INTO left_on_shelf (item_id, hold_id, ended_at) VALUES (:item_id, :hold_id, :now)"
    " ON CONFLICT (item_id) DO UPDATE SET hold_id = excluded.hold_id, ended_at = excluded.ended_at"
)
_LEFT = Statement(  # whoever lent a copy since has moved it
    "SELECT s.hold_id, i.item_id, t.title, r.id, r.ready_until FROM left_on_shelf s"
    " JOIN item i ON i.id = s.item_id JOIN title t ON t.id = i.title_id"
    " LEFT JOIN hold r ON r.item_id = s.item_id AND r.state = 'ready'"
    " WHERE i.owner = :owner AND i.state = 'in_stock' AND NOT EXISTS (SELECT 1 FROM event e"
    " WHERE e.item_id = s.item_id AND e.kind = :lent AND e.at >= s.ended_at)"
    " ORDER BY s.hold_id LIMIT :most"
)
_MOVED = Statement(
    "DELETE FROM left_on_shelf WHERE hold_id = :hold_id"
    " AND item_id IN (SELECT i.id FROM item i WHERE i.owner = :owner)"
)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A copy that its reader will not fetch; `follower`: whom it waits for now, by a new code."""

    hold_id: int
    code: str
    item_id: str
    title: str
    follower: ShelfLine | None


def leave_on_shelf(transaction: Transaction, item_id: int, hold_id: int, now: datetime) -> None:
    """The copy stands there with the slip of a hold that is over."""
    parameters = {"item_id": item_id, "hold_id": hold_id, "now": utc_text(now)}
    transaction.run(_LEAVE, parameters)


def left_over(transaction: Transaction, owner: str) -> tuple[LeftOver, ...]:
    """What a librarian is to take from the hold shelf, or to give another slip."""
    parameters = {"owner": owner, "lent": EventKind.CHECKED_OUT.value, "most": MAX_LINES}
    return tuple(
        LeftOver(
            hold_id=hold,
            code=slip_code(hold),
            item_id=item,
            title=title,
            follower=None if next_ is None else shelf_line(next_, owner, item, title, until),
        )
        for hold, item, title, next_, until in transaction.rows(_LEFT, parameters)
    )


def book_moved(transaction: Transaction, owner: str, hold_id: int) -> None:
    """A librarian moved the book or changed its slip. Said twice it does nothing."""
    transaction.run(_MOVED, {"owner": owner, "hold_id": hold_id})
