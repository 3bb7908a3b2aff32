"""The same acts in ledgers of 32 thousand, 320 thousand and (large) 3.2 million copies.

A B-tree costs by the logarithm of its size, so an act may cost log(n) / log(32 thousand) of what it
costs in the school. The ledgers take turns, in processor time, at copies drawn from the whole
stock. A fifth of the stock is on loan, and one teacher has 200 books.
"""

import math
import random
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from circulation.api import CheckoutRequest, CopyQuery, ItemsQuery, ReturnRequest
from circulation.policy import Policy
from controller.answers import OK, Answer
from controller.clock import LibraryTime, system_clock
from controller.db import make_engine, raw_connection, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.devices.tokens import Caller
from controller.items.service import resolve_items
from controller.loans.service import Loans
from controller.operations import once
from controller.patrons.service import Patrons
from controller.sql import Dialect, Transaction
from controller.tables import DeviceKind
from hw_sim.ports import free_port
from tests.bench import serving
from tests.bench.http_world import ISIL, World
from tests.bench.result import Result, at_most
from tests.bench.size import is_large
from tests.bench.workspace import workspace

SCHOOL = 32_178
STOCKS = (SCHOOL, 321_780, 3_217_800) if is_large() else (SCHOOL, 321_780)
ROUNDS = 9
ACTS = 60  # of each kind in a round
NOISE = 1.3  # two ledgers of one size differ by as much on a busy machine
STARTS = 3
START_WITHIN_S = 2.0
TEACHER, TEACHERS_LOANS = "teacher", 200
_COPIES_OF_TITLE, _COPIES_OF_PATRON, _EACH_LENT = 49, 27, 5  # every fifth copy is on loan
_TIME = LibraryTime(system_clock, ZoneInfo("Europe/Moscow"))
_LOANS = Loans(Policy(max_loans=100_000), _TIME)

_TITLE = (
    "INSERT INTO title (id, title, author, subtitle, publisher, kind, section, udc, age_mark,"
    " source, source_key, subjects) VALUES (?, 'Книга', '', '', '', 'book', '', '', 0, 'bench',"
    " ?, '')"
)
_PATRON = (
    "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category, has_left)"
    " VALUES (?, 'Иванова', 'Вера', '', '', 'pupil', 0)"
)
_ITEM = (
    "INSERT INTO item (id, owner, item_id, inventory_no, tag_uid, title_id, place, condition,"
    " parts, state, security, reading_room_only) VALUES (?, ?, ?, ?, ?, ?, '', '', 1, ?, ?, 0)"
)
_LOAN = (
    "INSERT INTO loan (item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
    " device_id) VALUES (?, ?, '2026-09-01T08:00:00.000000+00:00', '2199-05-31', 0, 1, 'v', 1)"
)


@dataclass(slots=True)
class Ledger:
    """One ledger, and the times in µs that each kind of act took in it."""

    stock: int
    transaction: Transaction
    times: dict[str, list[float]] = field(default_factory=dict)

    def measure(self, chance: random.Random) -> None:
        """One round: each kind of act on copies from anywhere."""
        fifths = chance.sample(range(self.stock // _EACH_LENT), ACTS)
        copies = [_copy_id(number * _EACH_LENT + 1) for number in fifths]  # not on loan
        patrons = [f"p{chance.randrange(self.stock // _COPIES_OF_PATRON)}" for _ in copies]
        pairs = list(zip(copies, patrons, strict=True))
        self._time("checkout", [self._checkout(*pair) for pair in pairs])
        self._time("return", [self._return(copy) for copy in copies])
        self._time("pad_of_10", [self._resolve(copies[:10])] * 6)
        self._time("account_of_200", [self._account(TEACHER)] * 6)

    def median(self, act: str) -> float:
        return statistics.median(self.times[act])

    def _time(self, act: str, calls: list[Callable[[], Answer]]) -> None:
        self.transaction.begin_write()
        began = time.thread_time()
        answers = [call() for call in calls]
        seconds = time.thread_time() - began
        self.transaction.commit()
        if refused := [answer for answer in answers if answer.status != OK]:
            raise AssertionError(f"{act}: {refused[0]}")
        self.times.setdefault(act, []).append(seconds / len(calls) * 1e6)

    def _checkout(self, copy: str, patron: str) -> Callable[[], Answer]:
        now = datetime.now(UTC)
        request = CheckoutRequest(op_id=uuid4(), at=now, patron_id=patron, owner=ISIL, item_id=copy)
        return lambda: once(
            self.transaction,
            _CALLER,
            request,
            lambda inside, caller: _LOANS.checkout(inside, caller, request),
            now,
        )

    def _return(self, copy: str) -> Callable[[], Answer]:
        now = datetime.now(UTC)
        request = ReturnRequest(op_id=uuid4(), at=now, owner=ISIL, item_id=copy)
        return lambda: once(
            self.transaction,
            _CALLER,
            request,
            lambda inside, caller: _LOANS.take_back(inside, caller, request),
            now,
        )

    def _resolve(self, copies: list[str]) -> Callable[[], Answer]:
        query = ItemsQuery(copies=tuple(CopyQuery(owner=ISIL, item_id=copy) for copy in copies))
        return lambda: resolve_items(self.transaction, _CALLER, query)

    def _account(self, patron: str) -> Callable[[], Answer]:
        patrons = Patrons(_LOANS.policy, _TIME)
        return lambda: patrons.account(self.transaction, _CALLER, patron)


_CALLER = Caller(1, ISIL, "kiosk1", DeviceKind.KIOSK)


def measure() -> list[Result]:
    """Each act in each larger ledger against the school's, and the start of the largest."""
    with workspace() as folder:
        ledgers = [_make(folder / f"{stock}.db", stock) for stock in STOCKS]
        for number in range(ROUNDS):
            for ledger in ledgers:
                ledger.measure(random.Random(number))
        for ledger in ledgers:
            ledger.transaction.close()
        starts = [_start(folder, STOCKS[-1]) for _ in range(STARTS)]
    school, *larger = ledgers
    rows = [_row(act, ledger, school) for act in school.times for ledger in larger]
    name = f"scale.start_with_{STOCKS[-1]}_copies"
    return [*rows, at_most(name, min(starts), "s", limit=START_WITHIN_S)]


def _row(act: str, ledger: Ledger, school: Ledger) -> Result:
    growth = math.log(ledger.stock) / math.log(school.stock)
    limit = school.median(act) * growth
    name = f"scale.{act}_at_{ledger.stock}"
    return at_most(name, ledger.median(act), "µs", limit=limit, goal=NOISE)


def _start(folder: Path, stock: int) -> float:
    """Processor seconds from the command to the first connection."""
    world = World(folder, folder / f"{stock}.db", "", free_port())
    with serving.controller(world, world.database) as process:
        return serving.cpu_seconds(process)


def _copy_id(number: int) -> str:
    return f"B{number:09d}"


def _make(database: Path, stock: int) -> Ledger:
    engine = make_engine(sqlite_url(database))
    upgrade(engine)
    ensure_library(engine, isil=ISIL, name="school", display_name="School")
    add_device(engine, isil=ISIL, name="kiosk1", kind=DeviceKind.KIOSK)
    connection = raw_connection(engine)
    cursor = connection.cursor()
    titles, patrons = stock // _COPIES_OF_TITLE, stock // _COPIES_OF_PATRON
    cursor.execute("BEGIN IMMEDIATE")
    cursor.executemany(_TITLE, ((number + 1, str(number)) for number in range(titles)))
    cursor.executemany(_PATRON, ((f"p{number}",) for number in range(patrons)))
    cursor.execute(_PATRON, (TEACHER,))
    cursor.executemany(_ITEM, _items(stock, titles))
    cursor.executemany(_LOAN, _open_loans(stock, patrons))
    cursor.execute("COMMIT")
    cursor.execute("ANALYZE")
    return Ledger(stock, Transaction(connection, Dialect.SQLITE))


def _items(stock: int, titles: int) -> Iterator[tuple[object, ...]]:
    for number in range(stock):
        lent = number % _EACH_LENT == 0
        state, security = ("on_loan", "disarmed") if lent else ("in_stock", "armed")
        uid = f"E00401{number:010X}"
        title = number % titles + 1
        yield (number + 1, ISIL, _copy_id(number), str(number), uid, title, state, security)


def _open_loans(stock: int, patrons: int) -> Iterator[tuple[int, str]]:
    for count, number in enumerate(range(0, stock, _EACH_LENT)):
        patron = TEACHER if count < TEACHERS_LOANS else f"p{count % patrons}"
        yield number + 1, patron
