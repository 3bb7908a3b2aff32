"""Writing a previewed catalogue: batches of upserts, so that a repeat updates and never doubles.

Titles are found again by (source, key in the source), copies by (owner, item id). The ledger
knows its copies better than a file does: a copy that is not in stock keeps its state, a copy that
has a tag keeps it, and a loan is never touched. Each batch is one transaction together with its
words in the search index and with how far the run came.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine

from circulation.ids import Isil
from controller.catalogue.clashes import without_patron_numbers
from controller.catalogue.preview import Findings, Progress
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.catalogue.stock import Batches
from controller.db import raw_connection
from controller.search.index import Entry, write_entries
from controller.search.rebuild import refresh
from controller.sql import Dialect, Statement, Transaction

BATCH_TITLES = 1_000
_BATCH_COPIES = 4_000

_TITLE_FIELDS = (
    *("title", "author", "subtitle", "publisher", "place", "year", "isbn", "kind", "section"),
    *("udc", "author_mark", "subjects", "age_mark", "grade"),
)
_title_values = attrgetter(*_TITLE_FIELDS)
_NEWEST = Statement(
    "SELECT COALESCE((SELECT MAX(id) FROM title), 0), COALESCE((SELECT MAX(id) FROM item), 0)"
)
# An upsert that says which row it was costs twice an insert, and in most batches all is new: it is
# inserted under numbers of our own, and only where a row was known are all of them upserted.
_NEXT_TITLES = Statement(
    "WITH RECURSIVE next (id) AS (SELECT COALESCE((SELECT MAX(id) FROM title), 0) + 1"
    " UNION ALL SELECT id + 1 FROM next LIMIT :count) SELECT id FROM next",
    postgresql="SELECT nextval('title_id_seq') FROM generate_series(1, :count)",
)
_NEXT_ITEMS = Statement(
    "WITH RECURSIVE next (id) AS (SELECT COALESCE((SELECT MAX(id) FROM item), 0) + 1"
    " UNION ALL SELECT id + 1 FROM next LIMIT :count) SELECT id FROM next",
    postgresql="SELECT nextval('item_id_seq') FROM generate_series(1, :count)",
)
_NEW_TITLE = Statement(
    "INSERT INTO title (id, title, author, subtitle, publisher, place, year, isbn, kind, section,"
    " udc, author_mark, subjects, age_mark, grade, source, source_key)"
    " VALUES (:id, :title, :author, :subtitle, :publisher, :place, :year, :isbn, :kind, :section,"
    " :udc, :author_mark, :subjects, :age_mark, :grade, :source, :source_key)"
    " ON CONFLICT (source, source_key) DO NOTHING",
    types={
        "id": "bigint",
        **dict.fromkeys(_TITLE_FIELDS, "text"),
        **dict.fromkeys(("year", "age_mark", "grade"), "int"),
        **dict.fromkeys(("source", "source_key"), "text"),
    },
)
_NEW_ITEM = Statement(
    "INSERT INTO item (id, owner, item_id, inventory_no, tag_uid, title_id, place, price,"
    " condition, parts, state, security, reading_room_only)"
    " VALUES (:id, :owner, :item_id, :inventory_no, :tag_uid, :title_id, :place, :price,"
    " :condition, 1, :state, 'armed', :reading_room_only)"
    " ON CONFLICT (owner, item_id) DO NOTHING",
    types={
        **dict.fromkeys(("id", "title_id"), "bigint"),
        **dict.fromkeys(("owner", "item_id", "inventory_no", "tag_uid", "place"), "text"),
        **dict.fromkeys(("condition", "state"), "text"),
        "price": "int",
        "reading_room_only": "boolean",
    },
)
_WRITE_TITLE = Statement(
    "INSERT INTO title (title, author, subtitle, publisher, place, year, isbn, kind, section, udc,"
    " author_mark, subjects, age_mark, grade, source, source_key)"
    " VALUES (:title, :author, :subtitle, :publisher, :place, :year, :isbn, :kind, :section, :udc,"
    " :author_mark, :subjects, :age_mark, :grade, :source, :source_key)"
    " ON CONFLICT (source, source_key) DO UPDATE SET title = excluded.title,"
    " author = excluded.author, subtitle = excluded.subtitle, publisher = excluded.publisher,"
    " place = excluded.place, year = excluded.year, isbn = excluded.isbn, kind = excluded.kind,"
    " section = excluded.section, udc = excluded.udc, author_mark = excluded.author_mark,"
    " subjects = excluded.subjects, age_mark = excluded.age_mark, grade = excluded.grade"
    " RETURNING id"
)
# The file may declare a copy in stock lost, damaged or withdrawn; it never brings one back.
_WRITE_ITEM = Statement(
    "INSERT INTO item (owner, item_id, inventory_no, tag_uid, title_id, place, price, condition,"
    " parts, state, security, reading_room_only)"
    " VALUES (:owner, :item_id, :inventory_no, :tag_uid, :title_id, :place, :price, :condition,"
    " 1, :state, 'armed', :reading_room_only)"
    " ON CONFLICT (owner, item_id) DO UPDATE SET inventory_no = excluded.inventory_no,"
    " title_id = excluded.title_id, place = excluded.place, price = excluded.price,"
    " condition = CASE WHEN excluded.condition = '' THEN item.condition"
    " ELSE excluded.condition END,"
    " reading_room_only = excluded.reading_room_only,"
    " tag_uid = COALESCE(item.tag_uid, excluded.tag_uid),"
    " state = CASE WHEN item.state = 'in_stock' THEN excluded.state ELSE item.state END"
    " RETURNING id, tag_uid"
)
_HOLDER = Statement("SELECT owner, item_id FROM item WHERE tag_uid = :tag")
_PROGRESS = Statement(
    "UPDATE import_run SET titles_done = :done WHERE digest = :digest AND owner = :owner"
)


@dataclass(slots=True)
class Written:
    """What went into the database so far."""

    titles_new: int = 0
    titles_updated: int = 0
    items_new: int = 0
    items_updated: int = 0
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True, slots=True)
class Target:
    """Where titles go: the owner of the copies, the source they come from, the run that counts."""

    owner: Isil
    source: str
    digest: str
    taken: frozenset[str] = frozenset()  # numbers of people


def write_titles(
    engine: Engine,
    titles: Iterable[TitleRecord],
    target: Target,
    *,
    done: int = 0,
    findings: Findings | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write all titles and their numbered copies; `done` titles of the run came before these."""
    written = Written(findings=findings or Findings())
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    batches = Batches(target.owner)
    try:
        for batch in _batches(titles):
            done += len(batch)
            transaction.begin_write()
            _Batch(transaction, target, batches, written).write(batch)
            counted = {"done": done, "digest": target.digest, "owner": target.owner}
            transaction.run(_PROGRESS, counted)
            transaction.commit()
            if progress is not None:
                progress(done)
    finally:
        transaction.close()  # what was not committed is rolled back
    return written


def _batches(titles: Iterable[TitleRecord]) -> Iterator[list[TitleRecord]]:
    batch: list[TitleRecord] = []
    copies = 0
    for title in titles:
        batch.append(title)
        copies += len(title.copies)
        if len(batch) >= BATCH_TITLES or copies >= _BATCH_COPIES:
            yield batch
            batch, copies = [], 0
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Batch:
    """One transaction's worth."""

    transaction: Transaction
    target: Target
    batches: Batches
    written: Written

    def write(self, titles: Sequence[TitleRecord]) -> None:
        newest_title, newest_item = self.transaction.row(_NEWEST, {})
        sound: list[TitleRecord] = []
        for found in without_patron_numbers(titles, self.target.taken):
            if isinstance(found, Problem):
                self.written.findings.add(found)
            else:
                sound.append(found)
        rows = [_title_row(title, self.target.source) for title in sound]
        ids = self._insert(_NEW_TITLE, _NEXT_TITLES, rows)
        if ids is None:
            ids = [row[0] for row in self.transaction.row_each(_WRITE_TITLE, rows)]
        new = sum(title_id > newest_title for title_id in ids)
        self.written.titles_new += new
        self.written.titles_updated += len(ids) - new
        self._write_items(list(zip(ids, sound, strict=True)), newest_item)
        self._index(ids, sound, newest_title)

    def _write_items(self, titles: Sequence[tuple[int, TitleRecord]], newest: int) -> None:
        copies = [(one, copy) for one, title in titles for copy in title.copies if copy.is_item]
        tags = self._free_tags([copy for _, copy in copies])
        rows = [
            _item_row(copy, title_id, self.target.owner, tags.get(copy.tag_uid or ""))
            for title_id, copy in copies
        ]
        ids = self._insert(_NEW_ITEM, _NEXT_ITEMS, rows)
        if ids is None:
            found = self.transaction.row_each(_WRITE_ITEM, rows)
        else:
            found = [(number, row["tag_uid"]) for number, row in zip(ids, rows, strict=True)]
        new = sum(item > newest for item, _ in found)
        self.written.items_new += new
        self.written.items_updated += len(found) - new
        for row, (item, tag), (_, copy) in zip(rows, found, copies, strict=True):
            if row["tag_uid"] not in (None, tag):
                self.written.findings.add(problem(Code.TAG_KEPT, f"{copy.item_id} {tag}"))
            self.batches.add(self.transaction, item, copy)

    def _insert(
        self, statement: Statement, numbers: Statement, rows: Sequence[dict[str, Any]]
    ) -> list[int] | None:
        """The ids of the rows; None where one of them was known, or came twice."""
        ids = [row[0] for row in self.transaction.rows(numbers, {"count": len(rows)})]
        numbered = [{"id": number, **row} for number, row in zip(ids, rows, strict=True)]
        new = self.transaction.run_each(statement, numbered) == len(rows)
        return ids if new else None

    def _free_tags(self, copies: Sequence[CopyRecord]) -> dict[str, str]:
        """The tags that may be written: never one that another copy has."""
        tagged = [copy for copy in copies if copy.tag_uid]
        holders = self.transaction.row_each(_HOLDER, [{"tag": copy.tag_uid} for copy in tagged])
        free: dict[str, str] = {}
        for copy, holder in zip(tagged, holders, strict=True):
            if holder is None or tuple(holder) == (self.target.owner, copy.item_id):
                free[copy.tag_uid or ""] = copy.tag_uid or ""
                continue
            value = f"{copy.item_id} {copy.tag_uid}: {' '.join(holder)}"
            self.written.findings.add(problem(Code.SAME_TAG, value))
        return free

    def _index(self, ids: Sequence[int], titles: Sequence[TitleRecord], newest: int) -> None:
        """New titles from what was read; known ones from the ledger, which may have more copies."""
        owners = frozenset((self.target.owner,))
        entries = [
            _entry(title_id, title, owners)
            for title_id, title in zip(ids, titles, strict=True)
            if title_id > newest
        ]
        write_entries(self.transaction, entries)
        for title_id in ids:
            if title_id <= newest:
                refresh(self.transaction, title_id)


def _title_row(title: TitleRecord, source: str) -> dict[str, Any]:
    row = dict(zip(_TITLE_FIELDS, _title_values(title), strict=True))
    row["isbn"] = title.isbn or None
    row["kind"] = title.kind.value
    row["source"] = title.origin if _is_ours(title.origin, source) else source
    row["source_key"] = title.source_key
    return row


def _is_ours(origin: str, source: str) -> bool:
    """An export of this library, or of its own hand; another library's titles stay its own."""
    _, _, owner = origin.partition(":")
    return bool(origin) and owner in ("", source.partition(":")[2])


def _item_row(copy: CopyRecord, title_id: int, owner: Isil, tag: str | None) -> dict[str, Any]:
    return {
        "owner": owner,
        "item_id": copy.item_id,
        "inventory_no": copy.inventory_no or None,
        "tag_uid": tag,
        "title_id": title_id,
        "place": copy.place,
        "price": copy.price,
        "condition": copy.condition,
        "state": copy.state.value,
        "reading_room_only": copy.reading_room_only,
    }


def _entry(title_id: int, title: TitleRecord, owners: frozenset[str]) -> Entry:
    return Entry(
        title_id=title_id,
        title=f"{title.title} {title.subtitle}",
        author=title.author,
        subject=title.subjects,
        kind=title.kind.value,
        section=title.section,
        owners=owners,
        places=frozenset(copy.place for copy in title.copies if copy.is_item),
    )
