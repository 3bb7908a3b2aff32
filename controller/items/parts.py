"""The names of a set's parts: a kiosk says which is missing in the librarian's own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from circulation.desk import PartsReceipt, PartsRequest
from circulation.reasons import Reason
from controller import journal
from controller.answers import NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_FIND = Statement("SELECT id, title_id FROM item WHERE owner = :owner AND item_id = :item_id")
_ONE = (
    "SELECT i.id, i.title_id, i.item_id, t.title, i.parts, (SELECT count(*) FROM item o"
    " WHERE o.title_id = i.title_id AND o.owner = i.owner)"
    " FROM item i JOIN title t ON t.id = i.title_id WHERE i.owner = :owner"
)
_BY_NUMBER = Statement(
    f"{_ONE} AND i.item_id = :number"
    f" UNION ALL {_ONE} AND i.inventory_no = :number AND i.item_id <> :number"
)
_OF_TITLE = Statement("SELECT id, title_id FROM item WHERE title_id = :id AND owner = :owner")
_COUNT = Statement("UPDATE item SET parts = :parts WHERE id = :id")
_FORGET = Statement("DELETE FROM item_part WHERE item_id = :id")
_NAME = Statement("INSERT INTO item_part (item_id, number, name) VALUES (:id, :number, :name)")
_NAMES = Statement(
    "SELECT p.name FROM item i JOIN item_part p ON p.item_id = i.id"
    " WHERE i.owner = :owner AND i.item_id = :item_id ORDER BY p.number"
)


def name_parts(
    transaction: Transaction, caller: Caller, request: PartsRequest, time: LibraryTime
) -> Answer:
    """The copy has these parts from now on; one name alone: it is no set."""
    copy = transaction.row(_FIND, {"owner": request.owner, "item_id": request.item_id})
    if copy is None:
        return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
    by = Namer(caller.operator, caller.device_id)
    set_parts(transaction, copy, request.names, by=by, now=time.now())
    return granted(PartsReceipt(op_id=request.op_id, item_id=request.item_id, names=request.names))


@dataclass(frozen=True, slots=True)
class Namer:
    """Who names parts, for the log; without a device: on a page."""

    login: str
    device_id: int | None = None


def set_parts(
    transaction: Transaction,
    copy: tuple[int, int],
    names: Sequence[str],
    *,
    by: Namer,
    now: datetime,
) -> None:
    """`copy` is the row's id and its title's."""
    item, title = copy
    transaction.run(_COUNT, {"id": item, "parts": len(names)})
    transaction.run(_FORGET, {"id": item})
    if len(names) > 1:
        rows = [
            {"id": item, "number": number, "name": name}
            for number, name in enumerate(names, start=1)
        ]
        transaction.run_each(_NAME, rows)
    detail: journal.Detail = {"parts": len(names), "staff": by.login}
    journal.append(
        transaction,
        EventKind.ITEM_MARKED,
        now,
        device_id=by.device_id,
        item_id=item,
        title_id=title,
        detail=detail,
    )


def name_parts_of_number(
    transaction: Transaction,
    library: str,
    number: str,
    names: Sequence[str],
    *,
    all_copies: bool,
    by: Namer,
    now: datetime,
) -> int:
    """How many copies have these parts now; 0: no copy has this number.

    `all_copies`: every copy that this library has of the title.
    """
    found = transaction.rows(_BY_NUMBER, {"owner": library, "number": number})
    wanted = {(item, title) for item, title, *_ in found}
    if all_copies:
        titles = {title for _, title in wanted}
        rows = (transaction.rows(_OF_TITLE, {"owner": library, "id": one}) for one in titles)
        wanted = {(row[0], row[1]) for some in rows for row in some}
    for copy in sorted(wanted):
        set_parts(transaction, copy, names, by=by, now=now)
    return len(wanted)


@dataclass(frozen=True, slots=True)
class PartsOfCopy:
    """A copy as the page shows it; `names` is empty when nobody named its parts."""

    item_id: str
    title: str
    parts: int
    names: tuple[str, ...]
    copies: int  # of this title in this library


def parts_of_number(transaction: Transaction, library: str, number: str) -> list[PartsOfCopy]:
    """Of the copies with this item id or inventory number."""
    return [
        PartsOfCopy(item_id, title, parts, part_names(transaction, library, item_id), copies)
        for _, _, item_id, title, parts, copies in transaction.rows(
            _BY_NUMBER, {"owner": library, "number": number}
        )
    ]


def part_names(transaction: Transaction, owner: str, item_id: str) -> tuple[str, ...]:
    """In the order of the parts' numbers; empty when nobody named them."""
    rows = transaction.rows(_NAMES, {"owner": owner, "item_id": item_id})
    return tuple(row[0] for row in rows)
