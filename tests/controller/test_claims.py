"""Periodic work is done once, however many controllers there are and whichever of them dies."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from controller.claims import LEASE, Claims, Duty
from controller.clock import LibraryTime
from controller.db import make_engine
from controller.patrons.upkeep import FORGETTING, Upkeep
from controller.reads import Reads
from controller.sql import LedgerUnavailable
from controller.writer import Writer
from tests.controller.conftest import SettableClock

HOURLY = Duty("sweep", timedelta(hours=1))


class Died(Exception):
    """The process was killed at this point."""


@pytest.fixture
def controllers(engine: Engine, clock: SettableClock) -> Iterator[list[Claims]]:
    """Two, each with connections of its own."""
    time = LibraryTime(clock, ZoneInfo("Europe/Moscow"))
    other = make_engine(engine.url.render_as_string(hide_password=False))
    yield [Claims(engine, time), Claims(other, time)]
    other.dispose()


def die() -> None:
    raise Died


def test_work_is_done_once_an_hour_by_whoever_comes_first(
    controllers: list[Claims], clock: SettableClock
) -> None:
    done: list[int] = []

    def look(number: int) -> bool:
        return controllers[number].do_if_due(HOURLY, lambda: done.append(number))

    first_hour = [look(0), look(1), look(0)]
    clock.move(hours=1)
    second_hour = [look(1), look(0)]

    assert (first_hour, second_hour) == ([True, False, False], [True, False])
    assert done == [0, 1]


def test_nobody_begins_what_another_is_at(controllers: list[Claims]) -> None:
    seen: list[bool] = []

    def work() -> None:
        seen.append(controllers[1].do_if_due(HOURLY, die))

    assert controllers[0].do_if_due(HOURLY, work)

    assert seen == [False]


def test_who_is_killed_at_work_leaves_it_to_another(
    controllers: list[Claims], clock: SettableClock
) -> None:
    with pytest.raises(Died):
        controllers[0].do_if_due(HOURLY, die)
    clock.move(seconds=LEASE.total_seconds() - 1)
    too_early = controllers[1].do_if_due(HOURLY, lambda: None)
    clock.move(seconds=1)

    assert not too_early
    assert controllers[1].do_if_due(HOURLY, lambda: None)


def test_clock_that_was_wrong_and_is_set_right_stops_nothing(
    controllers: list[Claims], clock: SettableClock
) -> None:
    clock.move(days=400)
    controllers[0].do_if_due(HOURLY, lambda: None)

    clock.move(days=-400)

    assert controllers[1].do_if_due(HOURLY, lambda: None)


def test_controllers_whose_clocks_differ_a_little_take_turns_all_the_same(
    controllers: list[Claims], clock: SettableClock
) -> None:
    controllers[0].do_if_due(HOURLY, lambda: None)

    clock.move(minutes=-2)

    assert not controllers[1].do_if_due(HOURLY, die)


def test_each_work_has_its_own_turn(controllers: list[Claims]) -> None:
    other = Duty("other", timedelta(hours=1))

    assert [controllers[0].do_if_due(duty, lambda: None) for duty in (HOURLY, other)] == [True] * 2


def test_crowd_at_one_moment_has_one_winner(controllers: list[Claims]) -> None:
    together = threading.Barrier(8)

    def look(number: int) -> bool:
        together.wait(30)
        return controllers[number % 2].do_if_due(HOURLY, lambda: None)

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(look, range(8))) == 1


def test_who_comes_second_waits_for_nobody(postgres_ledger: str, clock: SettableClock) -> None:
    """SKIP LOCKED: the row of another's transaction is passed by, and no lock timeout is needed."""
    engine = make_engine(postgres_ledger)
    claims = Claims(engine, LibraryTime(clock, ZoneInfo("Europe/Moscow")))
    with pytest.raises(Died):
        claims.do_if_due(HOURLY, die)  # makes the row
    clock.move(hours=2)

    with engine.begin() as other:
        other.execute(text("SELECT name FROM job WHERE name = 'sweep' FOR UPDATE"))
        assert not claims.do_if_due(HOURLY, die)
    assert claims.do_if_due(HOURLY, lambda: None)
    engine.dispose()


def test_ledger_that_is_away_is_said_as_such(controllers: list[Claims], engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE job"))

    with pytest.raises(LedgerUnavailable):
        controllers[0].do_if_due(HOURLY, lambda: None)


def test_two_controllers_forget_once_an_hour_together(
    engine: Engine,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The threads of two controllers, looking all the time: one run in each hour."""
    monkeypatch.setattr("controller.patrons.upkeep._LOOK_EVERY_S", 0.01)
    runs: list[int] = []
    monkeypatch.setattr(Upkeep, "run_once", lambda self: runs.append(id(self)) or 0)
    time = LibraryTime(clock, ZoneInfo("Europe/Moscow"))
    parts = [(Writer(engine), Reads(engine)) for _ in range(2)]
    both = [Upkeep(engine, writer, reads, time) for writer, reads in parts]
    for upkeep in both:
        upkeep.start()

    hours = 3
    for hour in range(hours):
        _wait_for(lambda wanted=hour + 1: _finished(engine, clock) and len(runs) >= wanted)
        clock.move(hours=1)
    _wait_for(lambda: _finished(engine, clock) and len(runs) >= hours + 1)

    for upkeep in both:
        upkeep.stop()
    for _, reads in parts:
        reads.stop()
    assert len(runs) == hours + 1


def _finished(engine: Engine, clock: SettableClock) -> bool:
    """The turn of this hour is over: the next is an hour away and nobody is at it."""
    with engine.connect() as connection:
        sql = text("SELECT claim, due_at FROM job WHERE name = :name")
        row = connection.execute(sql, {"name": FORGETTING.name}).first()
    if row is None or row[0] is not None:
        return False
    wanted = (clock() + FORGETTING.every).replace(tzinfo=None).isoformat()[:19]
    return str(row[1]).replace(" ", "T")[:19] >= wanted


def _wait_for(question: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(3_000):
        if question():
            return
        waiting.wait(0.02)
    raise AssertionError("waited for a minute")
