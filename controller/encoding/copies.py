"""Copies as an encoding station shows them: by number, by tag, by row."""

from typing import Any

from circulation.encoding import (
    MOST_FOUND,
    CopiesFound,
    CopyToTag,
    NumberQuery,
    TagHolder,
    TagQuery,
)
from circulation.loan import SecurityState, should_be_armed
from controller.answers import Answer, granted
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction

COLUMNS = (
    "i.id, i.owner, i.item_id, i.inventory_no, t.title, t.author, t.section, i.place, i.parts,"
    " i.state, i.security, i.tag_uid"
)
_BY_NUMBER = Statement(  # OR over two columns would read every copy
    f"SELECT {COLUMNS} FROM item i JOIN title t ON t.id = i.title_id"  # noqa: S608  # our own text
    " WHERE i.id IN (SELECT id FROM item WHERE owner = :owner AND item_id = :number"
    " UNION SELECT id FROM item WHERE inventory_no = :number AND owner = :owner)"
    " ORDER BY i.id LIMIT :most"
)
_BY_ROW = Statement(
    f"SELECT {COLUMNS} FROM item i JOIN title t ON t.id = i.title_id"  # noqa: S608
    " WHERE i.id = :id"
)
_BY_ID = Statement("SELECT id FROM item WHERE owner = :owner AND item_id = :item_id")
_HOLDER = Statement(
    "SELECT id, 1 FROM item WHERE tag_uid = :uid"
    " UNION ALL SELECT item_id, part FROM part_tag WHERE uid = :uid"
)
_PARTS = Statement("SELECT part FROM part_tag WHERE item_id = :id ORDER BY part")
_NAMES = Statement("SELECT name FROM item_part WHERE item_id = :id ORDER BY number")


def find_copies(transaction: Transaction, caller: Caller, query: NumberQuery) -> Answer:
    """Every copy of this library whose barcode or inventory number it is."""
    if refusal := staff_only(caller):
        return refusal
    number = query.number.strip()
    parameters = {"owner": caller.library, "number": number, "most": MOST_FOUND}
    rows = transaction.rows(_BY_NUMBER, parameters)
    return granted(CopiesFound(copies=tuple(view(transaction, row) for row in rows)))


def check_tag(transaction: Transaction, caller: Caller, query: TagQuery) -> Answer:
    """Whose tag it is in the ledger, whatever stands on it."""
    if refusal := staff_only(caller):
        return refusal
    found = holder(transaction, query.uid)
    if found is None:
        return granted(TagHolder())
    item, part = found
    return granted(TagHolder(copy_of=copy_at(transaction, item), part=part))


def holder(transaction: Transaction, uid: str) -> tuple[int, int] | None:
    """The row of the copy and the part that have this tag, or None."""
    row = transaction.row(_HOLDER, {"uid": uid})
    return None if row is None else (int(row[0]), int(row[1]))


def row_of(transaction: Transaction, owner: str, item_id: str) -> int | None:
    """The copy's row, or None."""
    row = transaction.row(_BY_ID, {"owner": owner, "item_id": item_id})
    return None if row is None else int(row[0])


def copy_at(transaction: Transaction, item: int) -> CopyToTag:
    """The copy in this row, which is there."""
    return view(transaction, transaction.row(_BY_ROW, {"id": item}))


def view(transaction: Transaction, row: Any) -> CopyToTag:
    """One row of `COLUMNS`, with what only a set has."""
    item, owner, item_id, inventory, title, author, section, place, parts, state, security, uid = (
        row
    )
    is_set = parts > 1
    tagged = [1] if uid is not None else []
    if is_set:
        tagged += [part for (part,) in transaction.rows(_PARTS, {"id": item})]
    names = [name for (name,) in transaction.rows(_NAMES, {"id": item})] if is_set else []
    return CopyToTag.model_validate(
        {
            "owner": owner,
            "item_id": item_id,
            "inventory_no": inventory or "",
            "title": title,
            "author": author,
            "section": section,
            "place": place,
            "parts": parts,
            "part_names": names,
            "state": state,
            "armed": should_be_armed(SecurityState(security)),
            "tag_uid": uid,
            "tagged": tagged,
        }
    )
