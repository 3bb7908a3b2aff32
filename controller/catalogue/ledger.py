"""The catalogue as the ledger has it: every title with its copies, as an import would bring it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine

from circulation.ids import Isil, ItemId, TagUid
from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.db import raw_connection
from controller.sql import Dialect, Statement, Transaction

_WITH_PATRONS = (ItemState.ON_LOAN, ItemState.CLAIMED_RETURNED)
_STEP = 500  # titles of one round; memory holds no more
_TITLES = Statement(
    "SELECT id, source_key, title, subtitle, author, publisher, place, year, isbn, kind, section,"
    " udc, author_mark, age_mark, grade, subjects, source FROM title t WHERE id > :after"
    " AND (source LIKE '%:' || :owner"
    " OR EXISTS (SELECT 1 FROM item i WHERE i.title_id = t.id AND i.owner || '' = :owner))"
    " ORDER BY id LIMIT :step"
)
_COPIES = Statement(
    "SELECT i.title_id, i.item_id, i.inventory_no, i.tag_uid, i.place, i.price, i.state,"
    " i.reading_room_only, i.condition, a.number, w.number FROM item i"
    " LEFT JOIN batch_item ai ON ai.item_id = i.id AND ai.kind = 'arrival'"
    " LEFT JOIN batch a ON a.id = ai.batch_id"
    " LEFT JOIN batch_item wi ON wi.item_id = i.id AND wi.kind = 'write_off'"
    " LEFT JOIN batch w ON w.id = wi.batch_id"
    " WHERE i.title_id >= :first AND i.title_id <= :last AND i.owner || '' = :owner ORDER BY i.id"
)


def read_ledger(engine: Engine, owner: Isil) -> Iterator[TitleRecord]:
    """The titles of a library in the order they came, in one snapshot."""
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    try:
        transaction.begin_read()
        after = 0
        while rows := transaction.rows(_TITLES, {"after": after, "owner": owner, "step": _STEP}):
            after = rows[-1][0]
            bounds = {"first": rows[0][0], "last": after, "owner": owner}
            copies: dict[int, list[CopyRecord]] = {}
            for title_id, *copy in transaction.rows(_COPIES, bounds):
                copies.setdefault(title_id, []).append(_copy(copy))
            for title_id, *title in rows:
                yield _title(title, tuple(copies.get(title_id, ())))
    finally:
        transaction.close()


def _title(row: list[Any], copies: tuple[CopyRecord, ...]) -> TitleRecord:
    key, title, subtitle, author, publisher, place, year, isbn, kind, *rest = row
    section, udc, author_mark, age_mark, grade, subjects, source = rest
    return TitleRecord(
        source_key=key,
        title=title,
        subtitle=subtitle,
        author=author,
        publisher=publisher,
        place=place,
        year=year,
        isbn=isbn or "",
        kind=ItemKind(kind),
        section=section,
        udc=udc,
        author_mark=author_mark,
        age_mark=age_mark,
        grade=grade,
        subjects=subjects,
        origin=source,
        copies=copies,
    )


def _copy(row: list[Any]) -> CopyRecord:
    item_id, inventory_no, tag_uid, place, price, state, reading_room_only, condition, *rest = row
    arrival, write_off = rest
    where = ItemState(state)
    return CopyRecord(
        item_id=ItemId(item_id),
        inventory_no=inventory_no or "",
        tag_uid=None if tag_uid is None else TagUid(tag_uid),
        place=place,
        price=price,
        # a loan is not the catalogue's: in another ledger the copy begins on its shelf
        state=ItemState.IN_STOCK if where in _WITH_PATRONS else where,
        reading_room_only=bool(reading_room_only),
        condition=condition,
        arrival=arrival or "",
        write_off=write_off or "",
    )
