"""A receipt printer behind python-escpos, on a thread of its own. No Kivy.

Whether there is paper is asked before and after each receipt: a roll that ends in the middle is
told, and nothing is printed twice.
"""

import socket
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import structlog
from escpos.exceptions import Error as EscposError
from escpos.printer import File, Network, Serial

from kiosk.events import Paper, PrinterSeen, ReceiptPrinted

log = structlog.get_logger(__name__)

LOOK_S = 20.0
_TIMEOUT_S = 4.0  # a printer that says nothing for that long is not there
_TCP_PORT = 9100
_LOST = (EscposError, OSError)


class ReceiptPrinter:
    """`print_text` returns at once; `post` is called on a thread of the printer's own."""

    def __init__(
        self, url: str, post: Callable[[PrinterSeen | ReceiptPrinted], None], *, utf8: bool = False
    ) -> None:
        """`url`: tcp://host[:9100], serial:///dev/ttyUSB1 or file:///dev/usb/lp0.

        `utf8`: what the printer understands; otherwise CP866, which every one sold here has.
        """
        self._url = url
        self._utf8 = utf8
        self._post = post
        self._seen = Paper.UNKNOWN
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="printer")

    def start(self) -> None:
        """Look at the printer now and then."""
        self._pool.submit(self._tell)
        threading.Thread(target=self._watch, name="printer-watch", daemon=True).start()

    def stop(self) -> None:
        """Finish the receipt that is being printed."""
        self._ended.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def print_text(self, text: str) -> None:
        """Print this and cut."""
        self._pool.submit(self._print, text)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_S):
            self._pool.submit(self._tell)

    def _tell(self) -> None:
        try:
            self._saw(_with(self._open(), _paper))
        except _LOST as error:
            self._lose(error)

    def _print(self, text: str) -> None:
        try:
            paper = _with(self._open(), lambda printer: self._print_on(printer, text))
        except _LOST as error:
            self._lose(error)
            self._post(ReceiptPrinted(ok=False))
            return
        self._saw(paper)
        self._post(ReceiptPrinted(ok=paper is not Paper.OUT))

    def _print_on(self, printer: Any, text: str) -> Paper:
        if _paper(printer) is Paper.OUT:
            return Paper.OUT
        if self._utf8:
            printer._raw(text.encode())
        else:
            printer.charcode("CP866")
            printer.text(text)
        printer.cut()
        return _paper(printer)

    def _open(self) -> Any:
        place = urlsplit(self._url)
        match place.scheme:
            case "tcp":
                address = (place.hostname or "", place.port or _TCP_PORT)
                printer = Network(*address)
                # Its own `open` leaves the socket behind when nobody answers.
                printer.device = socket.create_connection(address, timeout=_TIMEOUT_S)
                return printer
            case "serial":
                printer = Serial(place.path, timeout=_TIMEOUT_S)
            case _:
                printer = File(place.path)
        printer.open()
        return printer

    def _saw(self, paper: Paper) -> None:
        if paper is not self._seen:
            log.info("printer", paper=paper)
            self._seen = paper
            self._post(PrinterSeen(paper))

    def _lose(self, error: Exception) -> None:
        if self._seen is not Paper.LOST:
            log.warning("printer_lost", why=str(error))
        self._saw(Paper.LOST)


def _with(printer: Any, act: Callable[[Any], Paper]) -> Paper:
    try:
        return act(printer)
    finally:
        printer.close()


def _paper(printer: Any) -> Paper:
    """What its sensor says; a device file answers nothing, and then there is paper."""
    if isinstance(printer, File):
        return Paper.OK
    answer = printer.query_status(b"\x10\x04\x04")  # DLE EOT 4: roll paper sensor
    if not answer:
        raise OSError("the printer does not answer")
    if answer[0] & 0x60 == 0x60:
        return Paper.OUT
    return Paper.LOW if answer[0] & 0x0C else Paper.OK
