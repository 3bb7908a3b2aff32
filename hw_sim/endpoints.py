"""Where a host plugs in: a pseudo-terminal behind a stable symlink, or a TCP port.

An endpoint is read by one thread and may be unplugged by any other.
"""

import contextlib
import fcntl
import os
import select
import socket
import sys
import termios
import threading
import tty
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

READ_SIZE = 4096
EXTPROC = 0o200000  # Linux, asm-generic/termbits.h; Python's termios does not name it
LOCAL_FLAGS, OUTPUT_SPEED = 3, 5  # indexes in what tcgetattr returns
MARKS = (termios.ECHOK, termios.ECHOE)


class UnpluggedError(Exception):
    """The plug was pulled; nothing can be read or written until it is in again."""


class Endpoint(Protocol):
    """One way to the device. Bytes written while no host listens are lost, as on a real line."""

    @property
    def url(self) -> str:
        """What a host opens."""
        ...

    @property
    def baud(self) -> int | None:
        """Speed of the line, or None where bytes need no time."""
        ...

    def plug(self) -> None: ...

    def unplug(self) -> None: ...

    def read(self, timeout_s: float | None) -> bytes:
        """Bytes from the host; empty after `timeout_s`. `UnpluggedError` at once if unplugged."""
        ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """Give back what is held, for good: after `unplug`, when nobody reads any more."""
        ...


class _Wakeable:
    """A pipe that gets a waiting reader out of select."""

    def __init__(self) -> None:
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)

    def wake(self) -> None:
        os.write(self._in, b"!")

    def wait(self, sources: Sequence[int], timeout_s: float | None) -> list[int]:
        try:
            ready, _, _ = select.select([*sources, self._out], [], [], timeout_s)
        except OSError:  # the plug was pulled since the source was asked for: it is closed
            return []
        if self._out in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._out, READ_SIZE)
        return [fd for fd in ready if fd != self._out]

    def close(self) -> None:
        os.close(self._out)
        os.close(self._in)


class PtyEndpoint:
    """A new pseudo-terminal at every plug-in, behind one symlink (what USB does with ttyUSB0).

    The slave stays open here, so that its settings and the line live on when a host closes. glibc
    refuses tcsetattr when parity is wished for (a pty has none) and no other flag has changed since
    before, so that a second host could not open it at 8E1. Therefore a flag is set again whenever a
    host has cleared it, one that means nothing in raw mode and that every host clears. Two take
    turns, so that glibc sees a change even if it looks after we have set it. Packet mode with
    EXTPROC (ioctl_tty(2), TIOCPKT_IOCTL) tells at once that a host has changed settings; a host
    that closes and opens again within a scheduler's tick can still be too quick for us.

    The host's speed can be seen from here, its parity cannot: a host at another speed is not heard.
    """

    def __init__(self, link: Path, baud: int) -> None:
        if not hasattr(termios, f"B{baud}"):
            raise ValueError(
                f"{baud} baud is no speed of a serial line: use 9600, 19200, 38400 ..."
            )
        self._link = link
        self._baud = baud
        self._guard = threading.Lock()
        self._wake = _Wakeable()
        self._ends: tuple[int, int] | None = None
        self._turn = 0

    @property
    def url(self) -> str:
        return str(self._link)

    @property
    def baud(self) -> int | None:
        return self._baud

    def plug(self) -> None:
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        fcntl.ioctl(master, termios.TIOCPKT, (1).to_bytes(4, sys.byteorder))
        self._mark(master)
        with self._guard:
            self._ends = (master, slave)
            self._link.unlink(missing_ok=True)
            self._link.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        with self._guard:
            if self._ends is None:
                return
            self._link.unlink(missing_ok=True)
            for end in self._ends:
                os.close(end)
            self._ends = None
        self._wake.wake()

    def read(self, timeout_s: float | None) -> bytes:
        with self._guard:
            ends = self._plugged()
        ready = self._wake.wait([ends[0]], timeout_s)
        with self._guard:
            # a plug that was out and in again may have the same numbers, but is another one
            if self._plugged() is not ends or not ready:
                return b""
            master = ends[0]
            packet = os.read(master, READ_SIZE)
            if packet[0] != termios.TIOCPKT_DATA:  # a host came, changed settings or flushed
                self._mark(master)
                return b""
            return packet[1:] if self._is_understood(master) else b""

    def write(self, data: bytes) -> None:
        with self._guard:
            master = self._plugged()[0]
            with contextlib.suppress(BlockingIOError):  # nobody reads: the line does not wait
                os.write(master, data)

    def close(self) -> None:
        self._wake.close()

    def _plugged(self) -> tuple[int, int]:
        if self._ends is None:
            raise UnpluggedError
        return self._ends

    def _is_understood(self, master: int) -> bool:
        spoken = termios.tcgetattr(master)[OUTPUT_SPEED]
        return bool(spoken == getattr(termios, f"B{self._baud}"))

    def _mark(self, master: int) -> None:
        attributes = termios.tcgetattr(master)
        marks = MARKS[0] | MARKS[1]
        if not attributes[LOCAL_FLAGS] & marks:
            self._turn += 1
            attributes[LOCAL_FLAGS] |= MARKS[self._turn % 2] | EXTPROC
            termios.tcsetattr(master, termios.TCSANOW, attributes)


class TcpEndpoint:
    """A TCP port that serves one host at a time; others wait in line."""

    scheme = "socket"

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        self._guard = threading.Lock()
        self._wake = _Wakeable()
        self._listener: socket.socket | None = None
        self._reserved: socket.socket | None = None
        self._host: socket.socket | None = None

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self._address[0]}:{self._address[1]}"

    @property
    def baud(self) -> int | None:
        return None

    def plug(self) -> None:
        with self._guard:
            self._listener = self._reserved or self._reserve()
            self._reserved = None
            self._listener.listen(1)

    def unplug(self) -> None:
        with self._guard:
            self._drop_host()
            if self._listener is not None:
                self._listener.shutdown(socket.SHUT_RDWR)  # now, though a select still holds it
                self._listener.close()
                self._reserved = self._reserve()
            self._listener = None
        self._wake.wake()

    def _reserve(self) -> socket.socket:
        """The port, bound but closed to hosts: it keeps its number, nobody else may take it."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(self._address)
        self._address = bound.getsockname()
        return bound

    def read(self, timeout_s: float | None) -> bytes:
        with self._guard:
            source = self._source()
            number = source.fileno()
        ready = self._wake.wait([number], timeout_s)
        with self._guard:
            # a plug that was out and in again may have the same number, but is another one
            if self._source() is not source or not ready:
                return b""
            if source is self._host:
                return self._receive(source)
            self._host, _ = source.accept()
            self._host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._greet()
            return b""

    def write(self, data: bytes) -> None:
        with self._guard:
            if self._listener is None:
                raise UnpluggedError
            self.send_raw(self._encode(data))

    def close(self) -> None:
        if self._reserved is not None:
            self._reserved.close()
        self._wake.close()

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are; for whoever holds the guard already."""
        if self._host is None:
            return
        try:
            self._host.sendall(data)
        except OSError:
            self._drop_host()

    def _greet(self) -> None:
        """A host has come."""

    def _decode(self, data: bytes) -> bytes:
        """What the device gets of what the host sent."""
        return data

    def _encode(self, data: bytes) -> bytes:
        """What the host gets of what the device sent."""
        return data

    def _source(self) -> socket.socket:
        if self._listener is None:
            raise UnpluggedError
        return self._host or self._listener

    def _receive(self, host: socket.socket) -> bytes:
        try:
            data = host.recv(READ_SIZE)
        except OSError:
            data = b""
        if not data:
            self._drop_host()
        return self._decode(data)

    def _drop_host(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host = None
