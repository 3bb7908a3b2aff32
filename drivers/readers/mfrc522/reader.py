"""MFRC522 card reader: the low-level class of the unmodified package, our own poll.

`SimpleMFRC522` is never used: it gives two different cards of 7 bytes the same number.
"""

import logging
import re
import time
from typing import Any, Final

from drivers.card import CardPoll, CardPollKind
from drivers.errors import NotAvailable
from drivers.reader import Identity
from drivers.readers.mfrc522.iso14443 import poll_card
from drivers.readers.mfrc522.transceiver import Transceiver

_VERSION_REGISTER: Final = 0x37
_TX_CONTROL_REGISTER: Final = 0x14
_ANTENNA_ON: Final = 0x03
_NO_CHIP: Final = (0x00, 0xFF)  # a data line that hangs low or high
_VERSIONS: Final = {0x91: "1.0", 0x92: "2.0", 0x88: "FM17522 clone", 0x12: "clone"}
_START_TRIES: Final = 5  # the oscillator may need some ms after a reset
_START_PAUSE_S: Final = 0.01
_RESET_PIN_BOARD: Final = 22  # the same pin of the header under its two numbers
_RESET_PIN_BCM: Final = 25
_PACKAGE_LOGGER: Final = "mfrc522Logger"
_URL: Final = re.compile(r"spi://(\d+)\.(\d+)\Z")


class Mfrc522Reader:
    """`drivers.card.CardReader` on SPI."""

    def __init__(self, url: str, *, model: str = "mfrc522") -> None:
        """Open ``spi://BUS.DEVICE``; `NotAvailable` if bus, packages or chip are not there."""
        self._url = url
        self._model = model
        self._chip, self._simulated = self._open()
        self._transceive = Transceiver(self._chip.Read_MFRC522, self._chip.Write_MFRC522)
        self._closed = False
        try:
            self._wait_for_chip()
            self._transceive.set_timer()
        except OSError as error:
            self.close()
            raise self._absent(f"the SPI bus fails: {error}") from error
        except NotAvailable:
            self.close()
            raise

    def identify(self) -> Identity:
        """What the chip says of itself; `NotAvailable` if it is not there."""
        version = self._read_version()
        name = _VERSIONS.get(version, "unknown")
        return Identity("MFRC522", f"{name} ({version:02X})", self._url, self._simulated)

    def poll(self) -> CardPoll:
        """Look once; unless a card was read, at the chip too: a dead bus looks like many cards."""
        try:
            found = poll_card(self._transceive)
            if found.kind is not CardPollKind.ONE:
                self._revive()
        except OSError as error:
            raise self._absent(f"the SPI bus fails: {error}") from error
        return found

    def close(self) -> None:
        """Field off and bus given back. The pins stay as they are.

        The package's own `Close_MFRC522` cleans up every GPIO pin of the process, lamps included.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self._chip.AntennaOff()
        except OSError:
            logging.getLogger(__name__).debug("antenna_off_failed port=%s", self._url)
        self._chip.spi.close()

    def _open(self) -> tuple[Any, bool]:
        match = _URL.match(self._url)
        if not match:
            raise self._absent("a card reader on SPI is named spi://BUS.DEVICE, such as spi://0.0")
        try:
            return _make_chip(bus=int(match[1]), device=int(match[2]))
        except ImportError as error:
            raise self._absent(f"{error}: install the extra 'pi'") from error
        except RuntimeError as error:  # RPi.GPIO off the Pi, or on a Pi it does not know
            raise self._absent(f"no GPIO here: {error}") from error
        except OSError as error:
            raise self._absent(
                f"no SPI here: {error}; switch SPI on and check the group"
            ) from error

    def _wait_for_chip(self) -> None:
        for _ in range(_START_TRIES):
            if self._chip.Read_MFRC522(_VERSION_REGISTER) not in _NO_CHIP:
                return
            time.sleep(_START_PAUSE_S)
        self._read_version()

    def _read_version(self) -> int:
        try:
            version: int = self._chip.Read_MFRC522(_VERSION_REGISTER)
        except OSError as error:
            raise self._absent(f"the SPI bus fails: {error}") from error
        if version in _NO_CHIP:
            raise self._absent(f"no chip answers (version {version:02X}): check wiring and power")
        return version

    def _revive(self) -> None:
        """A chip reset by a dip of its supply has its field off and would see nothing for ever."""
        self._read_version()
        if self._chip.Read_MFRC522(_TX_CONTROL_REGISTER) & _ANTENNA_ON == _ANTENNA_ON:
            return
        self._chip.MFRC522_Init()
        self._transceive.set_timer()

    def _absent(self, what: str) -> NotAvailable:
        return NotAvailable(what, model=self._model, port=self._url)


def _make_chip(bus: int, device: int) -> tuple[Any, bool]:
    """The package's chip object, and whether its SPI is a simulated one."""
    import spidev
    from mfrc522 import MFRC522
    from RPi import GPIO

    logger = logging.getLogger(_PACKAGE_LOGGER)
    handlers = list(logger.handlers)
    # without this the package takes BCM 15, the UART's RXD, when the process counts pins the BCM
    # way
    pin = _RESET_PIN_BCM if GPIO.getmode() == GPIO.BCM else _RESET_PIN_BOARD
    chip = MFRC522(bus=bus, device=device, pin_rst=pin)
    logger.handlers[:] = handlers  # each instance adds one more, and lines would come out double
    return chip, bool(getattr(spidev, "SIMULATED", False))
