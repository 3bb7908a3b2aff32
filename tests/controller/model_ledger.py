"""A small library for the models: the services on either engine, without HTTP, on a set clock."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from circulation.api import Operation
from circulation.policy import Policy
from controller.answers import Answer
from controller.clock import LibraryTime
from controller.db import make_engine, open_transaction, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.devices.tokens import Caller
from controller.holds.service import Holds
from controller.loans.desk import Desk
from controller.loans.service import Loans
from controller.offline.batches import Batches
from controller.offline.facts import Facts
from controller.offline.settle import Settling
from controller.operations import once
from controller.sql import Dialect, Statement, Transaction
from controller.tables import DeviceKind, Item, Patron, Title
from tests.controller.postgres_server import PostgresServer

ISIL = "RU-10010033"
COPIES = ("A-1", "A-2", "B-1")  # two copies of one title, one of another
PATRONS = ("p-anna", "p-boris", "p-vera")
TABLES = (
    "loan",
    "hold",
    "item",
    "patron_block",
    "conflict",
    "event",
    "operation",
    "item_sighting",
    "gate_event",
    "gate_tag",
)
SECRET_NAME = "Планетарова"  # no log, answer or question may hold it
KIOSK_1, KIOSK_2, DESK, GATE = 1, 2, 3, 4


class Files:
    """Copies of one prepared file."""

    def __init__(self, folder: Path, empty: Path) -> None:
        """In `folder`, of `make_empty`'s file."""
        self._folder = folder
        self._empty = empty

    def fresh(self) -> str:
        """The address of a new copy."""
        path = self._folder / f"{len(list(self._folder.iterdir()))}.db"
        shutil.copy(self._empty, path)
        return sqlite_url(path)


class Databases:
    """Copies of one prepared database on a server."""

    def __init__(self, server: PostgresServer, template: str) -> None:
        self._server = server
        self._empty = server.create(template)
        furnish(server.url(self._empty))

    def fresh(self) -> str:
        """The address of a new copy."""
        return self._server.url(self._server.create(self._empty))


class Ledger:
    """Services on a copy of a prepared database, without HTTP; a clock that stands still."""

    def __init__(self, copies: Files | Databases, policy: Policy) -> None:
        self.moment = datetime(2026, 10, 14, 9, tzinfo=UTC)
        self._engine = make_engine(copies.fresh())
        self.transaction = open_transaction(self._engine)
        if self.is_file:
            self.rows("PRAGMA synchronous = OFF")
        time = LibraryTime(lambda: self.moment, ZoneInfo("Europe/Moscow"))
        self.loans = Loans(policy, time)
        self.desk = Desk(self.loans)
        self.holds = Holds(policy, time)
        self.batches = Batches(Facts(self.loans))
        self.settling = Settling(Facts(self.loans))

    @property
    def is_file(self) -> bool:
        return self.transaction.dialect is Dialect.SQLITE

    def close(self) -> None:
        self.transaction.close()
        self._engine.dispose()

    def rows(self, sql: str) -> list[Any]:
        return self.transaction.rows(Statement(sql), {})

    def commit(self, act: Callable[[Transaction], Any]) -> Any:
        self.transaction.begin_write()
        done = act(self.transaction)
        self.transaction.commit()
        return done

    def ask(self, act: Callable[..., Answer], device: int, request: Operation) -> Answer:
        """What `perform` does after it has found the device."""

        def inner(transaction: Transaction) -> Answer:
            return once(
                transaction,
                caller(device),
                request,
                lambda inside, who: act(inside, who, request),
                self.moment,
            )

        answer = self.commit(inner)
        assert isinstance(answer, Answer)
        return answer

    def dump(self) -> dict[str, list[Any]]:
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES}


def caller(device: int) -> Caller:
    kind = DeviceKind.STATION if device == DESK else DeviceKind.KIOSK
    return Caller(device, ISIL, f"device-{device}", kind)


def make_empty(folder: Path) -> Path:
    """A prepared file."""
    path = folder / "empty.db"
    furnish(sqlite_url(path))
    return path


def furnish(url: str) -> None:
    """A library with two kiosks, a desk, a gate, three readers and three copies."""
    engine = make_engine(url)
    upgrade(engine)
    ensure_library(engine, isil=ISIL, name="school")
    kinds = (DeviceKind.KIOSK, DeviceKind.KIOSK, DeviceKind.STATION, DeviceKind.GATE)
    for number, kind in enumerate(kinds, start=1):
        add_device(engine, isil=ISIL, name=f"device-{number}", kind=kind)
    with Session(engine) as session:
        session.add_all(
            [Title(id=n, title=f"T{n}", source="t", source_key=str(n)) for n in (1, 2)]
            + [Patron(id=patron, family_name=SECRET_NAME, class_name="7Б") for patron in PATRONS]
        )
        session.flush()
        session.add_all(
            Item(owner=ISIL, item_id=copy, title_id=1 + copy.startswith("B"), tag_uid=uid(copy))
            for copy in COPIES
        )
        session.commit()
    engine.dispose()


def uid(copy: str) -> str:
    return f"E0040150000000{COPIES.index(copy):02X}"
