"""The writer: one commit for what waits, own savepoints, and no success before the commit."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress

import pytest
from sqlalchemy import Engine, text

from controller.db import failures
from controller.sql import Dialect, Statement, Transaction
from controller.writer import MAX_GROUP, CommitFailed, Joined, Writer, WriterStopped

ADD = Statement(
    "INSERT INTO library (isil, name, display_name) VALUES (:isil, :isil, '')",
    types={"isil": "text"},
)
PROMISE = "CREATE TABLE promise (isil TEXT REFERENCES library DEFERRABLE INITIALLY DEFERRED)"
BREAK = Statement("INSERT INTO promise VALUES ('XX-NOWHERE')")  # checked at COMMIT, not before
ONE_PAGE = Statement("PRAGMA max_page_count = 1")
DISK_FULL = Statement("DO $$ BEGIN RAISE disk_full; END $$")


@pytest.fixture
def commits() -> list[None]:
    return []


@pytest.fixture
def writer(engine: Engine, commits: list[None]) -> Iterator[Writer]:
    writer = Writer(engine)
    writer.after_commit(lambda: commits.append(None))
    writer.start()
    yield writer
    writer.stop()


@pytest.fixture
def promise(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text(PROMISE))


@pytest.fixture
def gate_keeper(writer: Writer) -> Iterator[threading.Event]:
    """Holds the writer inside a command, so that what is submitted next waits as one group."""
    inside, release = threading.Event(), threading.Event()

    def hold(_transaction: Transaction) -> None:
        inside.set()
        release.wait(10)

    writer.submit(hold)
    inside.wait(10)
    yield release
    release.set()


def libraries(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT isil FROM library ORDER BY isil")))


def test_value_comes_after_the_row_is_visible_to_others(writer: Writer, engine: Engine) -> None:
    def add(transaction: Transaction) -> int:
        return transaction.run(ADD, {"isil": "RU-1"})

    assert writer.submit(add).result(10) == 1
    assert libraries(engine) == ["RU-1"]


def test_what_waits_shares_one_commit(
    writer: Writer, commits: list[None], gate_keeper: threading.Event, engine: Engine
) -> None:
    futures = [
        writer.submit(lambda inside, n=n: inside.run(ADD, {"isil": f"RU-{n}"})) for n in range(20)
    ]

    gate_keeper.set()
    results = [future.result(10) for future in futures]

    assert results == [1] * 20
    assert len(commits) == 2  # the keeper's own and one for all twenty
    assert len(libraries(engine)) == 20


def test_group_is_bounded(
    writer: Writer, commits: list[None], gate_keeper: threading.Event
) -> None:
    futures = [writer.submit(lambda _inside: None) for _ in range(MAX_GROUP + 1)]

    gate_keeper.set()
    for future in futures:
        future.result(10)

    assert len(commits) == 3


def test_command_that_raises_loses_only_its_own_work(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    def add_and_raise(transaction: Transaction) -> None:
        transaction.run(ADD, {"isil": "RU-BAD"})
        raise KeyError("a bug in one command")

    before = writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-1"}))
    broken = writer.submit(add_and_raise)
    after = writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-2"}))
    gate_keeper.set()

    with pytest.raises(KeyError, match="a bug in one command"):
        broken.result(10)
    assert (before.result(10), after.result(10)) == (1, 1)
    assert libraries(engine) == ["RU-1", "RU-2"]


def add_all(transaction: Transaction, isils: Sequence[str]) -> list[int]:
    """As many libraries as wished, in one act, which cannot add a bad one."""
    for isil in isils:
        transaction.run(ADD, {"isil": isil})
    if "RU-BAD" in isils:
        raise KeyError("a bug in the act")
    return [len(isils)] * len(isils)


def joined(isil: str) -> Joined[str, int]:
    return Joined(add_all, isil, lambda inside: add_all(inside, [isil])[0])


def test_neighbours_of_one_kind_are_one_act(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    before = [writer.submit(joined(f"RU-{n}")) for n in range(3)]
    between = writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-OTHER"}))
    after = [writer.submit(joined(f"RU-{n}")) for n in range(3, 5)]
    gate_keeper.set()

    assert [future.result(30) for future in before] == [3, 3, 3]
    assert between.result(30) == 1
    assert [future.result(30) for future in after] == [2, 2]
    assert len(libraries(engine)) == 6


def test_act_that_raises_is_done_again_for_each_alone(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    futures = [writer.submit(joined(isil)) for isil in ("RU-1", "RU-BAD", "RU-2")]
    gate_keeper.set()

    assert (futures[0].result(30), futures[2].result(30)) == (1, 1)
    with pytest.raises(KeyError, match="a bug in the act"):
        futures[1].result(30)
    assert libraries(engine) == ["RU-1", "RU-2"]


def add_later(transaction: Transaction, isils: Sequence[str]) -> list[str]:
    """The same, written with what the writer says next."""
    transaction.run_later(ADD, [{"isil": isil} for isil in isils])
    return list(isils)


def test_write_that_was_put_off_fails_its_own_command_alone(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    futures = [
        writer.submit(Joined(add_later, isil, lambda inside, one=isil: add_later(inside, [one])))
        for isil in ("RU-1", "RU-2", "RU-1", "RU-3")
    ]
    gate_keeper.set()

    with pytest.raises(Exception, match=r"(?i)unique"):
        futures[2].result(30)
    for future in (futures[0], futures[1], futures[3]):
        future.result(30)
    assert libraries(engine) == ["RU-1", "RU-2", "RU-3"]


def test_command_that_hides_an_error_of_the_server_is_told_of_no_success(
    writer: Writer, engine: Engine
) -> None:
    def hide(transaction: Transaction) -> None:
        transaction.run(ADD, {"isil": "RU-1"})
        with suppress(*failures(engine)):
            transaction.run(ADD, {"isil": "RU-1"})

    answer = writer.submit(hide)

    if engine.dialect.name == Dialect.SQLITE:  # an error undoes its own statement, and no more
        answer.result(30)
        assert libraries(engine) == ["RU-1"]
    else:  # there the whole transaction is lost, and its COMMIT says ROLLBACK
        with pytest.raises(CommitFailed):
            answer.result(30)
        assert libraries(engine) == []


@pytest.mark.usefixtures("promise")
def test_failed_commit_fails_every_command_of_the_group(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    futures: list[Future[object]] = [
        writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-1"})),
        writer.submit(lambda inside: inside.run(BREAK, {})),
        writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-2"})),
    ]
    gate_keeper.set()

    for future in futures:
        with pytest.raises(CommitFailed):
            future.result(10)
    assert libraries(engine) == []


@pytest.mark.usefixtures("promise")
def test_writer_works_on_after_a_failed_commit(writer: Writer, engine: Engine) -> None:
    with pytest.raises(CommitFailed):
        writer.submit(lambda inside: inside.run(BREAK, {})).result(10)

    writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-1"})).result(10)
    assert libraries(engine) == ["RU-1"]


def test_full_disk_inside_a_command_fails_the_group(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    def write_to_a_full_disk(transaction: Transaction) -> None:
        if transaction.dialect is Dialect.POSTGRESQL:
            transaction.run(DISK_FULL, {})
        transaction.run(ONE_PAGE, {})
        for number in range(5_000):
            transaction.run(ADD, {"isil": f"RU-{number}"})

    before = writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-FIRST"}))
    full = writer.submit(write_to_a_full_disk)
    gate_keeper.set()

    for future in (before, full):
        with pytest.raises(CommitFailed):
            future.result(30)
    assert libraries(engine) == []


def test_event_loop_gets_its_answers(writer: Writer) -> None:
    async def ask() -> list[int]:
        commands = [
            writer.run(lambda inside, n=n: inside.run(ADD, {"isil": f"RU-{n}"})) for n in range(5)
        ]
        return await asyncio.gather(*commands)

    assert asyncio.run(ask()) == [1] * 5


def test_caller_that_went_away_does_not_disturb_the_others(
    writer: Writer, gate_keeper: threading.Event, engine: Engine
) -> None:
    async def ask() -> int:
        impatient = asyncio.ensure_future(
            writer.run(lambda inside: inside.run(ADD, {"isil": "RU-1"}))
        )
        patient = asyncio.ensure_future(
            writer.run(lambda inside: inside.run(ADD, {"isil": "RU-2"}))
        )
        await asyncio.sleep(0)
        impatient.cancel()
        gate_keeper.set()
        return await patient

    assert asyncio.run(ask()) == 1
    assert libraries(engine) == ["RU-1", "RU-2"]


def test_stop_finishes_what_was_accepted_and_takes_no_more(engine: Engine) -> None:
    writer = Writer(engine)
    accepted = writer.submit(lambda inside: inside.run(ADD, {"isil": "RU-1"}))
    writer.start()

    writer.stop()

    assert accepted.result(0) == 1
    with pytest.raises(WriterStopped):
        writer.submit(lambda _inside: None)
