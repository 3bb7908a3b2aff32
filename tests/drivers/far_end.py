"""The far side of a wire: a real pty or a real TCP socket, and a scripted device behind it.

Written from the protocol documents, with a checksum of its own, so that driver and test cannot
agree on a mistake. The wire is faked, never a class of the driver.
"""

import contextlib
import os
import pty
import select
import socket
import tempfile
import termios
import threading
import time
import tty
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

Answer = Sequence[bytes | float]
"""What goes out: bytes as they are, a number as a pause in seconds."""


class Wire(Protocol):
    url: str

    def receive(self) -> bytes: ...

    def send(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class PtyWire:
    """A pty; the slave's settings are put back whenever nothing arrives, as a new plug would.

    It has a name of its own: the kernel gives the number of a closed pty to the next test's.
    """

    def __init__(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self._fresh = termios.tcgetattr(self._slave)
        self._folder = tempfile.TemporaryDirectory(prefix="polka-pty-")
        self.url = str(Path(self._folder.name) / "reader")
        Path(self.url).symlink_to(os.ttyname(self._slave))

    def receive(self) -> bytes:
        ready, _, _ = select.select([self._master], [], [], 0.005)
        return os.read(self._master, 4096) if ready else b""

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def reset(self) -> None:
        termios.tcsetattr(self._slave, termios.TCSANOW, self._fresh)

    def close(self) -> None:
        """Unplug; once more does nothing."""
        if not Path(self._folder.name).exists():
            return
        self._folder.cleanup()
        os.close(self._slave)
        os.close(self._master)


class TcpWire:
    """A listening socket that serves one host after the other."""

    def __init__(self, port: int = 0) -> None:
        self._server = socket.create_server(("127.0.0.1", port))
        self._host: socket.socket | None = None
        self.url = f"socket://127.0.0.1:{self._server.getsockname()[1]}"

    def receive(self) -> bytes:
        waiting = [self._server] + ([self._host] if self._host else [])
        ready, _, _ = select.select(waiting, [], [], 0.005)
        if self._server in ready:
            self.hang_up()
            self._host, _ = self._server.accept()
        elif self._host in ready:
            return self._from_host()
        return b""

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # the host may have given up on a late answer
            if self._host:
                self._host.sendall(data)

    def hang_up(self) -> None:
        if self._host:
            self._host.close()
        self._host = None

    def close(self) -> None:
        self.hang_up()
        self._server.close()

    def _from_host(self) -> bytes:
        data = b""
        with contextlib.suppress(OSError):
            data = self._host.recv(4096) if self._host else b""
        if not data:
            self.hang_up()
        return data


class FarEnd:
    """Serves a wire on a thread of its own: whole request frames in, scripted bytes out."""

    def __init__(
        self,
        wire: Wire,
        device: Callable[[bytes], Answer],
        length: Callable[[bytes], int | None] | None = None,
    ) -> None:
        """`length`: of the whole frame that begins these bytes, None while nobody can tell."""
        self._length = length or frame_length
        self.wire = wire
        self.device = device
        self.requests: list[bytes] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return self.wire.url

    @property
    def commands(self) -> list[int]:
        """Command bytes of all requests so far."""
        return [command_of(request) for request in self.requests]

    def close(self) -> None:
        if not self._stop.is_set():
            self._stop.set()
            self._thread.join()
            self.wire.close()

    def _serve(self) -> None:
        buffer = b""
        while not self._stop.is_set():
            buffer += self.wire.receive()
            while (length := self._length(buffer)) and len(buffer) >= length:
                request, buffer = buffer[:length], buffer[length:]
                self.requests.append(request)
                self._play(self.device(request))

    def _play(self, answer: Answer) -> None:
        for part in answer:
            if isinstance(part, bytes):
                self.wire.send(part)
            else:
                time.sleep(part)


def frame_length(buffer: bytes) -> int | None:
    if not buffer or (buffer[0] == 2 and len(buffer) < 3):
        return None
    return int.from_bytes(buffer[1:3], "big") if buffer[0] == 2 else buffer[0]


def command_of(request: bytes) -> int:
    return request[4] if request[0] == 2 else request[2]


def data_of(request: bytes) -> bytes:
    return request[5:-2] if request[0] == 2 else request[3:-2]


def answer_frame(request: bytes, status: int, data: bytes = b"") -> bytes:
    """The answer in the form the question came in, from bus address 0."""
    body = bytes((0, command_of(request), status)) + data
    if request[0] == 2:
        head = b"\x02" + (len(body) + 5).to_bytes(2, "big")
    else:
        head = bytes((len(body) + 3,))
    return head + body + checksum(head + body)


def checksum(data: bytes) -> bytes:
    """CRC-16, polynomial 8408 reflected, start FFFF, low byte first; bit by bit as printed."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc.to_bytes(2, "little")
