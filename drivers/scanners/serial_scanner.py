"""A barcode or QR scanner on a serial line (or USB in its serial mode)."""

import time
from typing import Final

from drivers.port import Port, open_port
from drivers.scanners.codes import CodeAssembler, Scan, ScannerSettings

BAUDRATE: Final = 9600  # factory setting of most makes, with 8N1; USB serial takes any
_CHUNK: Final = 64
_GAP_S: Final = 0.01


class SerialScanner:
    """Owned by one thread. `NotAvailable` when the port is not there or goes away."""

    def __init__(
        self, url: str, settings: ScannerSettings | None = None, *, baudrate: int = BAUDRATE
    ) -> None:
        """Open the port; a scanner says nothing of itself, so nothing is asked."""
        self._port: Port = open_port(url, baudrate=baudrate, model="scanner")
        self._codes = CodeAssembler(settings or ScannerSettings())

    def poll(self, wait_s: float) -> tuple[Scan, ...]:
        """The codes scanned since; waits up to `wait_s` for a byte."""
        data = self._port.read(_CHUNK, first_s=wait_s, gap_s=_GAP_S, total_s=wait_s + _GAP_S)
        return self._codes.feed(data, time.monotonic()) if data else ()

    def close(self) -> None:
        """Give the port back. Closing twice is harmless."""
        self._port.close()
