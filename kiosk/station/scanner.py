"""A scanner on a port of its own: its codes never land in a field by chance."""

import threading
from collections.abc import Callable
from typing import Protocol

from drivers.scanners.bursts import Typed
from drivers.scanners.codes import Scan
from drivers.scanners.keyboard import KeyboardScanner
from drivers.scanners.serial_scanner import SerialScanner
from kiosk.device_thread import DeviceThread

_POLL_S = 0.2


class OpenScanner(Protocol):
    """Either make."""

    def poll(self, wait_s: float) -> tuple[Scan | Typed, ...]: ...

    def close(self) -> None: ...


def open_scanner(port: str) -> OpenScanner:
    """An input device under /dev/input, or a serial port."""
    return KeyboardScanner(port) if port.startswith("/dev/input/") else SerialScanner(port)


class Scanner:
    """`scanned` is called on the scanner's thread with each code."""

    def __init__(self, port: str, scanned: Callable[[str], None]) -> None:
        self._scanned = scanned
        self._thread = DeviceThread("scanner", lambda: open_scanner(port), self._serve, _nothing)

    def start(self) -> None:
        """Open it and begin."""
        self._thread.start()

    def stop(self) -> None:
        """Give it back."""
        self._thread.stop()

    def _serve(self, scanner: OpenScanner, stop: threading.Event, good: Callable[[], None]) -> None:
        while not stop.is_set():
            for found in scanner.poll(_POLL_S):
                self._scanned(found.text)
            good()


def _nothing() -> None:
    """The station goes on: numbers can be typed."""
