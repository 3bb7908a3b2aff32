"""New copies in one pass: the title is known or described, the copies get numbers and a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from circulation.encoding import (
    ArrivalReceipt,
    ArrivalRequest,
    NewCopy,
    TitleFound,
)
from circulation.ids import BadId, Isil, parse_item_id
from circulation.reasons import Reason
from controller.answers import CONFLICT, NOT_FOUND, Answer, granted, refused
from controller.catalogue.stock import Document, open_batch, put
from controller.catalogue.tables import BatchKind
from controller.devices.tokens import Caller
from controller.encoding.copies import copy_at
from controller.search.rebuild import refresh
from controller.sql import Statement, Transaction

_MOST_TITLES = 20  # editions of one ISBN

_BY_ISBN = Statement(
    "SELECT id, title, author, publisher, year, isbn, kind, section, grade FROM title"
    " WHERE isbn = :isbn ORDER BY id LIMIT :most"
)
_KNOWN = Statement("SELECT id FROM title WHERE id = :id")
_NEW_TITLE = Statement(
    "INSERT INTO title (title, author, subtitle, publisher, place, year, isbn, kind, section, udc,"
    " author_mark, subjects, age_mark, grade, source, source_key)"
    " VALUES (:title, :author, '', :publisher, '', :year, :isbn, :kind, :section, '', '', '', 0,"
    " :grade, :source, :key) RETURNING id"
)
_TAKEN = Statement(  # by a copy, or by a person: a number read at the desk must mean one of them
    "SELECT 1 FROM item WHERE owner = :owner AND (item_id = :item_id OR inventory_no = :item_id"
    " OR (:inventory_no <> '' AND (inventory_no = :inventory_no OR item_id = :inventory_no)))"
    " UNION ALL SELECT 1 FROM card_number WHERE number = :item_id"
)
_NEW_COPY = Statement(
    "INSERT INTO item (owner, item_id, inventory_no, title_id, place, condition, parts, state,"
    " security, reading_room_only) VALUES (:owner, :item_id, :inventory_no, :title_id, :place, '',"
    " :parts, 'in_stock', 'armed', false) RETURNING id"
)
_NAME_PART = Statement(
    "INSERT INTO item_part (item_id, number, name) VALUES (:item, :number, :name)"
)


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One title's copies on their way into the ledger."""

    transaction: Transaction
    owner: Isil
    request: ArrivalRequest

    def write(self, title_id: int) -> ArrivalReceipt:
        request = self.request
        document = Document(BatchKind.ARRIVAL, request.batch, request.day)
        batch = open_batch(self.transaction, self.owner, document)
        rows = [self._copy(copy, title_id, batch) for copy in request.copies]
        refresh(self.transaction, title_id)
        copies = tuple(copy_at(self.transaction, row) for row in rows)
        return ArrivalReceipt(op_id=request.op_id, copies=copies)

    def _copy(self, copy: NewCopy, title_id: int, batch: int) -> int:
        names = self.request.part_names
        row = self.transaction.row(
            _NEW_COPY,
            {
                "owner": self.owner,
                "item_id": copy.item_id,
                "inventory_no": copy.inventory_no or None,
                "title_id": title_id,
                "place": self.request.place,
                "parts": max(1, len(names)),
            },
        )
        item = int(row[0])
        put(self.transaction, item, BatchKind.ARRIVAL, batch)
        if len(names) > 1:
            parts = [
                {"item": item, "number": number, "name": name}
                for number, name in enumerate(names, start=1)
            ]
            self.transaction.run_each(_NAME_PART, parts)
        return item


def titles_with(transaction: Transaction, isbn: str) -> tuple[TitleFound, ...]:
    """What the ledger has under this ISBN-13."""
    rows = transaction.rows(_BY_ISBN, {"isbn": isbn, "most": _MOST_TITLES})
    names = ("title_id", "title", "author", "publisher", "year", "isbn", "kind", "section", "grade")
    return tuple(_known(dict(zip(names, row, strict=True))) for row in rows)


def _known(row: dict[str, Any]) -> TitleFound:
    """The ledger's own row, cut to what the wire takes: an old import may say more."""
    for name, most in (("title", 400), ("author", 400), ("publisher", 400), ("section", 64)):
        row[name] = "".join(char for char in row[name] if char.isprintable())[:most]
    row["title"] = row["title"] or "?"
    year, isbn = row["year"], row["isbn"] or ""
    row["year"] = year if year is not None and 1400 <= year <= 2099 else None
    row["isbn"] = isbn if len(isbn) == 13 and isbn.isdigit() else ""
    return TitleFound.model_validate(row)


def receive(transaction: Transaction, caller: Caller, request: ArrivalRequest) -> Answer:
    """All copies, or none and why: a number that is taken, a title that is not there."""
    owner = Isil(caller.library)
    free = (_is_free(transaction, owner, copy) for copy in request.copies)
    if not (_is_each_once(request.copies) and all(free)):
        return refused(CONFLICT, Reason.NUMBER_TAKEN)
    title_id = request.title.title_id
    if title_id is None:
        title_id = _describe(transaction, caller, request)
    elif transaction.row(_KNOWN, {"id": title_id}) is None:
        return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
    return granted(_Arrival(transaction, owner, request).write(title_id))


def _is_each_once(copies: Sequence[NewCopy]) -> bool:
    """No number means two of these copies, be it on the barcode or in the inventory."""
    numbers = [{copy.item_id, copy.inventory_no} - {""} for copy in copies]
    return sum(map(len, numbers)) == len(set().union(*numbers))


def _is_free(transaction: Transaction, owner: str, copy: NewCopy) -> bool:
    try:
        parse_item_id(copy.item_id)
    except BadId:
        return False
    parameters = {"owner": owner, "item_id": copy.item_id, "inventory_no": copy.inventory_no}
    return transaction.row(_TAKEN, parameters) is None


def _describe(transaction: Transaction, caller: Caller, request: ArrivalRequest) -> int:
    """A title of this station's own hand; its key is the operation that made it."""
    title = request.title
    row = transaction.row(
        _NEW_TITLE,
        {
            "title": title.title,
            "author": title.author,
            "publisher": title.publisher,
            "year": title.year,
            "isbn": title.isbn or None,
            "kind": title.kind.value,
            "section": title.section,
            "grade": title.grade,
            "source": f"station:{caller.library}",
            "key": str(request.op_id),
        },
    )
    return int(row[0])
