"""Notification mode of a FEIG gate reader: it calls the host and tells its records unasked.

Source: FEIG H20411, SDK FedmIscTaskListenerThread. The reader opens TCP to the host and sends the
answer to 22; with acknowledge on, records stay until the host's 32 frame has come on that
connection, and are sent again until then. If 32 is answered is not documented: here it is not.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

from hw_sim.devices.feig_frames import ANY_ADDRESS, FrameForm, Receiver, Request, parse_request
from hw_sim.devices.feig_gate import FeigGate
from hw_sim.event_log import Report
from hw_sim.faults import FaultInjector, FaultKind

READ_BUFFER, CLEAR_BUFFER = 0x22, 0x32
READ_ALL = Request(FrameForm.ADVANCED, ANY_ADDRESS, READ_BUFFER, b"\xff\xff")
ACKNOWLEDGE_S = 1.0  # reader configuration; then the records are sent again
RETRY_S = 0.2  # between calls that nobody takes
RECEIVE_SIZE = 4096


class Notifier:
    """Calls `host` whenever the gate has something to tell, in one thread."""

    def __init__(
        self,
        gate: FeigGate,
        host: tuple[str, int],
        *,
        acknowledged: bool,
        faults: FaultInjector,
        pull: Callable[[float], None],
        report: Report,
    ) -> None:
        """`pull` takes the plug out for that many seconds, when a fault says so."""
        self._gate = gate
        self._host = host
        self._acknowledged = acknowledged
        self._faults = faults
        self._pull = pull
        self._report = report
        self._people: bytes | None = None  # the newest event: counts are absolute
        self._line: socket.socket | None = None
        self._receiver = Receiver()
        self._news = threading.Event()
        self._powered = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notifier", daemon=True)
        gate.on_stored(self._news.set)

    def start(self) -> None:
        self._powered.set()
        self._thread.start()

    def stop(self) -> None:
        """Hang up for good and wait for the thread."""
        self._stopping.set()
        self.switch(on=False)
        self._powered.set()
        self._news.set()
        self._thread.join()

    def switch(self, *, on: bool) -> None:
        """Supply on or off; off ends the call."""
        if on:
            self._powered.set()
            return
        self._powered.clear()
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError):  # gone already
                line.shutdown(socket.SHUT_RDWR)

    def tell_people(self, frame: bytes) -> None:
        """Send this event (77) soon; an older one that was not sent yet is worth nothing."""
        self._people = frame
        self._news.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._powered.wait()
            self._news.wait()
            self._news.clear()
            while not self._stopping.is_set() and self._powered.is_set() and self._has_news():
                try:
                    self._tell()
                except OSError:
                    self._hang_up()
                    self._stopping.wait(RETRY_S)
            if not self._powered.is_set():
                self._hang_up()
                self._news.set()
        self._hang_up()

    def _has_news(self) -> bool:
        return self._people is not None or self._gate.has_records

    def _tell(self) -> None:
        people = self._people
        if people is not None:
            self._send(people)
            self._people = None if self._people is people else self._people
        if not self._gate.has_records:
            return
        self._send(self._gate.answer(READ_ALL))
        if not self._acknowledged or self._is_acknowledged():
            self._gate.clear_told()

    def _send(self, frame: bytes) -> None:
        damaged = self._faults.apply(bytes((frame[4],)), frame)
        if damaged.kind is not None:
            self._report("fault", fault=damaged.kind.value)
        if damaged.kind is not FaultKind.UNPLUG:
            self._stopping.wait(damaged.delay_ms / 1000)
        line = self._call()
        line.sendall(damaged.data)
        if damaged.kind is FaultKind.UNPLUG:
            self._pull(damaged.delay_ms / 1000)

    def _call(self) -> socket.socket:
        if self._line is None:
            self._line = socket.create_connection(self._host, timeout=ACKNOWLEDGE_S)
            self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._receiver.character_gap()
        return self._line

    def _is_acknowledged(self) -> bool:
        """Did the 32 frame come in time? `OSError` once the host has hung up."""
        line = self._call()
        end = time.monotonic() + ACKNOWLEDGE_S
        while (rest := end - time.monotonic()) > 0:
            line.settimeout(rest)
            try:
                data = line.recv(RECEIVE_SIZE)
            except TimeoutError:
                break
            if not data:
                raise ConnectionResetError("the host hung up")
            requests = [parse_request(frame) for frame in self._receiver.feed(data)]
            if any(request and request.command == CLEAR_BUFFER for request in requests):
                return True
        return False

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
