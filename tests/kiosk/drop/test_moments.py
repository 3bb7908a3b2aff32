"""When a book came: believed after days offline, doubted after a power cut without a clock."""

from datetime import UTC, datetime, timedelta

import pytest

from circulation.messages import Clock
from kiosk.drop.moments import Moments

FRIDAY = datetime(2026, 9, 4, 18, 0, tzinfo=UTC)


class World:
    def __init__(self) -> None:
        self.wall, self.instant, self.heard = FRIDAY, 50.0, True

    def later(self, hours: float) -> None:
        self.wall += timedelta(hours=hours)
        self.instant += hours * 3_600

    def moments(self, *, has_clock: bool = False, not_before: datetime | None = None) -> Moments:
        return Moments(
            has_clock=has_clock,
            not_before=not_before,
            is_set=lambda: self.heard,
            wall=lambda: self.wall,
            monotonic=lambda: self.instant,
        )


def test_an_instant_has_its_own_wall_time() -> None:
    world = World()

    moment = world.moments().of(20.0)

    assert (moment.at, moment.clock) == (FRIDAY - timedelta(seconds=30), Clock.SURE)


def test_a_time_server_that_was_heard_once_is_believed_through_a_weekend() -> None:
    world = World()
    moments = world.moments()
    moments.look()
    world.heard = False
    world.later(hours=60)

    assert moments.of(world.instant).clock is Clock.SURE


@pytest.mark.parametrize(("has_clock", "clock"), [(True, Clock.SURE), (False, Clock.UNSURE)])
def test_after_a_power_cut_offline_only_a_battery_clock_is_believed(
    has_clock: bool, clock: Clock
) -> None:
    world = World()
    world.heard = False

    assert world.moments(has_clock=has_clock).of(world.instant).clock is clock


def test_a_clock_behind_what_was_written_already_is_wrong() -> None:
    moments = World().moments(has_clock=True, not_before=FRIDAY + timedelta(days=1))

    assert moments.of(50.0).clock is Clock.UNSURE
