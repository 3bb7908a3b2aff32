"""Questions to the catalogue: numbers first, then words; filters, facets and shelves."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from circulation.reasons import Reason
from circulation.search import (
    CopyView,
    Facets,
    FacetValue,
    Hit,
    SearchAnswer,
    Shelf,
    TitleView,
)
from controller.answers import NOT_FOUND, Answer, granted, refused
from controller.catalogue.numbers import isbn13
from controller.columns import to_date
from controller.devices.tokens import Caller
from controller.search import index
from controller.search.words import MAX_WORDS, words_of
from controller.sql import Statement, Transaction

_SHORTEST_BEGINNING = 2  # letters; one letter begins a tenth of all words
_SHOWN_FACETS = 20

# `owner || ''` is no index's column: without statistics SQLite would take the index that begins
# with the owner and walk all his copies (190 ms in 100,000) in place of the title's or number's.
_NUMBERED = Statement(
    "SELECT title_id FROM item WHERE owner = :owner AND item_id = :number"
    " UNION SELECT title_id FROM item WHERE inventory_no = :number AND owner || '' = :owner"
    " UNION SELECT title_id FROM item"
    " WHERE title_id IN (SELECT id FROM title WHERE isbn = :isbn) AND owner || '' = :owner"
    " ORDER BY 1 LIMIT 50"
)
_IDS = "SELECT value FROM json_each(:ids)"
_PG_IDS = "SELECT value::integer FROM json_array_elements_text(:ids::json)"


def _among(text: str) -> Statement:
    """A statement whose {ids} are the ids in the JSON list `:ids`."""
    return Statement(text.format(ids=_IDS), postgresql=text.format(ids=_PG_IDS))


_AVAILABLE = _among(
    "SELECT DISTINCT title_id FROM item"
    " WHERE title_id IN ({ids}) AND state = 'in_stock' AND owner || '' = :owner"
)
_SHELVES = _among(
    "SELECT title_id, place, COUNT(*), SUM(CASE WHEN state = 'in_stock' THEN 1 ELSE 0 END)"
    " FROM item WHERE title_id IN ({ids}) AND owner || '' = :owner AND state <> 'withdrawn'"
    " GROUP BY title_id, place ORDER BY place"
)
_TITLES = _among(
    "SELECT id, title, subtitle, author, year, isbn, kind, section, author_mark, age_mark"
    " FROM title WHERE id IN ({ids})"
)
_TITLE = Statement(
    "SELECT id, title, subtitle, author, publisher, place, year, isbn, kind, section, udc,"
    " author_mark, subjects, age_mark, grade FROM title WHERE id = :id"
)
_COPIES = Statement(
    "SELECT i.owner, i.item_id, i.inventory_no, i.place, i.state, i.condition,"
    " i.reading_room_only, l.due FROM item i"
    " LEFT JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
    " WHERE i.title_id = :id AND i.owner || '' = :owner ORDER BY i.place, i.item_id"
)
_TITLE_FIELDS = (
    *("title_id", "title", "subtitle", "author", "publisher", "publication_place", "year"),
    *("isbn", "kind", "section", "udc", "author_mark", "subjects", "age_mark", "grade"),
)
_HIT_FIELDS = (
    *("title_id", "title", "subtitle", "author", "year", "isbn"),
    *("kind", "section", "author_mark", "age_mark"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader asks; empty filters do not filter."""

    text: str
    kind: str = ""
    section: str = ""
    place: str = ""
    available: bool = False
    typing: bool = False  # the last word may be unfinished, and facets are not wanted yet
    limit: int = 20
    offset: int = 0


def search(transaction: Transaction, caller: Caller, question: Question) -> Answer:
    """Titles of the caller's library."""
    return granted(find_titles(transaction, caller.library, question))


def find_titles(transaction: Transaction, owner: str, question: Question) -> SearchAnswer:
    """Titles of this library: a number's own titles first, then by weight."""
    numbered = _by_number(transaction, owner, question)
    found = _by_words(transaction, owner, question)
    more = len(found) == index.CANDIDATES
    ids = [one.title_id for one in found]
    in_stock: set[int] = set()
    if question.available or not question.typing:
        in_stock = _available(transaction, owner, [*numbered, *ids])
    if question.available:
        found = [one for one in found if one.title_id in in_stock]
        numbered = [one for one in numbered if one in in_stock]
    ordered = list(dict.fromkeys((*numbered, *(one.title_id for one in found))))
    page = ordered[question.offset : question.offset + question.limit]
    facets = Facets() if question.typing else _facets(found, in_stock)
    return SearchAnswer(
        hits=_hits(transaction, owner, page, exact=frozenset(numbered)),
        found=len(ordered),
        more=more,
        facets=facets,
    )


def show_title(transaction: Transaction, caller: Caller, title_id: int) -> Answer:
    """One title with the library's copies; 404 for an id that the ledger does not know."""
    title = describe_title(transaction, caller.library, title_id)
    return refused(NOT_FOUND, Reason.ITEM_UNKNOWN) if title is None else granted(title)


def describe_title(transaction: Transaction, owner: str, title_id: int) -> TitleView | None:
    """One title with this library's copies; None for an id that the ledger does not know."""
    row = transaction.row(_TITLE, {"id": title_id})
    if row is None:
        return None
    rows = transaction.rows(_COPIES, {"id": title_id, "owner": owner})
    fields = dict(zip(_TITLE_FIELDS, row, strict=True))
    fields["isbn"] = fields["isbn"] or ""
    fields["subjects"] = tuple(part for part in fields["subjects"].split("; ") if part)
    return TitleView(**fields, copies=tuple(_copy(copy) for copy in rows))


def _by_number(transaction: Transaction, owner: str, question: Question) -> list[int]:
    """The titles of a copy's number or an ISBN, as typed or scanned."""
    number = question.text.strip()
    filtered = question.kind or question.section or question.place
    if filtered or not any(char.isdigit() for char in number):
        return []
    parameters = {"owner": owner, "number": number, "isbn": isbn13(number) or None}
    return [row[0] for row in transaction.rows(_NUMBERED, parameters)]


def _by_words(transaction: Transaction, owner: str, question: Question) -> list[index.Candidate]:
    words = words_of(question.text)[:MAX_WORDS]
    if not words:
        return []
    filters = index.Filters(owner, question.kind, question.section, question.place)
    typing = question.typing and len(words[-1]) >= _SHORTEST_BEGINNING
    return index.find(transaction, words, filters, typing=typing)


def _available(transaction: Transaction, owner: str, ids: Sequence[int]) -> set[int]:
    rows = transaction.rows(_AVAILABLE, {"ids": json.dumps(ids), "owner": owner})
    return {row[0] for row in rows}


def _facets(found: Sequence[index.Candidate], in_stock: set[int]) -> Facets:
    return Facets(
        kinds=_values(one.kind for one in found),
        sections=_values(one.section for one in found),
        places=_values(place for one in found for place in one.places),
        available=sum(one.title_id in in_stock for one in found),
    )


def _values(values: Iterable[str]) -> tuple[FacetValue, ...]:
    counts = Counter(value for value in values if value)
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(FacetValue(value=value, titles=n) for value, n in ordered[:_SHOWN_FACETS])


def _hits(
    transaction: Transaction, owner: str, page: Sequence[int], *, exact: frozenset[int]
) -> tuple[Hit, ...]:
    ids = json.dumps(page)
    titles = {row[0]: row for row in transaction.rows(_TITLES, {"ids": ids})}
    shelves: dict[int, list[Shelf]] = {}
    for title_id, place, copies, available in transaction.rows(
        _SHELVES, {"ids": ids, "owner": owner}
    ):
        shelf = Shelf(place=place, copies=copies, available=available)
        shelves.setdefault(title_id, []).append(shelf)
    return tuple(
        _hit(titles[one], shelves.get(one, []), exact=one in exact) for one in page if one in titles
    )


def _hit(row: Sequence[Any], shelves: Sequence[Shelf], *, exact: bool) -> Hit:
    fields: dict[str, Any] = dict(zip(_HIT_FIELDS, row, strict=True))
    fields["isbn"] = fields["isbn"] or ""
    return Hit(
        **fields,
        exact=exact,
        copies=sum(shelf.copies for shelf in shelves),
        available=sum(shelf.available for shelf in shelves),
        shelves=tuple(shelves),
    )


def _copy(row: Sequence[Any]) -> CopyView:
    owner, item_id, inventory_no, place, state, condition, reading_room_only, due = row
    return CopyView(
        owner=owner,
        item_id=item_id,
        inventory_no=inventory_no or "",
        place=place,
        state=state,
        condition=condition,
        reading_room_only=bool(reading_room_only),
        due=None if due is None else to_date(due),
    )
