"""Wall time of a board without a clock of its own, and whether it can be believed."""

import ctypes
import time
from datetime import UTC, datetime, timedelta

from circulation.messages import Clock

_TIME_ERROR = 5  # adjtimex(2): "the clock is not synchronized to a reliable server"
_TIMEX_BYTES = 512  # struct timex is 208 bytes on 64-bit Linux; more is harmless
_LIBC = ctypes.CDLL(None, use_errno=True)  # what Python itself runs on; looking for it forks


def certainty() -> Clock:
    """Ask the kernel whether time synchronisation has set the clock (adjtimex(2))."""
    request = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes = 0: only read
    state = _LIBC.adjtimex(request)
    return Clock.UNSURE if state in (-1, _TIME_ERROR) else Clock.SURE


def wall_time(at: float) -> datetime:
    """The wall time of a monotonic instant."""
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - at)
