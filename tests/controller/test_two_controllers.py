"""Two controllers on one PostgreSQL are one library: also when one is killed, also after a restart.

Clients go to whichever answers, with the same operation id, as devices behind a load balancer do.
"""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from circulation.api import CHECKOUTS
from circulation.policy import Policy
from controller.sql import Statement, Transaction
from controller.tables import Item, Patron
from controller.writer import CommitFailed, Writer
from hw_sim.ports import free_port
from tests.controller.conftest import ISIL, LIBRARY, Body, Postgres

CLIENTS, PATRONS, WISHES = 8, 20, 8  # each patron wants more than the limit
CONTESTED = 20  # copies that two patrons want
ADD = Statement("INSERT INTO library (isil, name, display_name) VALUES (:isil, :isil, '')")


@pytest.fixture
def database_url(postgres_ledger: str) -> str:
    """A file has one controller."""
    return postgres_ledger


@dataclass(frozen=True, slots=True)
class Controller:
    """A process of its own."""

    url: str
    process: subprocess.Popen[bytes]

    def answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/readyz", timeout=10).status_code == 200
        except httpx2.TransportError:
            return False


Start = Callable[[], Controller]


@pytest.fixture
def start(tmp_path: Path, database_url: str, tokens: dict[str, str]) -> Iterator[Start]:
    assert tokens
    started: list[Controller] = []

    def start_one() -> Controller:
        port = free_port()
        settings = tmp_path / f"controller-{port}.toml"
        settings.write_text(
            f'library_isil = "{ISIL}"\nlibrary_name = "{LIBRARY}"\n'
            f'database_url = "{database_url}"\nport = {port}\n',
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "controller", "--settings", str(settings)]
        started.append(Controller(f"http://127.0.0.1:{port}", subprocess.Popen(command)))
        return started[-1]

    yield start_one
    for controller in started:
        controller.process.kill()
        controller.process.wait(10)


def wait_for(question: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not question():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def wishes(engine: Engine, body: Body) -> list[dict[str, object]]:
    """What is asked at the same time stands side by side: one copy by two, too much by one."""
    with Session(engine) as session:
        session.add_all(Patron(id=f"p-{n}", family_name="X") for n in range(PATRONS))
        session.add_all(Patron(id=f"q-{n}", family_name="X") for n in range(2 * CONTESTED))
        copies = [f"R{n}" for n in range(PATRONS * WISHES)] + [f"S{n}" for n in range(CONTESTED)]
        session.add_all(Item(owner=ISIL, item_id=copy, title_id=1) for copy in copies)
        session.commit()
    pairs = [
        body(patron_id=f"q-{2 * copy + side}", item_id=f"S{copy}")
        for copy in range(CONTESTED)
        for side in range(2)
    ]
    return pairs + [
        body(patron_id=f"p-{patron}", item_id=f"R{patron * WISHES + number}")
        for patron in range(PATRONS)
        for number in range(WISHES)
    ]


def test_killed_controller_loses_and_doubles_nothing(
    start: Start, engine: Engine, tokens: dict[str, str], wishes: list[dict[str, object]]
) -> None:
    both = [start(), start()]  # at once: both bring the tables up to date
    wait_for(lambda: all(controller.answers() for controller in both))
    answered: dict[str, httpx2.Response] = {}
    headers = {"Authorization": f"Bearer {tokens['kiosk-1']}"}

    def ask(client: httpx2.Client, wish: dict[str, object], order: list[Controller]) -> None:
        for controller in order:
            try:
                answer = client.post(controller.url + CHECKOUTS, json=wish)
            except httpx2.TransportError:
                continue  # unknown, not refused: the same operation, at the other one
            if answer.status_code != 503:
                answered[str(wish["op_id"])] = answer
                return

    def work_off(number: int) -> None:
        with httpx2.Client(headers=headers, timeout=30) as client:
            for wish in wishes[number::CLIENTS]:
                ask(client, wish, random.sample(both, 2) * 50)

    with ThreadPoolExecutor(CLIENTS) as clients:
        work = [clients.submit(work_off, number) for number in range(CLIENTS)]
        wait_for(lambda: len(answered) > len(wishes) // 3)
        both[0].process.send_signal(signal.SIGKILL)
        for one in work:
            one.result()

    assert len(answered) == len(wishes)
    assert set(Counter(answer.status_code for answer in answered.values())) == {200, 409}
    with engine.connect() as connection:
        kept = {
            row[0]: row[1]
            for row in connection.execute(text("SELECT op_id, answer FROM operation"))
        }
        loans = connection.execute(text("SELECT item_id, patron_id FROM loan")).all()
        lines = connection.scalar(text("SELECT count(*) FROM event WHERE kind = 'checked_out'"))
    assert kept == {op_id: answer.text for op_id, answer in answered.items()}
    granted = sum(answer.status_code == 200 for answer in answered.values())
    assert len(loans) == lines == granted
    by_copy, by_patron = (Counter(column) for column in zip(*loans, strict=True))
    assert set(by_copy.values()) == {1}
    assert {by_patron[f"p-{n}"] for n in range(PATRONS)} == {Policy().max_loans}
    assert sum(by_patron[f"q-{n}"] for n in range(2 * CONTESTED)) == CONTESTED


def test_controller_works_on_after_its_server_was_started_anew(
    start: Start, postgres: Postgres
) -> None:
    controller = start()
    wait_for(controller.answers)

    postgres.server.restart()

    wait_for(controller.answers)
    assert controller.process.poll() is None


def test_writer_takes_a_new_connection_before_anything_was_written(engine: Engine) -> None:
    writer = Writer(engine)
    writer.start()
    end_all = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
        " current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        connection.execute(end_all)

    added = writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-1"})).result(30)

    assert added == 1
    writer.stop()


def test_connection_lost_in_a_group_fails_the_group_and_not_the_next(engine: Engine) -> None:
    writer = Writer(engine)
    writer.start()
    end_me = Statement("SELECT pg_terminate_backend(pg_backend_pid())")

    def add_and_be_cut(transaction: Transaction) -> None:
        transaction.run(ADD, {"isil": "RU-1"})
        transaction.run(end_me, {})

    with pytest.raises(CommitFailed):
        writer.submit(add_and_be_cut).result(30)

    assert writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-2"})).result(30) == 1
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT isil FROM library")).all() == ["RU-2"]
    writer.stop()
