"""One air frame through the registers of an MFRC522, in as few SPI transfers as it takes.

Register numbers and bits: NXP MFRC522 data sheet, chapter 9. The package's own `MFRC522_ToCard`
polls 2000 times at full speed, because its loop uses `~` where it means `not`; this one sleeps, and
ends on the chip's timer.
"""

import time
from collections.abc import Callable
from typing import Final

from drivers.readers.mfrc522.iso14443 import Received, Reply

_COMMAND, _COMM_IRQ, _ERROR, _FIFO_DATA, _FIFO_LEVEL = 0x01, 0x04, 0x06, 0x09, 0x0A
_CONTROL, _BIT_FRAMING, _RELOAD_HIGH, _RELOAD_LOW = 0x0C, 0x0D, 0x2C, 0x2D
_IDLE, _TRANSCEIVE = 0x00, 0x0C
_CLEAR_IRQS, _FLUSH_FIFO, _START_SEND = 0x7F, 0x80, 0x80
_RX_IRQ, _IDLE_IRQ, _TIMER_IRQ = 0x20, 0x10, 0x01
_COLLISION, _ERRORS = 0x08, 0x13  # buffer overflow, parity, protocol; CollErr stands apart
# The package sets 0.5 ms per timer step. A card answers these commands within 0.1 ms, so 5 ms are
# plenty, and an empty poll, which has to wait out two of them, takes a third of the package's time.
_TIMER_STEPS: Final = 9
_DEADLINE_S: Final = 0.05  # the chip's timer did not fire: it is no MFRC522 or lost its settings
_PAUSE_S: Final = 0.0005


class Transceiver:
    """`Transceive` over two functions that read and write one register each."""

    def __init__(self, read: Callable[[int], int], write: Callable[[int, int], object]) -> None:
        self._read = read
        self._write = write

    def set_timer(self) -> None:
        """Shorten the package's answer time; needed after every chip reset."""
        self._write(_RELOAD_HIGH, 0)
        self._write(_RELOAD_LOW, _TIMER_STEPS)

    def __call__(self, frame: bytes, last_bits: int) -> Received:
        """Send `frame` and take what comes back."""
        self._write(_COMMAND, _IDLE)
        self._write(_COMM_IRQ, _CLEAR_IRQS)
        self._write(_FIFO_LEVEL, _FLUSH_FIFO)
        for byte in frame:
            self._write(_FIFO_DATA, byte)
        self._write(_BIT_FRAMING, last_bits)
        self._write(_COMMAND, _TRANSCEIVE)
        self._write(_BIT_FRAMING, _START_SEND | last_bits)
        return self._take(self._wait())

    def _wait(self) -> int:
        end = time.monotonic() + _DEADLINE_S
        while not (irqs := self._read(_COMM_IRQ)) & (_RX_IRQ | _IDLE_IRQ | _TIMER_IRQ):
            if time.monotonic() > end:
                return 0
            time.sleep(_PAUSE_S)
        return irqs

    def _take(self, irqs: int) -> Received:
        if not irqs:
            return Received(Reply.DAMAGED)
        if not irqs & (_RX_IRQ | _IDLE_IRQ):
            return Received(Reply.SILENCE)
        errors = self._read(_ERROR)
        if errors & _COLLISION:
            return Received(Reply.COLLISION)
        count = self._read(_FIFO_LEVEL)
        if errors & _ERRORS or self._read(_CONTROL) & 0x07:  # RxLastBits: no whole bytes
            return Received(Reply.DAMAGED)
        return Received(Reply.DATA, bytes(self._read(_FIFO_DATA) for _ in range(count)))
