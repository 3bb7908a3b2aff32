"""Whether the wall clock of a board without a clock of its own can be believed.

The kernel calls its clock unsynchronised some nine hours after the last time server was heard
(kernel/time/ntp.c: maxerror grows by 500 ppm up to 16 s). A clock that was set once since the start
is seconds off after a weekend offline, not hours: it is believed on.
"""

import ctypes
from collections.abc import Callable
from typing import Final

_TIME_ERROR: Final = 5  # adjtimex(2): "the clock is not synchronized to a reliable server"
_TIMEX_BYTES: Final = 512  # struct timex is 208 bytes on 64-bit Linux; more is harmless
_LIBC: Final = ctypes.CDLL(None, use_errno=True)  # what Python itself runs on; looking for it forks


def clock_is_set() -> bool:
    """What the kernel says now (adjtimex(2))."""
    request = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes = 0: only read
    return _LIBC.adjtimex(request) not in (-1, _TIME_ERROR)


class TimeSync:
    """Remembers for the life of a process that a time server was heard. Ask now and then."""

    def __init__(
        self, *, believed: bool = False, is_set: Callable[[], bool] = clock_is_set
    ) -> None:
        """`believed`: from the start, because the board has a battery clock."""
        self._believed = believed
        self._is_set = is_set

    def believed(self) -> bool:
        """True from the first time on at which the kernel vouched for the clock."""
        self._believed = self._believed or self._is_set()
        return self._believed
