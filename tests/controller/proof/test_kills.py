"""The controller is killed at random while eight kiosks lend: nothing is lost, nothing is double.

A kiosk does what a kiosk does: it asks, and asks again under the same operation id until it hears
an answer. Then the ledger is held against what was heard (I1, I2, I5 and I9 of the oracle).
"""

import random
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from circulation.api import CHECKOUTS
from controller.sql import Dialect
from controller.tables import Item, Patron
from tests.controller.conftest import ISIL
from tests.controller.test_process import Start

KIOSKS = 8
COPIES_PER_PATRON = 4  # below the limit: every wish is granted in the end
AT = "2026-10-14T09:00:00Z"
Wish = dict[str, Any]


@dataclass(slots=True)
class Heard:
    """What the kiosks were answered, and how often they had to ask."""

    answers: dict[str, httpx2.Response] = field(default_factory=dict)
    tries: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, wish: Wish, answer: httpx2.Response) -> None:
        with self.changed:
            self.answers[wish["op_id"]] = answer
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.answers) >= count, 600)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """Asks until it is answered."""

    client: httpx2.Client
    heard: Heard
    patience: Callable[[], bool]

    def lend(self, wish: Wish) -> None:
        while True:
            self.heard.tries += 1
            try:
                answer = self.client.post(CHECKOUTS, json=wish)
            except httpx2.TransportError:
                self.patience()
                continue
            if answer.status_code != 503:
                self.heard.note(wish, answer)
                return


@pytest.fixture
def kiosks(url: str, tokens: dict[str, str]) -> Iterator[list[httpx2.Client]]:
    devices = ("kiosk-1", "kiosk-2")
    clients = [
        httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {tokens[devices[number % 2]]}"},
            timeout=30,
        )
        for number in range(KIOSKS)
    ]
    yield clients
    for client in clients:
        client.close()


def stock(engine: Engine, count: int) -> list[Wish]:
    """Copies and patrons, and one wish for each copy."""
    patrons = [f"p-{n}" for n in range(-(-count // COPIES_PER_PATRON))]
    with Session(engine) as session:
        session.add_all(Patron(id=patron, family_name="X") for patron in patrons)
        session.add_all(Item(owner=ISIL, item_id=f"K{n}", title_id=1) for n in range(count))
        session.commit()
    return [
        {
            "op_id": str(uuid4()),
            "at": AT,
            "owner": ISIL,
            "item_id": f"K{n}",
            "patron_id": patrons[n // COPIES_PER_PATRON],
        }
        for n in range(count)
    ]


def lend_under_fire(
    start: Start, kiosks: list[httpx2.Client], wishes: list[Wish], *, kills: int, seed: int
) -> Heard:
    """All wishes through eight kiosks, while the process is killed so many times."""
    chance = random.Random(seed)
    heard, alive = Heard(), threading.Event()
    moments = sorted(chance.sample(range(1, len(wishes) - 1), kills))
    process = start()
    alive.set()
    with ThreadPoolExecutor(KIOSKS) as threads:
        running = [
            threads.submit(_lend_all, Kiosk(client, heard, lambda: alive.wait(60)), part)
            for client, part in zip(kiosks, _dealt(wishes), strict=True)
        ]
        for moment in moments:
            heard.wait_for(moment)
            threading.Event().wait(chance.uniform(0, 0.01))  # anywhere between two commits
            alive.clear()
            process = _kill_and_start(process, start)
            alive.set()
        for one in running:
            one.result()
    return heard


def _dealt(wishes: list[Wish]) -> list[list[Wish]]:
    return [wishes[number::KIOSKS] for number in range(KIOSKS)]


def _lend_all(kiosk: Kiosk, wishes: list[Wish]) -> None:
    for wish in wishes:
        kiosk.lend(wish)


def _kill_and_start(process: subprocess.Popen[bytes], start: Start) -> subprocess.Popen[bytes]:
    process.kill()
    process.wait(30)
    return start()


def judge(engine: Engine, wishes: list[Wish], heard: Heard) -> None:
    """What was answered is there, once, byte for byte; and nothing else is."""
    with engine.connect() as connection:

        def rows(sql: str) -> list[Any]:
            return [tuple(row) for row in connection.execute(text(sql))]

        kept = {
            op_id: (status, answer)
            for op_id, status, answer in rows("SELECT op_id, status, answer FROM operation")
        }
        answered = {op: (a.status_code, a.text) for op, a in heard.answers.items()}
        assert kept == answered
        assert set(kept) == {wish["op_id"] for wish in wishes}
        assert {status for status, _ in kept.values()} == {200}
        lent = rows(
            "SELECT i.item_id, l.patron_id FROM loan l JOIN item i ON i.id = l.item_id"
            " WHERE l.returned_at IS NULL ORDER BY l.id"
        )
        assert sorted(lent) == sorted((wish["item_id"], wish["patron_id"]) for wish in wishes)
        logged = rows("SELECT item_id, count(*) FROM event WHERE kind = 'checked_out' GROUP BY 1")
        assert [count for _, count in logged] == [1] * len(wishes)
        if engine.dialect.name == Dialect.SQLITE:
            assert rows("PRAGMA integrity_check") == [("ok",)]
            assert rows("PRAGMA foreign_key_check") == []


def play(
    start: Start, kiosks: list[httpx2.Client], engine: Engine, *, count: int, kills: int, seed: int
) -> None:
    wishes = stock(engine, count)

    heard = lend_under_fire(start, kiosks, wishes, kills=kills, seed=seed)

    assert heard.tries > count  # somebody was asking when it was killed
    judge(engine, wishes, heard)
    for wish in wishes[:: max(1, count // 100)]:
        again = kiosks[0].post(CHECKOUTS, json=wish)
        assert again.content == heard.answers[wish["op_id"]].content


def test_nothing_is_lost_or_doubled_in_a_thousand_checkouts_and_three_kills(
    start: Start, kiosks: list[httpx2.Client], engine: Engine
) -> None:
    play(start, kiosks, engine, count=1_000, kills=3, seed=random.randrange(2**32))


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_is_lost_or_doubled_in_ten_thousand_checkouts_and_forty_kills(
    start: Start, kiosks: list[httpx2.Client], engine: Engine
) -> None:
    play(start, kiosks, engine, count=10_000, kills=40, seed=random.randrange(2**32))
