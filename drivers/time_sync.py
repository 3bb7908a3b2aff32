"""Whether the wall clock of a board without a clock of its own can be believed."""

import ctypes
from typing import Final

_TIME_ERROR: Final = 5  # adjtimex(2): "the clock is not synchronized to a reliable server"
_TIMEX_BYTES: Final = 512  # struct timex is 208 bytes on 64-bit Linux; more is harmless
_LIBC: Final = ctypes.CDLL(None, use_errno=True)  # what Python itself runs on; looking for it forks


def clock_is_set() -> bool:
    """Ask the kernel whether time synchronisation has set the clock (adjtimex(2))."""
    request = ctypes.create_string_buffer(_TIMEX_BYTES)  # modes = 0: only read
    return _LIBC.adjtimex(request) not in (-1, _TIME_ERROR)
