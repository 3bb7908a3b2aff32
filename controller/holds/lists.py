"""The librarian's lists: what to fetch for those who wait, and what stands on the hold shelf."""

from datetime import date

from circulation.desk import PickLine, PickList, Shelf, ShelfLine
from circulation.holds import slip_code
from controller.columns import to_date
from controller.sql import Statement, Transaction

MAX_LINES = 500

_PICK = Statement(  # of each title with free copies as many copies as patrons wait
    "SELECT q.title_id, q.title, q.author, q.waiting, q.free, q.owner, q.item_id, q.place FROM ("
    "SELECT i.title_id AS title_id, t.title AS title, t.author AS author, w.waiting AS waiting,"
    " count(*) OVER (PARTITION BY i.title_id) AS free,"
    " row_number() OVER (PARTITION BY i.title_id ORDER BY i.place, i.id) AS nth,"
    " i.owner AS owner, i.item_id AS item_id, i.place AS place"
    " FROM (SELECT title_id, count(*) AS waiting FROM hold"
    " WHERE owner = :owner AND state = 'waiting' AND state IN ('waiting', 'ready')"
    " GROUP BY title_id) AS w"
    " JOIN item i ON i.title_id = w.title_id AND i.owner = :owner"
    " JOIN title t ON t.id = i.title_id"
    " WHERE i.state = 'in_stock' AND NOT i.reading_room_only AND NOT EXISTS"
    " (SELECT 1 FROM hold r WHERE r.item_id = i.id AND r.state = 'ready')) AS q"
    " WHERE q.nth <= q.waiting ORDER BY q.place, q.title, q.item_id LIMIT :most"
)
_SHELF = Statement(
    "SELECT h.id, i.owner, i.item_id, t.title, h.ready_until FROM hold h"
    " JOIN item i ON i.id = h.item_id JOIN title t ON t.id = h.title_id"
    " WHERE h.owner = :owner AND h.state = 'ready' ORDER BY h.ready_until, h.id LIMIT :most"
)
_LATE = Statement(
    "SELECT h.id, h.item_id, h.title_id, i.item_id, t.title, h.ready_until FROM hold h"
    " JOIN item i ON i.id = h.item_id JOIN title t ON t.id = h.title_id"
    " WHERE h.owner = :owner AND h.state = 'ready' AND h.ready_until < :today"
    " ORDER BY h.id LIMIT :most"
)


def pick_list(transaction: Transaction, owner: str) -> PickList:
    """Copies to fetch, in the order of their places."""
    fields = ("title_id", "title", "author", "waiting", "free", "owner", "item_id", "place")
    found = transaction.rows(_PICK, {"owner": owner, "most": MAX_LINES})
    lines = (dict(zip(fields, row, strict=True)) for row in found)
    return PickList(copies=tuple(PickLine.model_validate(line) for line in lines))


def hold_shelf(transaction: Transaction, owner: str) -> Shelf:
    """Every copy on the hold shelf, the one whose time ends first on top."""
    found = transaction.rows(_SHELF, {"owner": owner, "most": MAX_LINES})
    return Shelf(copies=tuple(shelf_line(*row) for row in found))


def late_holds(
    transaction: Transaction, owner: str, today: date
) -> list[tuple[int, int, int, str, str, str | date]]:
    """Ready holds whose time is over: hold, copy, title, item id, title's words, last day."""
    parameters = {"owner": owner, "today": today.isoformat(), "most": MAX_LINES}
    return transaction.rows(_LATE, parameters)


def shelf_line(hold_id: int, owner: str, item_id: str, title: str, until: str | date) -> ShelfLine:
    """One copy on the shelf with the code on its slip."""
    return ShelfLine(
        hold_id=hold_id,
        code=slip_code(hold_id),
        owner=owner,
        item_id=item_id,
        title=title,
        ready_until=to_date(until),
    )
