"""Batches of stock: copies that came by one document, copies that an act writes off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from circulation.ids import Isil
from circulation.loan import Act, ItemState
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord
from controller.catalogue.tables import BatchKind
from controller.db import raw_connection
from controller.loans.facts import find_copy
from controller.loans.marks import Mark, mark_copy
from controller.search.rebuild import refresh
from controller.sql import Dialect, Statement, Transaction

_BATCH = Statement(
    "INSERT INTO batch (owner, kind, number, day, reason)"
    " VALUES (:owner, :kind, :number, :day, :reason)"
    " ON CONFLICT (owner, kind, number) DO UPDATE SET day = COALESCE(excluded.day, batch.day),"
    " reason = CASE WHEN excluded.reason = '' THEN batch.reason ELSE excluded.reason END"
    " RETURNING id"
)
_PUT = Statement(
    "INSERT INTO batch_item (item_id, kind, batch_id) VALUES (:item_id, :kind, :batch_id)"
    " ON CONFLICT (item_id, kind) DO UPDATE SET batch_id = excluded.batch_id"
)


@dataclass(frozen=True, slots=True)
class Document:
    """A delivery note or an act of writing off."""

    kind: BatchKind
    number: str
    day: date | None = None
    reason: str = ""


class Batches:
    """The batches that an import's copies name; each is looked up once."""

    def __init__(self, owner: Isil) -> None:
        self._owner = owner
        self._known: dict[tuple[BatchKind, str], int] = {}

    def add(self, transaction: Transaction, item: int, copy: CopyRecord) -> None:
        """Put the copy into the batches its record names."""
        for kind, number in (
            (BatchKind.ARRIVAL, copy.arrival),
            (BatchKind.WRITE_OFF, copy.write_off),
        ):
            if number:
                put(transaction, item, kind, self._id(transaction, kind, number))

    def _id(self, transaction: Transaction, kind: BatchKind, number: str) -> int:
        key = (kind, number)
        if key not in self._known:
            document = Document(kind, number)
            self._known[key] = open_batch(transaction, self._owner, document)
        return self._known[key]


def open_batch(transaction: Transaction, owner: Isil, document: Document) -> int:
    """The id of the document's batch, made when it is named first."""
    row = transaction.row(
        _BATCH,
        {
            "owner": owner,
            "kind": document.kind.value,
            "number": document.number,
            "day": None if document.day is None else document.day.isoformat(),
            "reason": document.reason,
        },
    )
    return int(row[0])


def put(transaction: Transaction, item: int, kind: BatchKind, batch: int) -> None:
    """The copy belongs to this batch of its kind."""
    transaction.run(_PUT, {"item_id": item, "kind": kind.value, "batch_id": batch})


def write_off(
    engine: Engine, owner: Isil, document: Document, numbers: Sequence[str], now: datetime
) -> tuple[int, tuple[Problem, ...]]:
    """Withdraw the copies by one act: how many, and why not the others. One transaction.

    A copy on loan is not written off: it is taken back or declared lost first. One that is
    withdrawn already is only put under the act. The loan of a lost copy ends with it.
    """
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    problems: list[Problem] = []
    try:
        transaction.begin_write()
        batch = open_batch(transaction, owner, document)
        for line, number in enumerate(numbers, start=1):
            if code := _withdraw(transaction, owner, number, batch, now):
                problems.append(problem(code, number, line=line))
        transaction.commit()
    finally:
        transaction.close()
    return len(numbers) - len(problems), tuple(problems)


def _withdraw(
    transaction: Transaction, owner: Isil, number: str, batch: int, now: datetime
) -> Code | None:
    copy = find_copy(transaction, owner, number)
    if copy is None:
        return Code.ITEM_UNKNOWN
    if copy.facts.state is not ItemState.WITHDRAWN:
        act = Mark(Act.WITHDRAW, now, now.date(), device_id=None, detail={"batch": batch})
        if mark_copy(transaction, copy, act) is None:
            return Code.ITEM_ON_LOAN
    put(transaction, copy.id, BatchKind.WRITE_OFF, batch)
    refresh(transaction, copy.title_id)
    return None
