"""Wall time of a board without a clock of its own, and whether it can be believed."""

import time
from datetime import UTC, datetime, timedelta

from circulation.messages import Clock
from drivers.time_sync import clock_is_set


def certainty() -> Clock:
    """What the kernel says of the clock."""
    return Clock.SURE if clock_is_set() else Clock.UNSURE


def wall_time(at: float) -> datetime:
    """The wall time of a monotonic instant."""
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - at)
