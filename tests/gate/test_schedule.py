"""Quiet hours go by a clock that can be believed, and the daily self-test becomes overdue."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from circulation.messages import Clock, GateEventKind, SelfTest
from gate.keeper import Draft, Keeper
from gate.schedule import SELF_TEST_EVERY, Quiet, is_quiet
from gate.self_test import SelfTestDuty

LESSONS = Quiet(time(8, 30), time(14))
NIGHT = Quiet(time(22), time(7))
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "hour", "silent"),
    [
        (LESSONS, time(8, 29), False),
        (LESSONS, time(8, 30), True),
        (LESSONS, time(14), False),
        (NIGHT, time(23), True),
        (NIGHT, time(6, 59), True),
        (NIGHT, time(12), False),
        (None, time(12), False),
    ],
)
def test_the_sounder_is_quiet_in_its_hours(quiet: Quiet | None, hour: time, silent: bool) -> None:
    wall = datetime.combine(NOON, hour, UTC)

    assert is_quiet(quiet, wall, Clock.SURE) is silent


def test_a_clock_that_nobody_set_silences_nothing() -> None:
    assert not is_quiet(LESSONS, NOON, Clock.UNSURE)


def nothing_was_dropped() -> Draft:
    raise AssertionError(GateEventKind.DROPPED)


def keeper_in(folder: Path) -> Keeper:
    return Keeper(folder / "outbox.db", max_bytes=1_000_000, tell_dropped=nothing_was_dropped)


def test_the_self_test_is_remembered_over_a_restart_and_becomes_overdue_once(
    tmp_path: Path,
) -> None:
    first = keeper_in(tmp_path)
    SelfTestDuty(first, is_set=True).carried(NOON, passed=True)
    first.close()

    keeper = keeper_in(tmp_path)
    duty = SelfTestDuty(keeper, is_set=True)
    duty.load()
    in_time, late = NOON + timedelta(hours=25), NOON + SELF_TEST_EVERY + timedelta(minutes=1)

    assert duty.status(in_time, Clock.SURE) is SelfTest.PASSED
    assert [duty.becomes_overdue(moment, Clock.SURE) for moment in (in_time, late, late)] == [
        False,
        True,
        False,
    ]
    duty.carried(late, passed=False)
    assert duty.status(late, Clock.SURE) is SelfTest.FAILED
    keeper.close()


def test_a_test_that_was_never_made_becomes_overdue_although_the_gate_restarts_daily(
    tmp_path: Path,
) -> None:
    states = []
    for day in range(3):
        keeper = keeper_in(tmp_path)
        duty = SelfTestDuty(keeper, is_set=True)
        duty.load()
        states.append(duty.status(NOON + timedelta(days=day), Clock.SURE))
        keeper.close()

    assert states == [SelfTest.NOT_SET, SelfTest.NOT_SET, SelfTest.OVERDUE]


def test_before_the_clock_is_set_nothing_is_overdue(tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)
    duty = SelfTestDuty(keeper, is_set=True)
    duty.carried(NOON, passed=True)

    assert duty.status(NOON + timedelta(days=400), Clock.UNSURE) is SelfTest.PASSED
    keeper.close()


def test_without_a_test_tag_nothing_is_due(tmp_path: Path) -> None:
    keeper = keeper_in(tmp_path)

    assert SelfTestDuty(keeper, is_set=False).status(NOON, Clock.SURE) is SelfTest.NOT_SET
    keeper.close()
