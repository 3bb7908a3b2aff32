"""Wall time of a board without a clock of its own, and whether it can be believed."""

import ctypes
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from circulation.messages import Clock

TOLERANCE = timedelta(minutes=2)  # as the ledger's own for two clocks that are both sure
_TIME_ERROR = 5  # adjtimex(2): "the clock is not synchronized to a reliable server"
_TIMEX_BYTES = 512  # struct timex is 208 bytes on 64-bit Linux; more is harmless
_LIBC = ctypes.CDLL(None, use_errno=True)


def _now() -> datetime:
    return datetime.now(UTC)


def synchronised() -> bool:
    """Ask the kernel whether time synchronisation has set the clock (adjtimex(2))."""
    request = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes = 0: only read
    return _LIBC.adjtimex(request) not in (-1, _TIME_ERROR)


class WallClock:
    """The time, and how sure it is. Safe from any thread."""

    def __init__(
        self,
        now: Callable[[], datetime] = _now,
        is_synchronised: Callable[[], bool] = synchronised,
    ) -> None:
        self._now = now
        self._is_synchronised = is_synchronised
        self._lock = threading.Lock()
        self._agreed = False

    def now(self) -> datetime:
        """In UTC."""
        return self._now()

    def compare(self, controllers: datetime) -> None:
        """The controller said what time it is: a clock that says the same can be believed."""
        with self._lock:
            self._agreed = abs(self._now() - controllers) <= TOLERANCE

    def certainty(self) -> Clock:
        """Sure when the kernel's clock is synchronised, or agreed with the controller's."""
        with self._lock:
            agreed = self._agreed
        return Clock.SURE if agreed or self._is_synchronised() else Clock.UNSURE


def local_day(moment: datetime) -> date:
    """The day it is then in the library, whose time zone this machine has."""
    return moment.astimezone().date()
