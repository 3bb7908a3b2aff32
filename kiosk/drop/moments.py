"""The time of a drop: when a book came, and whether that can be believed after days offline."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from circulation.messages import Clock
from drivers.time_sync import TimeSync, clock_is_set


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall time and whether to believe it."""

    at: datetime
    clock: Clock


class Moments:
    """Turns monotonic instants into wall time. `has_clock`: the board has a battery clock (RTC)."""

    def __init__(
        self,
        *,
        has_clock: bool,
        not_before: datetime | None,
        is_set: Callable[[], bool] = clock_is_set,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`not_before`: the latest time known from the disk; an earlier one is wrong."""
        self._sync = TimeSync(believed=has_clock, is_set=is_set)
        self._not_before = not_before
        self._wall = wall
        self._monotonic = monotonic

    def look(self) -> None:
        """Ask now and then: a time server that was heard once is remembered."""
        self._sync.believed()

    def of(self, instant: float) -> Moment:
        """The wall time of a monotonic instant."""
        now = self._wall()
        at = now - timedelta(seconds=self._monotonic() - instant)
        goes_back = self._not_before is not None and now < self._not_before
        sure = self._sync.believed() and not goes_back
        return Moment(at, Clock.SURE if sure else Clock.UNSURE)
