"""The power goes while the ledger is written: it opens, and holds a prefix of the commits, exactly.

The files of a working ledger are copied with the end of the WAL cut off at any byte, or with a bad
byte in it. What stands before that byte must be there, what does not must be gone whole: never half
an operation.
"""

import random
import shutil
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from circulation.api import CheckoutRequest, Operation, ReturnRequest, SightingRequest
from circulation.policy import Policy
from controller.clock import LibraryTime
from controller.db import make_engine, raw_connection, sqlite_url, upgrade
from controller.devices.tokens import hash_token
from controller.loans.service import Loans
from controller.operations import perform
from controller.sql import Dialect, Statement, Transaction
from tests.controller.conftest import ANNA, BORIS, GOGOL, ISIL, MTSYRI

WAL_HEADER = 32  # bytes; SQLite's file format, 4.1
COPIES = (MTSYRI, GOGOL, *(f"C-{n}" for n in range(8)))
TABLES = ("loan", "item", "item_sighting", "event", "operation", "hold", "conflict")
NOON = datetime(2026, 10, 14, 9, tzinfo=UTC)
Dump = tuple[Any, ...]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "torn"


def dump(transaction: Transaction) -> Dump:
    return tuple(
        tuple(transaction.rows(Statement(f"SELECT * FROM {table} ORDER BY 1, 2"), {}))
        for table in TABLES
    )


@dataclass(slots=True)
class Story:
    """A ledger at work that is never checkpointed, and what it held after each commit."""

    path: Path
    transaction: Transaction
    token: str
    chance: random.Random
    ends: list[int] = field(default_factory=list)  # bytes of the WAL after each commit
    held: list[Dump] = field(default_factory=list)

    @property
    def wal(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def note(self) -> None:
        self.ends.append(self.wal.stat().st_size)
        self.held.append(dump(self.transaction))

    def commit(self, at: datetime) -> None:
        """One to four operations in one commit, as the writer groups them."""
        loans = Loans(Policy(), LibraryTime(lambda: at, ZoneInfo("Europe/Moscow")))
        self.transaction.begin_write()
        for _ in range(self.chance.randint(1, 4)):
            self._perform(loans, self._wish(at), at)
        self.transaction.commit()
        self.note()

    def _wish(self, at: datetime) -> Operation:
        copy: dict[str, Any] = {
            "op_id": uuid4(),
            "at": at,
            "owner": ISIL,
            "item_id": self.chance.choice(COPIES),
        }
        match self.chance.randrange(5):
            case 0 | 1:
                return ReturnRequest(**copy)
            case 2:
                return SightingRequest(**copy, armed=self.chance.random() < 0.5)
            case _:
                return CheckoutRequest(**copy, patron_id=self.chance.choice((ANNA, BORIS)))

    def _perform(self, loans: Loans, wish: Operation, at: datetime) -> None:
        act: Any = {
            CheckoutRequest: loans.checkout,
            ReturnRequest: loans.take_back,
            SightingRequest: loans.sight,
        }[type(wish)]
        perform(
            self.transaction,
            token_hash=self.token,
            request=wish,
            act=lambda inside, caller: act(inside, caller, wish),
            now=at,
        )


@pytest.fixture
def database_url(sqlite_ledger: str) -> str:
    """PostgreSQL keeps its own log."""
    return sqlite_ledger


@pytest.fixture
def story(engine: Engine, tokens: dict[str, str]) -> Iterator[Story]:
    assert engine.url.database is not None
    transaction = Transaction(raw_connection(engine), Dialect.SQLITE)
    transaction.rows(Statement("PRAGMA wal_checkpoint(TRUNCATE)"), {})
    transaction.rows(Statement("PRAGMA wal_autocheckpoint = 0"), {})
    chance = random.Random(2026)
    story = Story(Path(engine.url.database), transaction, hash_token(tokens["kiosk-1"]), chance)
    story.note()
    yield story
    transaction.close()


def play(story: Story, *, commits: int) -> None:
    for number in range(commits):
        story.commit(NOON + timedelta(minutes=number))
    assert story.ends == sorted(set(story.ends))  # each commit added to the WAL


def tear(story: Story, folder: Path, chance: random.Random) -> tuple[Path, int]:
    """A copy with a torn WAL, and the first byte that cannot be believed."""
    folder.mkdir()
    torn = folder / story.path.name
    shutil.copy(story.path, torn)
    wal = bytearray(story.wal.read_bytes())
    end = chance.randrange(WAL_HEADER, len(wal))
    if chance.random() < 0.5:
        del wal[end:]
    else:  # the disk wrote something else
        wal[end] ^= chance.randrange(1, 256)
    torn.with_name(story.wal.name).write_bytes(wal)
    return torn, end


def look(torn: Path) -> Dump:
    """What a controller finds that starts on this file."""
    engine = make_engine(sqlite_url(torn))
    transaction = Transaction(raw_connection(engine), Dialect.SQLITE)
    try:
        assert transaction.rows(Statement("PRAGMA integrity_check"), {}) == [("ok",)]
        assert transaction.rows(Statement("PRAGMA foreign_key_check"), {}) == []
        return dump(transaction)
    finally:
        transaction.close()
        engine.dispose()


def tear_often(story: Story, folder: Path, *, times: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(times):
        torn, end = tear(story, folder, chance)

        found = look(torn)

        whole = bisect_right(story.ends, end) - 1
        assert found == story.held[max(whole, 0)], f"seed {seed}: torn at byte {end}"
        shutil.rmtree(folder)


def test_ledger_with_a_torn_end_holds_exactly_the_commits_before_it(
    story: Story, folder: Path
) -> None:
    play(story, commits=40)

    tear_often(story, folder, times=60, seed=random.randrange(2**32))


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_ledger_with_one_of_two_thousand_torn_ends_holds_exactly_the_commits_before_it(
    story: Story, folder: Path
) -> None:
    play(story, commits=120)

    tear_often(story, folder, times=2_000, seed=random.randrange(2**32))


def test_controller_goes_on_with_a_torn_ledger(story: Story, folder: Path) -> None:
    play(story, commits=5)
    torn, _end = tear(story, folder, random.Random(1))
    engine = make_engine(sqlite_url(torn))

    upgrade(engine)
    again = Story(
        torn,
        Transaction(raw_connection(engine), Dialect.SQLITE),
        story.token,
        random.Random(7),
    )
    before = dump(again.transaction)
    again.commit(NOON + timedelta(days=1))

    assert again.held[-1] != before
    again.transaction.close()
    engine.dispose()
