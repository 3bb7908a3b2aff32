"""The line between a host and a reader: frames, answers, pace and damage, in one thread."""

import threading
import time
from collections.abc import Callable

from hw_sim.airtime import line_ms
from hw_sim.devices.line_device import LineDevice, Reply
from hw_sim.endpoints import Endpoint, UnpluggedError
from hw_sim.event_log import Report
from hw_sim.faults import Damaged, FaultInjector, FaultKind
from hw_sim.pace import sleep_until

CHUNK_BYTES = 16  # an answer reaches the host piece by piece, 4.6 ms each at 38400


class Wire:
    """Serves one reader at one endpoint. Wires of one reader share `busy`: it does one thing."""

    def __init__(
        self,
        endpoint: Endpoint,
        reader: LineDevice,
        *,
        faults: FaultInjector,
        busy: threading.Lock,
        real_time: bool,
        pull: Callable[[float], None],
        report: Report,
    ) -> None:
        """`pull` takes the device's plug out for that many seconds, when a fault says so."""
        self.endpoint = endpoint
        self.requests = 0
        self.line_bytes = 0
        self._reader = reader
        self._faults = faults
        self._busy = busy
        self._real_time = real_time
        self._pull = pull
        self._report = report
        self._receiver = reader.receiver()
        self._plugged = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(
            target=self._serve, name=f"wire {endpoint.url}", daemon=True
        )

    def start(self) -> None:
        """Plug in and serve."""
        self.replug()
        self._thread.start()

    def stop(self) -> None:
        """Unplug for good and wait for the thread."""
        self._stopping = True
        self.unplug()
        self._plugged.set()
        self._thread.join()

    def unplug(self) -> None:
        """Pull the plug, even in the middle of an answer."""
        self._plugged.clear()
        self.endpoint.unplug()

    def replug(self) -> None:
        """Put the plug in again, under the same name."""
        self.endpoint.plug()
        self._plugged.set()

    @property
    def is_plugged(self) -> bool:
        return self._plugged.is_set()

    def _serve(self) -> None:
        while not self._stopping:
            self._plugged.wait()
            try:
                self._listen()
            except UnpluggedError:
                self._receiver.character_gap()

    def _listen(self) -> None:
        manners = self._reader.manners
        while not self._stopping:
            gap_s = manners.character_gap_s if self._receiver.in_frame else None
            data = self.endpoint.read(gap_s)
            arrived = time.monotonic()
            if not data:
                self._receiver.character_gap()
            frames = self._receiver.feed(data)
            for frame in frames[:1] if manners.deaf_while_busy else frames:
                self._answer(frame, arrived)

    def _answer(self, frame: bytes, arrived: float) -> None:
        self.requests += 1
        self.line_bytes += len(frame)
        payload = self._reader.payload(frame)
        with self._busy:
            unheard = self._faults.unheard(payload)
            if unheard is not None:
                self._report("fault", fault=unheard.value)
                return
            reply = self._reader.exchange(frame)
            if reply.frame is None:
                return
            damaged = self._faults.apply(payload, reply.frame)
            if damaged.kind is not None:
                self._report("fault", fault=damaged.kind.value)
            due = time.monotonic()
            if self._real_time:
                due = arrived + self._needed_s(frame, reply)
            self._deliver(damaged, due)

    def _deliver(self, damaged: Damaged, due: float) -> None:
        if damaged.kind is FaultKind.UNPLUG:
            self._send(damaged.data, due)
            self._pull(damaged.delay_ms / 1000)
            return
        self._send(damaged.data, due + damaged.delay_ms / 1000)

    def _needed_s(self, frame: bytes, reply: Reply) -> float:
        """From the first byte of the request to the first of the answer."""
        return (self._line_ms(len(frame)) + reply.air_ms) / 1000

    def _send(self, data: bytes, due: float) -> None:
        if self._reader.manners.deaf_while_busy:
            self._overhear(due)
        for at in range(0, len(data), CHUNK_BYTES):
            chunk = data[at : at + CHUNK_BYTES]
            due += self._line_ms(len(chunk)) / 1000
            sleep_until(due)
            self.line_bytes += len(chunk)  # before the host can know that its answer is whole
            self.endpoint.write(chunk)

    def _overhear(self, due: float) -> None:
        """Lose what arrives until `due`."""
        while data := self.endpoint.read(max(0.0, due - time.monotonic())):
            self._report("lost_while_busy", bytes=len(data))

    def _line_ms(self, byte_count: int) -> float:
        baud = self.endpoint.baud
        if not self._real_time or baud is None:
            return 0.0
        return line_ms(byte_count, baud, self._reader.manners.format.bits_per_byte)
