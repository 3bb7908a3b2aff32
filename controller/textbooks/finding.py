"""Find the title that a librarian means: by a copy's number, an ISBN, or how it begins."""

from typing import NamedTuple

from stdnum import isbn as isbn_number

from controller.sql import Statement, Transaction

MOST = 12
_FOUND = "SELECT DISTINCT t.id, t.title, t.author, t.year, t.grade FROM title t"
_BY_COPY = Statement(
    _FOUND + " JOIN item i ON i.title_id = t.id"
    " WHERE i.owner = :library AND (i.item_id = :text OR i.inventory_no = :text)"
)
_BY_ISBN = Statement(_FOUND + " WHERE t.isbn IN (:text, :long)")
_BY_WORDS = Statement(
    "SELECT t.id, t.title, t.author, t.year, t.grade FROM title t WHERE EXISTS"
    " (SELECT 1 FROM item i WHERE i.title_id = t.id AND i.owner = :library)"
    " AND (t.title LIKE :plain ESCAPE '!' OR t.title LIKE :upper ESCAPE '!')"
    " ORDER BY t.title, t.year LIMIT :most"
)


class FoundTitle(NamedTuple):
    """One title to choose from."""

    id: int
    title: str
    author: str
    year: int | None
    grade: int | None


def find_titles(transaction: Transaction, library: str, text: str) -> list[FoundTitle]:
    """At most `MOST`; a number that is on copies of two titles gives both."""
    wanted = text.strip()
    if not wanted:
        return []
    rows = transaction.rows(_BY_COPY, {"library": library, "text": wanted})
    rows = rows or _by_isbn(transaction, wanted)
    rows = rows or _by_words(transaction, library, wanted)
    return [FoundTitle(*row) for row in rows[:MOST]]


def _by_isbn(transaction: Transaction, text: str) -> list[tuple[object, ...]]:
    if not isbn_number.is_valid(text):
        return []
    short, long = isbn_number.compact(text), isbn_number.to_isbn13(text).replace("-", "")
    return transaction.rows(_BY_ISBN, {"text": short, "long": long})


def _by_words(transaction: Transaction, library: str, text: str) -> list[tuple[object, ...]]:
    """SQLite folds the case of Latin letters only, so a capital is tried as well."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    parameters = {
        "library": library,
        "plain": f"{escaped}%",
        "upper": f"{escaped[:1].upper()}{escaped[1:]}%",
        "most": MOST,
    }
    return transaction.rows(_BY_WORDS, parameters)
