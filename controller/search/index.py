"""The search index: FTS5 on SQLite, tsvector on PostgreSQL; nobody else knows which.

A row holds the stems of title, author and subjects, and the *scope*: one made-up word for each
owner, kind, section and place, so that a filter narrows the list before it is cut. It is written
with the titles it describes; a checkout does not touch it.

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
TABLE = "title_search"

# FTS5 makes its shadow tables itself. Prefixes of two and three letters have lists of their own:
# without them type-ahead walks all words that begin so.
CREATE = {
    Dialect.SQLITE: (
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(title, author, subject, scope,"
        " tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3')",
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
    scope = " AND ".join(f'"{word}"' for word in _filter_words(filters))
    query = f"{{title author subject}} : ({' AND '.join(wanted)}) AND scope : ({scope})"
    rows = transaction.rows(_MATCH, {"query": query, "most": CANDIDATES})
    asked = [stems(word) for word in whole]
    beginnings = (words[-1], stems(words[-1])) if typing else ()
    return [_candidate(row[0], row[1], _weight(row[2:], asked, beginnings)) for row in rows]


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


def _weight(texts: Sequence[str], asked: Sequence[str], beginnings: Sequence[str]) -> float:
    """Where the words stand, whether the title begins with them, how long it is."""
    title, author = texts[0].split(), texts[1].split()
    weight = 0.0
    for word in asked:
        if word in title:
            weight += _TITLE
        elif word in author:
            weight += _AUTHOR
        else:
            weight += _SUBJECT
    if beginnings:
        weight += _weight_of_beginning(title, author, tuple(beginnings))
    first = asked[0] if asked else beginnings[0]
    if title and title[0].startswith(first):
        weight += _BEGINS
    return weight - _PER_WORD * len(title)


def _weight_of_beginning(
    title: Sequence[str], author: Sequence[str], beginnings: tuple[str, ...]
) -> float:
    if any(word.startswith(beginnings) for word in title):
        return _TITLE
    return _AUTHOR if any(word.startswith(beginnings) for word in author) else _SUBJECT


def _scope(entry: Entry) -> str:
    words = {_owner_word(owner) for owner in entry.owners}
    words |= {_place_word(place) for place in entry.places if place}
    words.add(f"k{entry.kind}")
    if section := main_section(entry.section):
        words.add(f"s{section}")
    return " ".join(sorted(words))


def _filter_words(filters: Filters) -> list[str]:
    words = [_owner_word(filters.owner)]
    words += [f"k{filters.kind}"] if filters.kind else []
    words += [f"s{main_section(filters.section)}"] if filters.section else []
    return words + ([_place_word(filters.place)] if filters.place else [])


def _owner_word(owner: str) -> str:
    return f"o{owner.encode().hex()}"


def _place_word(place: str) -> str:
    """Reads back as the place's name."""
    return f"p{place.encode().hex()}"


def _candidate(title_id: int, scope: str, weight: float) -> Candidate:
    return Candidate(title_id, weight, *_facets_of(scope))


@lru_cache(_CACHED_SCOPES)
def _facets_of(scope: str) -> tuple[str, str, tuple[str, ...]]:
    """Kind, main section and places; a library has few combinations of them."""
    kind, section, places = "", "", []
    for word in scope.split():
        match word[0]:
            case "k":
                kind = word[1:]
            case "s":
                section = word[1:]
            case "p":
                places.append(bytes.fromhex(word[1:]).decode())
    return kind, section, tuple(places)
