"""The copies that have no tag yet: narrowed by shelf, batch and class, page by page."""

from typing import Any

from circulation.encoding import Choice, Choices, Untagged, UntaggedQuery
from controller.answers import Answer, granted
from controller.devices.kinds import staff_only
from controller.devices.tokens import Caller
from controller.encoding.copies import COLUMNS, view
from controller.sql import Statement, Transaction

_WANTING = (  # a copy without a tag, or a set of which a part has none
    "i.owner = :owner AND i.state NOT IN ('withdrawn', 'lost')"
    " AND (i.tag_uid IS NULL OR (i.parts > 1 AND i.parts - 1 >"
    " (SELECT count(*) FROM part_tag p WHERE p.item_id = i.id)))"
)
_BATCH = (
    " AND i.id IN (SELECT bi.item_id FROM batch_item bi JOIN batch b ON b.id = bi.batch_id"
    " WHERE b.owner = :owner AND b.kind = 'arrival' AND b.number = :batch)"
)
_PLACE = " AND i.place = :place"
_GRADE = " AND t.grade = :grade"
_TEXT = (
    " AND (i.item_id LIKE :begins ESCAPE '!' OR i.inventory_no LIKE :begins ESCAPE '!'"
    " OR i.title_id IN (SELECT id FROM title WHERE title LIKE :inside ESCAPE '!'"
    " OR title LIKE :capital ESCAPE '!'))"  # SQLite folds no Cyrillic letter
)
_FROM = " FROM item i JOIN title t ON t.id = i.title_id WHERE " + _WANTING
_COUNTED = " FROM item i WHERE " + _WANTING
_CHOICES = {
    "places": Statement(
        "SELECT i.place, count(*)" + _COUNTED + " GROUP BY i.place ORDER BY i.place"
    ),
    "batches": Statement(
        "SELECT b.number, count(*) FROM batch b JOIN batch_item bi ON bi.batch_id = b.id"  # noqa: S608  # our own text
        " JOIN item i ON i.id = bi.item_id WHERE b.kind = 'arrival' AND "
        + _WANTING
        + " GROUP BY b.number ORDER BY b.number"
    ),
    "grades": Statement(
        "SELECT t.grade, count(*)" + _FROM + " AND t.grade IS NOT NULL"
        " GROUP BY t.grade ORDER BY t.grade"
    ),
}
_STATEMENTS: dict[tuple[bool, ...], tuple[Statement, Statement]] = {}


def list_untagged(transaction: Transaction, caller: Caller, query: UntaggedQuery) -> Answer:
    """One page in the order of the ledger, which is the order in which they came."""
    if refusal := staff_only(caller):
        return refusal
    page, count = _statements(query)
    parameters = _parameters(query) | {"owner": caller.library}
    rows = transaction.rows(page, parameters)
    total = int(transaction.row(count, parameters)[0])
    shown, more = rows[: query.most], len(rows) > query.most
    copies = tuple(view(transaction, row) for row in shown)
    return granted(Untagged(copies=copies, total=total, next_after=shown[-1][0] if more else None))


def list_choices(transaction: Transaction, caller: Caller) -> Answer:
    """Shelves, batches and classes that still have copies without a tag."""
    if refusal := staff_only(caller):
        return refusal
    parameters = {"owner": caller.library}
    found = {
        name: tuple(
            Choice(value=str(value), copies=copies)
            for value, copies in transaction.rows(statement, parameters)
            if value not in (None, "")
        )
        for name, statement in _CHOICES.items()
    }
    return granted(Choices.model_validate(found))


def _statements(query: UntaggedQuery) -> tuple[Statement, Statement]:
    """The page and the count for the filters in use; each combination is made once."""
    wanted = (bool(query.place), bool(query.batch), query.grade is not None, bool(query.text))
    if wanted not in _STATEMENTS:
        filters = (_PLACE, _BATCH, _GRADE, _TEXT)
        narrowed = "".join(text for text, used in zip(filters, wanted, strict=True) if used)
        page = f"SELECT {COLUMNS}{_FROM}{narrowed} AND i.id > :after ORDER BY i.id LIMIT :limit"
        whole = _FROM if query.grade is not None else _COUNTED
        _STATEMENTS[wanted] = Statement(page), Statement("SELECT count(*)" + whole + narrowed)
    return _STATEMENTS[wanted]


def _parameters(query: UntaggedQuery) -> dict[str, Any]:
    text = query.text
    for letter in "!%_":
        text = text.replace(letter, "!" + letter)
    return {
        "place": query.place,
        "batch": query.batch,
        "grade": query.grade,
        "begins": f"{text}%",
        "inside": f"%{text}%",
        "capital": f"%{text[:1].upper()}{text[1:]}%",
        "after": query.after,
        "limit": query.most + 1,
    }
