"""A page of a library's titles for a kiosk that may have to do without the controller."""

from collections.abc import Mapping
from typing import NamedTuple

from circulation.titles import PAGE, TitleEntry, TitlePage, TitlesQuery, sign_titles, titles_key
from controller.answers import Answer, granted
from controller.devices.kinds import sees_people
from controller.devices.tokens import Caller
from controller.sql import Statement, Transaction

_ROWS = (
    "SELECT i.item_id, i.title_id, t.title, t.author, t.section, i.parts"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " WHERE i.owner = :owner AND i.item_id > :after"
)
_LIMIT = " ORDER BY i.item_id LIMIT :most"
_REST = Statement(f"{_ROWS}{_LIMIT}")
_BETWEEN = Statement(f"{_ROWS} AND i.item_id <= :upto{_LIMIT}")
_PARTS = Statement(
    "SELECT i.item_id, p.name FROM item i JOIN item_part p ON p.item_id = i.id"
    " WHERE i.owner = :owner AND i.item_id > :after AND i.item_id <= :last"
    " ORDER BY i.item_id, p.number"
)


class _Row(NamedTuple):
    item_id: str
    title_id: int
    title: str
    author: str
    section: str
    parts: int


def titles_page(
    transaction: Transaction, caller: Caller, token_hash: str, query: TitlesQuery
) -> Answer:
    """Signed for the device with this token, or the word that it has just that."""
    if refusal := sees_people(caller):  # who is no kiosk needs no titles
        return refusal
    statement = _REST if query.upto is None else _BETWEEN
    asked: dict[str, str | int] = {
        "owner": caller.library,
        "after": query.after,
        "most": PAGE,
    }
    if query.upto is not None:
        asked["upto"] = query.upto
    rows = [_Row(*row) for row in transaction.rows(statement, asked)]
    page = TitlePage(
        owner=caller.library,
        after=query.after,
        upto=rows[-1].item_id if len(rows) == PAGE else query.upto,
        titles=_entries(rows, _part_names(transaction, caller.library, query.after, rows)),
    )
    return granted(sign_titles(page, titles_key(token_hash), query.have))


def _part_names(
    transaction: Transaction, owner: str, after: str, rows: list[_Row]
) -> dict[str, list[str]]:
    """By copy, in the order of the parts; only what somebody named."""
    names: dict[str, list[str]] = {}
    if any(row.parts > 1 for row in rows):
        limits = {"owner": owner, "after": after, "last": rows[-1].item_id}
        for item_id, name in transaction.rows(_PARTS, limits):
            names.setdefault(item_id, []).append(name)
    return names


def _entries(rows: list[_Row], names: Mapping[str, list[str]]) -> tuple[TitleEntry, ...]:
    copies: dict[_Row, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        whole = row._replace(item_id="", parts=0)
        parts = tuple(names.get(row.item_id, ("",) * row.parts)) if row.parts > 1 else ()
        copies.setdefault(whole, {})[row.item_id] = parts
    return tuple(
        TitleEntry(title=one.title, author=one.author, section=one.section, copies=items)
        for one, items in copies.items()
    )
