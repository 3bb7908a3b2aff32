"""The line between a host and a FEIG reader: frames, answers, pace and damage, in one thread."""

import threading
import time

from hw_sim.airtime import line_ms
from hw_sim.devices.feig_frames import Receiver, payload
from hw_sim.devices.feig_reader import FeigReader, Reply
from hw_sim.endpoints import Endpoint, UnpluggedError
from hw_sim.event_log import Report
from hw_sim.faults import FaultInjector
from hw_sim.pace import sleep_until

CHARACTER_GAP_S = 0.012  # FEIG H20800: at most 12 ms between characters of one frame
CHUNK_BYTES = 16  # an answer reaches the host piece by piece, 4.6 ms each at 38400


class Wire:
    """Serves one reader at one endpoint. Wires of one reader share `busy`: it does one thing."""

    def __init__(
        self,
        endpoint: Endpoint,
        reader: FeigReader,
        *,
        faults: FaultInjector,
        busy: threading.Lock,
        real_time: bool,
        report: Report,
    ) -> None:
        self.endpoint = endpoint
        self.requests = 0
        self._reader = reader
        self._faults = faults
        self._busy = busy
        self._real_time = real_time
        self._report = report
        self._receiver = Receiver()
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
        while not self._stopping:
            data = self.endpoint.read(CHARACTER_GAP_S if self._receiver.in_frame else None)
            arrived = time.monotonic()
            if not data:
                self._receiver.character_gap()
            for frame in self._receiver.feed(data):
                self._answer(frame, arrived)

    def _answer(self, frame: bytes, arrived: float) -> None:
        self.requests += 1
        with self._busy:
            reply = self._reader.exchange(frame)
            if reply.frame is None:
                return
            damaged = self._faults.apply(payload(frame), reply.frame)
            if damaged.kind is not None:
                self._report("fault", fault=damaged.kind.value)
            due = time.monotonic()
            if self._real_time:
                due = arrived + self._needed_s(frame, reply)
            self._send(damaged.data, due + damaged.delay_ms / 1000)

    def _needed_s(self, frame: bytes, reply: Reply) -> float:
        """From the first byte of the request to the first of the answer."""
        return (self._line_ms(len(frame)) + reply.air_ms) / 1000

    def _send(self, data: bytes, due: float) -> None:
        for at in range(0, len(data), CHUNK_BYTES):
            chunk = data[at : at + CHUNK_BYTES]
            due += self._line_ms(len(chunk)) / 1000
            sleep_until(due)
            self.endpoint.write(chunk)

    def _line_ms(self, byte_count: int) -> float:
        baud = self.endpoint.baud
        return line_ms(byte_count, baud) if self._real_time and baud is not None else 0.0
