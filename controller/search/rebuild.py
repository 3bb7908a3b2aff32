"""Build the index from the ledger: for titles that came before it, or by another way."""

from itertools import groupby
from typing import Any

from controller.search.index import Entry, write_entries
from controller.sql import Statement, Transaction

_STEP = 2_000  # titles of one round

_TITLES = Statement(
    "SELECT id, title, subtitle, author, subjects, kind, section, source FROM title"
    " WHERE id > :after ORDER BY id LIMIT :step"
)
_PLACES = Statement(
    "SELECT DISTINCT title_id, owner, place FROM item"
    " WHERE title_id >= :first AND title_id <= :last ORDER BY title_id"
)
_PLACES_OF = Statement("SELECT DISTINCT title_id, owner, place FROM item WHERE title_id = :id")
_TITLE = Statement(
    "SELECT id, title, subtitle, author, subjects, kind, section, source FROM title WHERE id = :id"
)


def rebuild(transaction: Transaction) -> int:
    """Index every title anew inside the caller's transaction; how many there are."""
    count, after = 0, 0
    while titles := transaction.rows(_TITLES, {"after": after, "step": _STEP}):
        after = titles[-1][0]
        found = transaction.rows(_PLACES, {"first": titles[0][0], "last": after})
        copies = {one: list(group) for one, group in groupby(found, key=lambda row: row[0])}
        write_entries(transaction, [_entry(row, copies.get(row[0], [])) for row in titles])
        count += len(titles)
    return count


def refresh(transaction: Transaction, title_id: int) -> None:
    """Index one title anew: after its description, or the place of a copy, was changed."""
    row = transaction.row(_TITLE, {"id": title_id})
    if row is not None:
        copies = transaction.rows(_PLACES_OF, {"id": title_id})
        write_entries(transaction, [_entry(row, copies)])


def _entry(row: Any, copies: list[Any]) -> Entry:
    title_id, title, subtitle, author, subjects, kind, section, source = row
    _, _, importer = source.partition(":")  # a title without copies is of the library it came to
    owners = {owner for _, owner, _ in copies} | ({importer} if importer else set())
    return Entry(
        title_id=title_id,
        title=f"{title} {subtitle}",
        author=author,
        subject=subjects,
        kind=kind,
        section=section,
        owners=frozenset(owners),
        places=frozenset(place for _, _, place in copies),
    )
