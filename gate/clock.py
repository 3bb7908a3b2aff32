"""Wall time of a board without a clock of its own, and whether it can be believed."""

import time
from datetime import UTC, datetime, timedelta

from circulation.messages import Clock
from drivers.time_sync import TimeSync

_SYNC = TimeSync()  # of this process: an event has to say it, wherever it is made


def certainty() -> Clock:
    """Sure once a time server was heard since the start, also through days offline."""
    return Clock.SURE if _SYNC.believed() else Clock.UNSURE


def wall_time(at: float) -> datetime:
    """The wall time of a monotonic instant."""
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - at)
