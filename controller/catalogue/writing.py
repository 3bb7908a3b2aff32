"""Writing a previewed catalogue: batches of upserts, so that a repeat updates and never doubles.

Titles are found again by (source, key in the source), copies by (owner, item id). The ledger
knows its copies better than a file does: a copy that is not in stock keeps its state, a copy that
has a tag keeps it, and a loan is never touched.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, case, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from circulation.ids import Isil, TagUid
from circulation.loan import ItemState
from controller.catalogue.preview import Findings
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.tables import Item, Library, Title

_BATCH_TITLES = 500
_BATCH_COPIES = 2_000
_MAX_IN = 900  # values in one IN list; SQLite before 3.32 takes 999 parameters
_TITLE_FIELDS = (
    *("title", "author", "subtitle", "publisher", "year", "isbn"),
    *("kind", "section", "udc", "age_mark", "grade"),
)
_ITEM_FIELDS = ("inventory_no", "title_id", "place", "price", "reading_room_only")


@dataclass(slots=True)
class Written:
    """What went into the database so far."""

    titles_new: int = 0
    titles_updated: int = 0
    items_new: int = 0
    items_updated: int = 0
    findings: Findings = field(default_factory=Findings)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the ledger had before, read once: IN lists on a table without statistics are slow.

    It only tells new from old; what others write meanwhile is settled by the upserts.
    """

    keys: frozenset[str]
    tags: Mapping[str, str | None]  # by item id

    @classmethod
    def of(cls, connection: Connection, owner: Isil, source: str) -> "_Known":
        keys = connection.scalars(select(col(Title.source_key)).where(col(Title.source) == source))
        items = connection.execute(
            select(col(Item.item_id), col(Item.tag_uid)).where(col(Item.owner) == owner)
        )
        return cls(frozenset(keys), {row.item_id: row.tag_uid for row in items})


def write_titles(
    engine: Engine, found: Iterable[TitleRecord | Problem], *, owner: Isil, source: str
) -> Written:
    """Write all titles and their numbered copies; one transaction for each batch."""
    written = Written()
    with engine.begin() as connection:
        known = _Known.of(connection, owner, source)
    for batch in _batches(found, written):
        with engine.begin() as connection:
            title_ids = _write_titles(connection, batch, source, known, written)
            _write_items(connection, batch, title_ids, owner, known, written)
    return written


def ensure_library(engine: Engine, owner: Isil) -> None:
    """The owner's row, made on the first import; its name for topics comes from the ISIL."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in owner.lower())
    with engine.begin() as connection:
        if connection.scalar(select(col(Library.isil)).where(col(Library.isil) == owner)) is None:
            row = {"isil": owner, "name": name, "display_name": owner}
            connection.execute(upsert(connection.dialect, Library).on_conflict_do_nothing(), row)


def upsert(dialect: Dialect, table: Any) -> Any:
    """INSERT that knows ON CONFLICT; SQLite and PostgreSQL write it alike."""
    make: Any = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    return make(table)


def _batches(
    found: Iterable[TitleRecord | Problem], written: Written
) -> Iterator[list[TitleRecord]]:
    batch: list[TitleRecord] = []
    copies = 0
    for item in found:
        if isinstance(item, Problem):
            written.findings.add(item)
            continue
        batch.append(item)
        copies += len(item.copies)
        if len(batch) >= _BATCH_TITLES or copies >= _BATCH_COPIES:
            yield batch
            batch, copies = [], 0
    if batch:
        yield batch


def _write_titles(
    connection: Connection,
    batch: list[TitleRecord],
    source: str,
    known: _Known,
    written: Written,
) -> dict[str, int]:
    rows = [
        {name: getattr(title, name) for name in _TITLE_FIELDS}
        | {"isbn": title.isbn or None, "source": source, "source_key": title.source_key}
        for title in batch
    ]
    insert = upsert(connection.dialect, Title)
    update = {name: insert.excluded[name] for name in _TITLE_FIELDS}
    rows_written = connection.execute(
        insert.on_conflict_do_update(
            index_elements=["source", "source_key"], set_=update
        ).returning(col(Title.source_key), col(Title.id)),
        rows,
    )
    updated = sum(title.source_key in known.keys for title in batch)
    written.titles_updated += updated
    written.titles_new += len(batch) - updated
    return {row.source_key: row.id for row in rows_written}


def _write_items(
    connection: Connection,
    batch: list[TitleRecord],
    title_ids: dict[str, int],
    owner: Isil,
    known: _Known,
    written: Written,
) -> None:
    copies = [(title, copy) for title in batch for copy in title.copies if copy.is_item]
    if not copies:
        return
    fresh = [c.tag_uid for _, c in copies if c.tag_uid and known.tags.get(c.item_id or "") is None]
    holders = _tag_holders(connection, fresh)
    rows = []
    for title, copy in copies:
        tag = _tag(copy, owner, known.tags, holders, written.findings)
        rows.append(_item_row(copy, title_ids[title.source_key], owner, tag))
    insert = upsert(connection.dialect, Item)
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["owner", "item_id"], set_=_item_update(insert)
        ).returning(col(Item.id)),  # which makes SQLAlchemy send many rows in one statement
        rows,
    )
    updated = sum(copy.item_id in known.tags for _, copy in copies)
    written.items_updated += updated
    written.items_new += len(rows) - updated


def _item_update(insert: Any) -> dict[str, Any]:
    """The file may declare a copy in stock lost or withdrawn; it never brings one back."""
    table = Item.__table__.c  # type: ignore[attr-defined]
    return {name: insert.excluded[name] for name in _ITEM_FIELDS} | {
        "tag_uid": func.coalesce(table.tag_uid, insert.excluded.tag_uid),
        "state": case(
            (table.state == ItemState.IN_STOCK, insert.excluded.state), else_=table.state
        ),
    }


def _tag_holders(connection: Connection, tags: list[TagUid]) -> dict[str, tuple[str, str]]:
    """Which copy has each tag now."""
    found: dict[str, tuple[str, str]] = {}
    for part in (tags[at : at + _MAX_IN] for at in range(0, len(tags), _MAX_IN)):
        rows = connection.execute(
            select(col(Item.tag_uid), col(Item.owner), col(Item.item_id)).where(
                col(Item.tag_uid).in_(part)
            )
        )
        found |= {tag: (owner, item) for tag, owner, item in rows if tag}
    return found


def _tag(
    copy: CopyRecord,
    owner: Isil,
    known: Mapping[str, str | None],
    holders: dict[str, tuple[str, str]],
    findings: Findings,
) -> str | None:
    """The tag to write: never one that another copy has, never over one that the station wrote."""
    if copy.tag_uid is None or copy.item_id is None:
        return None
    holder = holders.get(copy.tag_uid, (owner, copy.item_id))
    if holder != (owner, copy.item_id):
        findings.add(problem(Code.SAME_TAG, f"{copy.item_id} {copy.tag_uid}: {' '.join(holder)}"))
        return None
    mine = known.get(copy.item_id)
    if mine is not None and mine != copy.tag_uid:
        findings.add(problem(Code.TAG_KEPT, f"{copy.item_id} {mine}"))
        return None
    return copy.tag_uid


def _item_row(copy: CopyRecord, title_id: int, owner: Isil, tag: str | None) -> dict[str, Any]:
    return {
        "owner": owner,
        "item_id": copy.item_id,
        "inventory_no": copy.inventory_no or None,
        "tag_uid": tag,
        "title_id": title_id,
        "place": copy.place,
        "price": copy.price,
        "state": copy.state,
        "reading_room_only": copy.reading_room_only,
    }
