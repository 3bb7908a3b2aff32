"""Keys straight from a Linux input device, so that a scan never lands in a field on the screen.

Source of the record and the codes: linux/input.h and linux/input-event-codes.h. The layout is the
US one, which scanners speak unless they are told otherwise. One reading process per scanner: the
device is grabbed.
"""

import contextlib
import fcntl
import os
import select
import struct
from typing import Final

from drivers.errors import NotAvailable
from drivers.scanners.bursts import ENTER, KeyBursts, Typed
from drivers.scanners.codes import Scan

EVENT: Final = struct.Struct(
    "@llHHi"
)  # struct input_event: seconds, microseconds, type, code, value
_EV_KEY: Final = 0x01
_RELEASED, _PRESSED = 0, 1
_GRAB: Final = 0x40044590  # EVIOCGRAB
_SHIFTS: Final = frozenset({42, 54})
_ENTERS: Final = frozenset({28, 96})
_PLAIN: Final = dict(
    zip(
        (*range(2, 14), *range(16, 28), *range(30, 41), 43, *range(44, 54), 57),
        "1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./ ",
        strict=True,
    )
)
_SHIFTED: Final = dict(zip(_PLAIN, '!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"|ZXCVBNM<>? ', strict=True))
_EVENTS_PER_READ: Final = 64


class KeyboardScanner:
    """Owned by one thread. `NotAvailable` when the device is not there or goes away."""

    def __init__(self, path: str, bursts: KeyBursts | None = None) -> None:
        """Open ``/dev/input/by-id/...-event-kbd`` and keep its keys from everybody else."""
        self._path = path
        self._bursts = bursts or KeyBursts()
        self._shift = False
        self._half = b""
        try:
            self._device = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise self._absent(f"cannot open: {error.strerror}; check plug and group") from error
        with contextlib.suppress(OSError):  # what is no input device cannot be grabbed
            fcntl.ioctl(self._device, _GRAB, 1)

    def poll(self, wait_s: float) -> tuple[Scan | Typed, ...]:
        """What was scanned or typed since; waits up to `wait_s` for a key."""
        ready, _, _ = select.select([self._device], [], [], wait_s)
        if not ready:
            return ()
        try:
            data = os.read(self._device, EVENT.size * _EVENTS_PER_READ)
        except OSError as error:
            raise self._absent(f"the scanner went away: {error.strerror}") from error
        if not data:
            raise self._absent("the scanner went away")
        data = self._half + data
        whole = len(data) - len(data) % EVENT.size
        self._half = data[whole:]
        found = [self._event(*event) for event in EVENT.iter_unpack(data[:whole])]
        return tuple(entry for entry in found if entry is not None)

    def close(self) -> None:
        """Give the device back. Closing twice is harmless."""
        if self._device >= 0:
            os.close(self._device)
        self._device = -1

    def _event(
        self, seconds: int, microseconds: int, kind: int, code: int, value: int
    ) -> Scan | Typed | None:
        if kind != _EV_KEY:
            return None
        if code in _SHIFTS:
            self._shift = value != _RELEASED
        if value != _PRESSED:
            return None
        # the kernel's own time: a busy process must not make a person look like a scanner
        at = seconds + microseconds / 1e6
        if code in _ENTERS:
            return self._bursts.key(ENTER, at)
        char = (_SHIFTED if self._shift else _PLAIN).get(code)
        return self._bursts.key(char, at) if char else None

    def _absent(self, what: str) -> NotAvailable:
        return NotAvailable(what, model="scanner", port=self._path)
