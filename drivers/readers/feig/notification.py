"""Where a FEIG reader in notification mode calls: a listening socket with a thread of its own.

The reader opens the connection and sends the answer to 22 unasked; with its acknowledge setting on
it sends the same records again until the 32 frame comes back on that connection. If the reader
keeps the connection or opens one per notification is not documented: both work here.
"""

import contextlib
import logging
import queue
import selectors
import socket
import threading
from dataclasses import dataclass
from typing import Final

from drivers.errors import NotAvailable
from drivers.readers.feig.answers import Answer
from drivers.readers.feig.buffered_read import clear_buffer
from drivers.readers.feig.frames import ANY_ADDRESS, Frame, FrameParser

_MAX_CONNECTIONS: Final = 4  # of one reader: the last, and those it has not found dead yet
_MAX_WAITING: Final = 64  # notifications not yet taken; beyond, TCP makes the reader wait
_CHUNK: Final = 4096
# Unasked, the reader tells all that it holds: 256 records (its table) of 40 bytes with every field
_LONGEST: Final = 16384
_LOOK_S: Final = 0.1  # silence that ends a frame; how often the thread looks if it is to end
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notification:
    """One frame that came unasked, and the connection that waits for its acknowledgement."""

    answer: Answer
    connection: socket.socket

    def acknowledge(self) -> None:
        """Let the reader forget these records. A connection gone means that it sends them again."""
        request = clear_buffer()
        frame = Frame(ANY_ADDRESS, request.command, request.data, advanced=True)
        with contextlib.suppress(OSError):
            self.connection.sendall(frame.to_bytes())


class Listener:
    """Takes calls of one reader, told by its address, and queues what it says."""

    def __init__(self, address: tuple[str, int], *, caller: str, model: str) -> None:
        """Listen on `address`; calls from another host than `caller` are hung up."""
        try:
            self._callers = {info[4][0] for info in socket.getaddrinfo(caller, None)}
            self._server = socket.create_server(address)
        except OSError as error:
            where = f"{address[0]}:{address[1]}"
            raise NotAvailable(f"cannot listen: {error}", model=model, port=where) from error
        self._server.setblocking(False)
        self._parsers: dict[socket.socket, FrameParser] = {}
        self._notifications: queue.Queue[Notification] = queue.Queue(_MAX_WAITING)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)
        self._thread.start()

    def take(self) -> list[Notification]:
        """What has come since the last call, oldest first; does not wait."""
        taken: list[Notification] = []
        with contextlib.suppress(queue.Empty):
            while True:
                taken.append(self._notifications.get_nowait())
        return taken

    def close(self) -> None:
        """Hang up and give the port back. Closing twice is harmless."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            while not self._ending.is_set():
                ready = selector.select(_LOOK_S)
                if not ready:
                    self._fall_silent()
                for key, _ in ready:
                    if key.fileobj is self._server:
                        self._accept(selector)
                    elif isinstance(key.fileobj, socket.socket):
                        self._serve(selector, key.fileobj)
        for connection in self._parsers:
            connection.close()
        self._server.close()

    def _accept(self, selector: selectors.BaseSelector) -> None:
        connection, address = self._server.accept()
        if address[0] not in self._callers:
            _log.warning("notification_from_stranger host=%s", address[0])
            connection.close()
            return
        while len(self._parsers) >= _MAX_CONNECTIONS:
            self._hang_up(selector, next(iter(self._parsers)))
        connection.settimeout(_LOOK_S)
        self._parsers[connection] = FrameParser(_LONGEST)
        selector.register(connection, selectors.EVENT_READ)

    def _serve(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        try:
            data = connection.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._hang_up(selector, connection)
            return
        self._put(connection, self._parsers[connection].feed(data))

    def _fall_silent(self) -> None:
        """What was begun and did not end is no frame: look for one behind it."""
        for connection, parser in self._parsers.items():
            self._put(connection, parser.flush())

    def _put(self, connection: socket.socket, frames: list[Frame]) -> None:
        for frame in frames:
            if not frame.payload:
                continue
            answer = Answer(frame.command, frame.payload[0], frame.payload[1:])
            notification = Notification(answer, connection)
            while not self._ending.is_set():
                with contextlib.suppress(queue.Full):
                    self._notifications.put(notification, timeout=_LOOK_S)
                    break

    def _hang_up(self, selector: selectors.BaseSelector, connection: socket.socket) -> None:
        selector.unregister(connection)
        del self._parsers[connection]
        connection.close()
