"""What the library's books are called, on this kiosk's disk: for the rows of a kiosk alone.

Nothing in it is about a person, and nothing is decided by it. The file may be lost: the next round
of questions makes it whole again. Only pages that changed are written.
"""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import ValidationError

from circulation.api import Refusal
from circulation.ids import Copy
from circulation.snapshot import piece_digest
from circulation.titles import (
    BadTitles,
    SignedTitles,
    TitlePage,
    TitlesQuery,
    open_titles,
    titles_key,
)
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.events import NoAnswer

log = structlog.get_logger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS page (first TEXT PRIMARY KEY, upto TEXT, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS title (
    id INTEGER PRIMARY KEY,
    page TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    section TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS copy (
    owner TEXT NOT NULL,
    item TEXT NOT NULL,
    title INTEGER NOT NULL,
    parts TEXT NOT NULL,
    PRIMARY KEY (owner, item)
) WITHOUT ROWID;
"""
_PUT_TITLE = "INSERT INTO title (page, title, author, section) VALUES (?, ?, ?, ?)"
_PUT_COPY = "INSERT OR REPLACE INTO copy VALUES (?, ?, ?, ?)"
_FIND = (
    "SELECT t.title, t.author, t.section, c.parts FROM copy c JOIN title t ON t.id = c.title"
    " WHERE c.owner = ? AND c.item = ?"
)
_DROP = (  # a page seldom goes, and a look at all copies costs less than an index of them
    "DELETE FROM copy WHERE title IN (SELECT id FROM title WHERE page = ?)",
    "DELETE FROM title WHERE page = ?",
    "DELETE FROM page WHERE first = ?",
)


@dataclass(frozen=True, slots=True)
class Caption:
    """What a copy is called. `parts`: the names of a set's parts, empty where nobody named one."""

    title: str = ""
    author: str = ""
    section: str = ""
    parts: tuple[str, ...] = ()


class TitleStore:
    """One file; safe from any thread."""

    def __init__(self, path: Path, token_hash: str) -> None:
        """Open the file, which may be lost: one that cannot be used is begun anew."""
        self._key = titles_key(token_hash)
        self._lock = threading.Lock()
        try:
            self._db = _opened(path)
        except sqlite3.DatabaseError:
            log.warning("titles_given_up", why="not a database")
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._db = _opened(path)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def caption(self, copy: Copy) -> Caption:
        """What the copy is called; an empty caption when nobody has said."""
        try:
            rows = self._select(_FIND, copy.owner, copy.item)
        except sqlite3.DatabaseError as error:  # a book without its title is lent all the same
            log.error("titles_unreadable", why=str(error))
            return Caption()
        if not rows:
            return Caption()
        title, author, section, parts = rows[0]
        return Caption(title, author, section, tuple(json.loads(parts)))

    def question(self, after: str, upto: str | None) -> TitlesQuery:
        """What to ask about the copies after this one; `upto` where nothing is kept of them."""
        kept = self._select("SELECT upto, digest FROM page WHERE first = ?", after)
        if not kept:
            return TitlesQuery(after=after, upto=upto)
        return TitlesQuery(after=after, upto=kept[0][0], have=kept[0][1])

    def take(self, signed: SignedTitles, asked: TitlesQuery) -> str | None:
        """Keep the page that answers this; the copy after which to go on, None at the end.

        `BadTitles` when it is not this kiosk's, or not that page: then nothing changes.
        """
        if signed.page is None:
            if asked.have is None:
                raise BadTitles("there is nothing here that could be kept")
            return asked.upto
        try:
            page = open_titles(signed.page, signed.signature, self._key, asked)
        except ValidationError as error:
            raise BadTitles("it is no page of titles") from error
        self._keep(page, piece_digest(signed.page))
        return page.upto

    def keep_only(self, firsts: Iterable[str]) -> None:
        """After a whole round: a page that nobody was asked for any more is gone."""
        kept = {first for (first,) in self._select("SELECT first FROM page")}
        gone = kept.difference(firsts)
        if gone:
            with self._lock, self._db:
                for first in gone:
                    self._drop(first)

    def _keep(self, page: TitlePage, digest: str) -> None:
        with self._lock, self._db:
            self._drop(page.after)
            for one in page.titles:
                called = (page.after, one.title, one.author, one.section)
                number = self._db.execute(_PUT_TITLE, called).lastrowid
                rows = [
                    (page.owner, item, number, json.dumps(parts, ensure_ascii=False))
                    for item, parts in one.copies.items()
                ]
                self._db.executemany(_PUT_COPY, rows)
            kept = (page.after, page.upto, digest)
            self._db.execute("INSERT INTO page VALUES (?, ?, ?)", kept)

    def _drop(self, first: str) -> None:
        for statement in _DROP:
            self._db.execute(statement, (first,))

    def _select(self, query: str, *values: str) -> list[tuple[str, ...]]:
        with self._lock, closing(self._db.execute(query, values)) as cursor:
            return cursor.fetchall()


def renew_titles(store: TitleStore, client: ControllerClient, go_on: Callable[[], bool]) -> bool:
    """One round over all pages; `go_on` is asked before each. False when it came to no end."""
    asked, after, goal = [], "", None
    while go_on():
        query = store.question(after, goal)
        answer = _ask(client, query)
        if answer is None:
            return False
        following = store.take(answer, query)
        asked.append(after)
        if following is None:
            store.keep_only(asked)
            return True
        if following in asked:
            raise BadTitles("its pages lead in a circle")
        goal = query.upto if following != query.upto else None
        after = following
    return False


def _ask(client: ControllerClient, query: TitlesQuery) -> SignedTitles | None:
    try:
        answer = client.titles(query)
    except NotUnderstood as error:
        log.warning("titles_not_given", why=str(error))
        return None
    match answer:
        case SignedTitles():
            return answer
        case Refusal(reasons=reasons):
            log.warning("titles_not_given", why=reasons[0])
        case NoAnswer():
            pass  # the next question about a snapshot says what is with the link
    return None


def _opened(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")  # a lost page is asked for again
        db.executescript(_SCHEMA)
    except BaseException:
        db.close()
        raise
    return db
