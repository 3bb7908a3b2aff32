"""Holds as rows: what the services and the lists read, and the one row that a new hold is."""

from dataclasses import dataclass
from datetime import date, datetime

from circulation.holds import HoldState, TitleFacts
from circulation.policy import ItemKind
from controller.columns import to_date, utc_text
from controller.sql import Statement, Transaction

_TITLE = Statement(
    "SELECT t.title, t.author, t.kind, t.age_mark,"
    " (SELECT count(*) FROM item i WHERE i.title_id = t.id AND i.owner = :owner"
    " AND i.state IN ('in_stock', 'on_loan') AND NOT i.reading_room_only),"
    " EXISTS (SELECT 1 FROM loan l JOIN item i ON i.id = l.item_id WHERE i.title_id = t.id"
    " AND l.patron_id = :patron_id AND l.returned_at IS NULL),"
    " EXISTS (SELECT 1 FROM hold h WHERE h.title_id = t.id AND h.owner = :owner"
    " AND h.patron_id = :patron_id AND h.state IN ('waiting', 'ready')),"
    " (SELECT count(*) FROM hold h WHERE h.patron_id = :patron_id"
    " AND h.state IN ('waiting', 'ready'))"
    " FROM title t WHERE t.id = :title_id"
)
_INSERT = Statement(
    "INSERT INTO hold (title_id, owner, patron_id, state, placed_at)"
    " VALUES (:title_id, :owner, :patron_id, 'waiting', :placed_at) RETURNING id"
)
_VIEW = (
    "SELECT h.id, h.title_id, h.owner, h.patron_id, t.title, t.author, h.state, h.item_id,"
    " h.ready_until, (SELECT count(*) FROM hold w WHERE w.title_id = h.title_id"
    " AND w.owner = h.owner AND w.state = 'waiting' AND w.state IN ('waiting', 'ready')"
    " AND w.id < h.id)"
    " FROM hold h JOIN title t ON t.id = h.title_id"
)
_ONE = Statement(_VIEW + " WHERE h.id = :hold_id")
_OF_PATRON = Statement(
    _VIEW + " WHERE h.patron_id = :patron_id AND h.state IN ('waiting', 'ready') ORDER BY h.id"
)


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A title as a patron asks for it."""

    title: str
    author: str
    facts: TitleFacts
    open_holds: int  # of this patron, for all titles


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """One hold; `ahead` counts those who wait before it."""

    id: int
    title_id: int
    owner: str
    patron_id: str
    title: str
    author: str
    state: HoldState
    item_id: int | None
    ready_until: date | None
    ahead: int


def find_title(
    transaction: Transaction, *, title_id: int, owner: str, patron_id: str
) -> TitleRecord | None:
    """The title with its copies in this library and this patron's part in it, or None."""
    parameters = {"title_id": title_id, "owner": owner, "patron_id": patron_id}
    row = transaction.row(_TITLE, parameters)
    if row is None:
        return None
    title, author, kind, age_mark, lendable, has_it, waits, open_holds = row
    facts = TitleFacts(
        kind=ItemKind(kind),
        lendable_copies=lendable,
        age_mark=age_mark,
        has_it=bool(has_it),
        waits_for_it=bool(waits),
    )
    return TitleRecord(title, author, facts, open_holds)


def insert_hold(
    transaction: Transaction, *, title_id: int, owner: str, patron_id: str, now: datetime
) -> int:
    """The id of a new hold at the end of the queue."""
    parameters = {
        "title_id": title_id,
        "owner": owner,
        "patron_id": patron_id,
        "placed_at": utc_text(now),
    }
    return int(transaction.row(_INSERT, parameters)[0])


def find_hold(transaction: Transaction, hold_id: int) -> HoldRecord | None:
    """One hold, or None."""
    row = transaction.row(_ONE, {"hold_id": hold_id})
    return None if row is None else _record(row)


def holds_of(transaction: Transaction, patron_id: str) -> list[HoldRecord]:
    """What a patron waits for, the oldest first."""
    return [_record(row) for row in transaction.rows(_OF_PATRON, {"patron_id": patron_id})]


def _record(
    row: tuple[int, int, str, str, str, str, str, int | None, str | date | None, int],
) -> HoldRecord:
    hold_id, title_id, owner, patron_id, title, author, state, item_id, until, ahead = row
    return HoldRecord(
        id=hold_id,
        title_id=title_id,
        owner=owner,
        patron_id=patron_id,
        title=title,
        author=author,
        state=HoldState(state),
        item_id=item_id,
        ready_until=None if until is None else to_date(until),
        ahead=ahead if state == HoldState.WAITING else 0,
    )
