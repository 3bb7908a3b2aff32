"""The search index: FTS5 on SQLite, tsvector on PostgreSQL; nobody else knows which.

A row holds the stems of title, author and subjects, and the *scope*: one made-up word for each
owner, kind, section and place, so that a filter narrows the list before it is cut. They begin with
a sign that no typed word has, so that nobody finds them. The row is written with the titles it
describes; a checkout does not touch it.

Ranking a common word over all its hits takes 275 ms in a million titles, so only the first
`CANDIDATES` are ranked. FTS5's own bm25() counts all hits of each word before the first answer
(12 ms for a common word, 44 ms together with an owner's word), so the weighing is done here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import assert_never

from controller.search.words import stems
from controller.sql import Dialect, Statement, Transaction

CANDIDATES = 1_000
_CACHED_SCOPES = 1 << 12
_MADE_UP = "="  # neither a letter nor a digit, so it is in no word of `controller.search.words`
TABLE = "title_search"

# FTS5 makes its shadow tables itself. Prefixes of two and three letters have lists of their own:
# without them type-ahead walks all words that begin so.
CREATE = {
    Dialect.SQLITE: (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(title, author, subject, scope,"
        f" tokenize = \"unicode61 remove_diacritics 0 tokenchars '{_MADE_UP}'\", prefix = '2 3 4')",
    ),
    Dialect.POSTGRESQL: (
        f"CREATE TABLE {TABLE} (title_id integer PRIMARY KEY"
        " REFERENCES title (id) ON DELETE CASCADE, document tsvector NOT NULL,"
        " scope text NOT NULL)",
        f"CREATE INDEX ix_{TABLE}_document ON {TABLE} USING gin (document)",
    ),
}

_WRITE = Statement(
    "INSERT OR REPLACE INTO title_search (rowid, title, author, subject, scope)"
    " VALUES (:id, :title, :author, :subject, :scope)",
    postgresql="INSERT INTO title_search (title_id, document, scope) VALUES (:id,"
    " setweight(to_tsvector('russian', :title), 'A')"
    " || setweight(to_tsvector('russian', :author), 'B')"
    " || setweight(to_tsvector('russian', :subject), 'C')"
    " || array_to_tsvector(string_to_array(:scope, ' ')), :scope)"
    " ON CONFLICT (title_id) DO UPDATE SET document = excluded.document, scope = excluded.scope",
)
_MATCH = Statement(
    "SELECT rowid, scope, title, author, subject FROM title_search"
    " WHERE title_search MATCH :query LIMIT :most",
    postgresql="SELECT title_id, scope, ts_rank('{0, 0.3, 0.6, 1}', document, :query::tsquery, 1)"
    " FROM (SELECT * FROM title_search WHERE document @@ :query::tsquery LIMIT :most) AS candidate",
)
_TO_TSQUERY = Statement("SELECT to_tsquery('russian', :words)::text")  # PostgreSQL only
_TITLE, _AUTHOR, _SUBJECT = 10.0, 6.0, 3.0  # what a word counts by where it stands
_BEGINS, _PER_WORD = 8.0, 0.3  # a title that begins so is wanted; a long one says less per word


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index is told of one title."""

    title_id: int
    title: str
    author: str
    subject: str
    kind: str
    section: str
    owners: frozenset[str]
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Filters:
    """Only titles of this owner, and of these where they are named."""

    owner: str
    kind: str = ""
    section: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One hit with its weight and the facets it counts in."""

    title_id: int
    weight: float
    kind: str
    section: str
    places: tuple[str, ...] = field(default=())


def write_entries(transaction: Transaction, entries: Iterable[Entry]) -> None:
    """New or again: the index says what the entries say."""
    rows = [
        {
            "id": one.title_id,
            "title": stems(one.title),
            "author": stems(one.author),
            "subject": stems(one.subject),
            "scope": _scope(one),
        }
        for one in entries
    ]
    transaction.run_each(_WRITE, rows)


def find(
    transaction: Transaction, words: Sequence[str], filters: Filters, *, typing: bool
) -> list[Candidate]:
    """Up to `CANDIDATES` titles that have all words, the weightiest first.

    `words` are folded; with `typing` the last of them may be the beginning of one.
    """
    match transaction.dialect:
        case Dialect.SQLITE:
            found = _find_fts5(transaction, words, filters, typing=typing)
        case Dialect.POSTGRESQL:
            found = _find_tsvector(transaction, words, filters, typing=typing)
        case _ as never:
            assert_never(never)
    return sorted(found, key=lambda one: (-one.weight, one.title_id))


def main_section(section: str) -> str:
    """The part of a ББК index that a shelf is labelled with: "84(2Рос)1" is 84, "22.1я72" is 22."""
    digits = len(section) - len(section.lstrip("0123456789"))
    return section[:digits]


def _find_fts5(
    transaction: Transaction, words: Sequence[str], filters: Filters, *, typing: bool
) -> list[Candidate]:
    whole = words[:-1] if typing else words
    wanted = [f'"{stems(word)}"' for word in whole]
    if typing:  # what is typed may be a beginning, or a word whose ending the index dropped
        wanted.append(f'("{words[-1]}" * OR "{stems(words[-1])}")')
    query = " AND ".join((*wanted, *(f'"{word}"' for word in _filter_words(filters))))
    rows = transaction.rows(_MATCH, {"query": query, "most": CANDIDATES})
    weighing = _Weighing(
        [stems(word) for word in whole], (words[-1], stems(words[-1])) if typing else ()
    )
    return [_candidate(row[0], row[1], weighing.weight(*row[2:4])) for row in rows]


def _find_tsvector(
    transaction: Transaction, words: Sequence[str], filters: Filters, *, typing: bool
) -> list[Candidate]:
    asked = " & ".join(stems(word) for word in words) + (":*" if typing else "")
    made = transaction.row(_TO_TSQUERY, {"words": asked})
    if not made[0]:  # nothing but words like "и", which PostgreSQL does not index
        return []
    query = " & ".join((f"({made[0]})", *(f"'{word}'" for word in _filter_words(filters))))
    rows = transaction.rows(_MATCH, {"query": query, "most": CANDIDATES})
    return [_candidate(row[0], row[1], row[2]) for row in rows]


class _Weighing:
    """Where the words stand, whether the title begins with them, how long it is.

    It is done a thousand times for an answer, so texts are searched and not taken apart.
    """

    __slots__ = ("_asked", "_beginnings", "_first")

    def __init__(self, asked: Sequence[str], beginnings: Sequence[str]) -> None:
        self._asked = [f" {word} " for word in asked]
        self._beginnings = [f" {word}" for word in beginnings]
        self._first = f" {(*asked, *beginnings)[0]}"

    def weight(self, title: str, author: str) -> float:
        """Of a title that has all the words, in the index's own form."""
        in_title, in_author = f" {title} ", f" {author} "
        weight = _BEGINS if in_title.startswith(self._first) else 0.0
        for word in self._asked:
            weight += _worth(word in in_title, word in in_author)
        if self._beginnings:
            weight += _worth(
                any(word in in_title for word in self._beginnings),
                any(word in in_author for word in self._beginnings),
            )
        return weight - _PER_WORD * (in_title.count(" ") - 1)


def _worth(in_title: bool, in_author: bool) -> float:
    if in_title:
        return _TITLE
    return _AUTHOR if in_author else _SUBJECT


def _scope(entry: Entry) -> str:
    words = {_owner_word(owner) for owner in entry.owners}
    words |= {_place_word(place) for place in entry.places if place}
    words.add(_kind_word(entry.kind))
    if section := main_section(entry.section):
        words.add(_section_word(section))
    return " ".join(sorted(words))


def _filter_words(filters: Filters) -> list[str]:
    words = [_owner_word(filters.owner)]
    words += [_kind_word(filters.kind)] if filters.kind else []
    words += [_section_word(main_section(filters.section))] if filters.section else []
    return words + ([_place_word(filters.place)] if filters.place else [])


def _owner_word(owner: str) -> str:
    return f"{_MADE_UP}o{owner.encode().hex()}"


def _kind_word(kind: str) -> str:
    return f"{_MADE_UP}k{kind}"


def _section_word(section: str) -> str:
    return f"{_MADE_UP}s{section}"


def _place_word(place: str) -> str:
    """Reads back as the place's name."""
    return f"{_MADE_UP}p{place.encode().hex()}"


def _candidate(title_id: int, scope: str, weight: float) -> Candidate:
    return Candidate(title_id, weight, *_facets_of(scope))


@lru_cache(_CACHED_SCOPES)
def _facets_of(scope: str) -> tuple[str, str, tuple[str, ...]]:
    """Kind, main section and places; a library has few combinations of them."""
    kind, section, places = "", "", []
    for word in scope.split():
        value = word[2:]
        match word[1]:
            case "k":
                kind = value
            case "s":
                section = value
            case "p":
                places.append(bytes.fromhex(value).decode())
    return kind, section, tuple(places)
