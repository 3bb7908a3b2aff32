"""Serial lines, real or over the network: opening, reading and writing with errors of ours.

`/dev/...` is a serial device, `socket://host:port` the TCP port of a LAN reader,
`rfc2217://host:port` a serial server that passes on speed and parity. Everything pyserial, the
system and termios can throw is turned into the four kinds of `drivers.errors` here and nowhere
else.
"""

import contextlib
import errno
import socket
import termios
import time
from typing import Final, Literal
from urllib.parse import urlsplit

import serial

from drivers.errors import NotAvailable, ReaderError, StartFailed, TimedOut

Parity = Literal["N", "E", "O"]

# One wait inside pyserial. It is fixed, because changing `timeout` on an open port sets the line up
# anew, which a pty refuses at 8E1 (hardware facts 7.2) and rfc2217 negotiates for 50 ms; longer
# waits are loops.
_SLICE_S: Final = 0.01
_WRITE_TIMEOUT_S: Final = 1.0
_NETWORK_SCHEMES: Final = ("socket", "rfc2217")
_TROUBLE = (serial.SerialException, OSError, termios.error)
_WHY_NOT: Final = {
    errno.ENOENT: "there is no such device: is the reader plugged in?",
    errno.ENODEV: "there is no device behind this name: is the reader plugged in?",
    errno.ENXIO: "there is no device behind this name: is the reader plugged in?",
    errno.EACCES: "no right to open it: add this user to the group that owns the device",
    errno.EAGAIN: "another program holds it: stop that program, two cannot share one reader",
    errno.EBUSY: "another program holds it: stop that program, two cannot share one reader",
}


class Port:
    """An open line, owned by one thread. Its methods raise `NotAvailable` on a lost far side."""

    def __init__(
        self, url: str, *, baudrate: int, parity: Parity, exclusive: bool, model: str
    ) -> None:
        self.url = url
        self.baudrate = baudrate
        self.parity = parity
        self._exclusive = exclusive
        self._model = model
        self._line = self._open()

    @property
    def byte_s(self) -> float:
        """Time of one character on the line: start, 8 data, parity if any, 1 stop."""
        return (10 if self.parity == "N" else 11) / self.baudrate

    def reopen(self) -> None:
        """Close what is left of the line and open it anew."""
        self.close()
        self._line = self._open()

    def write(self, data: bytes) -> None:
        """Send all of `data`; `TimedOut` if the line does not take it."""
        try:
            self._line.write(data)
        except serial.SerialTimeoutException as error:
            raise TimedOut("the port takes no bytes", model=self._model, port=self.url) from error
        except _TROUBLE as error:
            raise self._gone(error) from error

    def waiting(self) -> bool:
        """True if bytes have already arrived."""
        try:
            return bool(self._line.in_waiting)  # type: ignore[attr-defined]  # pyserial has it
        except _TROUBLE as error:
            raise self._gone(error) from error

    def read(self, size: int, *, first_s: float, gap_s: float, total_s: float) -> bytes:
        """`size` bytes, or fewer when the line stays silent.

        Waits `first_s` for the first byte, `gap_s` between bytes, and never longer than `total_s`.
        """
        data = bytearray()
        now = time.monotonic()
        quiet_at, end = now + first_s, now + total_s
        while len(data) < size and now < min(quiet_at, end):
            chunk = self._read_slice(size - len(data))
            now = time.monotonic()
            if chunk:
                data += chunk
                quiet_at = now + gap_s
        return bytes(data)

    def close(self) -> None:
        """Give the line back. Closing twice is harmless."""
        tcp = getattr(self._line, "_socket", None)
        if self.url.startswith("socket:") and isinstance(tcp, socket.socket):
            # pyserial would leak the socket when the far side hung up first, and sleeps 0.3 s
            tcp.close()
            self._line.is_open = False
            return
        with contextlib.suppress(*_TROUBLE):
            self._line.close()

    def _read_slice(self, size: int) -> bytes:
        try:
            return self._line.read(size)
        except _TROUBLE as error:
            raise self._gone(error) from error

    def _open(self) -> serial.SerialBase:
        scheme = urlsplit(self.url).scheme
        if scheme and not _names_network_port(self.url):
            raise self._unusable("use /dev/..., socket://host:port or rfc2217://host:port")
        try:
            line = self._connect(scheme)
        except termios.error as error:
            raise StartFailed(
                f"the port refuses {self.baudrate} baud 8{self.parity}1: it is no serial line, "
                f"or it was left in a state that only its far side can reset ({error})",
                model=self._model,
                port=self.url,
            ) from error
        except (serial.SerialException, OSError, ValueError) as error:
            why = _WHY_NOT.get(getattr(error, "errno", None) or 0, str(error))
            raise self._unusable(why) from error
        _hurry(line)
        return line

    def _connect(self, scheme: str) -> serial.SerialBase:
        line = serial.serial_for_url(
            self.url,
            do_not_open=True,
            baudrate=self.baudrate,
            bytesize=serial.EIGHTBITS,
            parity=self.parity,
            stopbits=serial.STOPBITS_ONE,
            timeout=_SLICE_S,
        )
        if not scheme:
            line.exclusive = self._exclusive
        if scheme != "rfc2217":  # its pyserial class refuses a write timeout
            line.write_timeout = _WRITE_TIMEOUT_S
        line.open()
        return line

    def _unusable(self, why: str) -> ReaderError:
        return NotAvailable(f"cannot open the port: {why}", model=self._model, port=self.url)

    def _gone(self, error: BaseException) -> ReaderError:
        return NotAvailable(f"the port went away: {error}", model=self._model, port=self.url)


def open_port(
    url: str,
    *,
    baudrate: int,
    parity: Parity = "N",
    exclusive: bool = True,
    model: str = "reader",
) -> Port:
    """The open line; `NotAvailable`: not there, `StartFailed`: it refuses the settings."""
    return Port(url, baudrate=baudrate, parity=parity, exclusive=exclusive, model=model)


def _names_network_port(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return parts.scheme in _NETWORK_SCHEMES and bool(parts.hostname and parts.port)
    except ValueError:  # a port that is no number
        return False


def _hurry(line: serial.SerialBase) -> None:
    """Low latency: FTDI adapters hold answers back up to 16 ms, Nagle holds requests back."""
    if isinstance(line, serial.Serial):
        with contextlib.suppress(
            ValueError, OSError, NotImplementedError
        ):  # a pty knows no such mode
            line.set_low_latency_mode(True)
        return
    descriptor = getattr(line, "_socket", None)
    if isinstance(descriptor, socket.socket):
        with contextlib.suppress(OSError):
            descriptor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
