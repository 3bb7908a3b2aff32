"""What loan, tag, gate and event log say, each asked by itself and past the product's own code."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from circulation.tags.codec import decode
from circulation.tags.item_tag import ItemTag
from hw_sim.client import WorldClient


@dataclass(frozen=True, slots=True)
class Book:
    """A copy as the ledger knows it."""

    row: int
    owner: str
    item_id: str
    uid: str
    title: str
    author: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A pupil with a card, as the ledger knows him; the name stays in the controller."""

    patron_id: str
    card: str


class Ledger:
    """Reads the controller's database from outside, read-only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def books(self, count: int) -> list[Book]:
        """Lendable library books with tags, by different titles, in the order of the catalogue."""
        rows = self.all(
            "SELECT min(i.id) AS row, i.owner, i.item_id, i.tag_uid AS uid, t.title, t.author "
            "FROM item i JOIN title t ON t.id = i.title_id "
            "WHERE i.tag_uid IS NOT NULL AND NOT i.reading_room_only AND i.state = 'in_stock' "
            "AND t.kind = 'book' AND t.age_mark < 12 AND i.parts = 1 AND t.author <> '' "
            "GROUP BY t.id ORDER BY t.id "
            "LIMIT ?",
            count,
        )
        return [Book(**row) for row in rows]

    def shelf(self, count: int) -> list[Book]:
        """The last lendable copy with a tag of so many books, in the order of the catalogue."""
        rows = self.all(
            "SELECT max(i.id) AS row, i.owner, i.item_id, i.tag_uid AS uid, t.title, t.author "
            "FROM item i JOIN title t ON t.id = i.title_id "
            "WHERE i.tag_uid IS NOT NULL AND NOT i.reading_room_only AND i.state = 'in_stock' "
            "AND t.kind = 'book' AND i.parts = 1 GROUP BY t.id ORDER BY t.id LIMIT ?",
            count,
        )
        return [Book(**row) for row in rows]

    def readers(self, count: int) -> list[Reader]:
        """Pupils with a card, the oldest classes first."""
        rows = self.all(
            "SELECT p.id AS patron_id, c.uid AS card FROM patron p JOIN card c ON "
            "c.patron_id = p.id WHERE NOT c.blocked "
            "ORDER BY CAST(p.class_name AS INTEGER) DESC, p.id LIMIT ?",
            count,
        )
        return [Reader(**row) for row in rows]

    def reader(self, card: str) -> Reader:
        """Whose card it is; `LookupError` for a card that nobody has."""
        return Reader(**self.one("SELECT patron_id, uid AS card FROM card WHERE uid = ?", card))

    def open_loans(self, book: Book) -> list[str]:
        """The patrons who have this copy now: one at most, if all is well."""
        rows = self.all(
            "SELECT patron_id FROM loan WHERE item_id = ? AND returned_at IS NULL", book.row
        )
        return [row["patron_id"] for row in rows]

    def security(self, book: Book) -> str:
        """What the ledger holds of the copy's tag."""
        return str(self.one("SELECT security FROM item WHERE id = ?", book.row)["security"])

    def log(self, book: Book) -> list[str]:
        """The kinds of all events of this copy, oldest first."""
        rows = self.all("SELECT kind FROM event WHERE item_id = ? ORDER BY seq", book.row)
        return [row["kind"] for row in rows]

    def tagged(self, book: Book) -> list[str]:
        """How each attempt to write a tag for this copy ended, oldest first."""
        rows = self.all(
            "SELECT result FROM tag_log WHERE owner = ? AND item_id = ? ORDER BY at",
            book.owner,
            book.item_id,
        )
        return [row["result"] for row in rows]

    def gate_events(self, book: Book) -> list[dict[str, Any]]:
        """What gates reported of this tag, oldest first."""
        return self.all(
            "SELECT seq, kind, direction, verdict, count_in, count_out, reaction_ms "
            "FROM gate_event WHERE tags LIKE '%' || ? || '%' ORDER BY seq",
            book.uid,
        )

    def all(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Rows as dictionaries."""
        with self._open() as db:
            return [dict(row) for row in db.execute(query, values)]

    def one(self, query: str, *values: object) -> dict[str, Any]:
        """The one row there is; `LookupError` when there is none."""
        rows = self.all(query, *values)
        if len(rows) != 1:
            raise LookupError(f"{len(rows)} rows for {query!r} {values!r}")
        return rows[0]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        uri = f"file:{self._path}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=10)) as db:
            db.row_factory = sqlite3.Row
            yield db


def content(world: WorldClient, book: Book) -> tuple[int, ItemTag]:
    """AFI and content of the tag, read from the simulated chip and not through any reader."""
    state = world.tag(book.uid)
    memory = bytes.fromhex(state.blocks_hex)
    return state.afi, decode(memory, dsfid=state.dsfid)
