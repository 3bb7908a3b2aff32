"""The names of a set's parts: a kiosk says which is missing in the librarian's own words."""

from circulation.desk import PartsReceipt, PartsRequest
from circulation.reasons import Reason
from controller import journal
from controller.answers import NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_FIND = Statement("SELECT id, title_id FROM item WHERE owner = :owner AND item_id = :item_id")
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
    found = transaction.row(_FIND, {"owner": request.owner, "item_id": request.item_id})
    if found is None:
        return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
    item, title = found
    transaction.run(_COUNT, {"id": item, "parts": len(request.names)})
    transaction.run(_FORGET, {"id": item})
    if len(request.names) > 1:
        rows = [
            {"id": item, "number": number, "name": name}
            for number, name in enumerate(request.names, start=1)
        ]
        transaction.run_each(_NAME, rows)
    detail: journal.Detail = {"parts": len(request.names), "staff": caller.operator}
    journal.append(
        transaction,
        EventKind.ITEM_MARKED,
        time.now(),
        device_id=caller.device_id,
        item_id=item,
        title_id=title,
        detail=detail,
    )
    return granted(PartsReceipt(op_id=request.op_id, item_id=request.item_id, names=request.names))


def part_names(transaction: Transaction, owner: str, item_id: str) -> tuple[str, ...]:
    """In the order of the parts' numbers; empty when nobody named them."""
    rows = transaction.rows(_NAMES, {"owner": owner, "item_id": item_id})
    return tuple(row[0] for row in rows)
