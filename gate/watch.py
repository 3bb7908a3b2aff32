"""The thread that owns the gate's reader: it polls, hands on what it saw, and never gives up."""

import queue
import threading
import time
from collections.abc import Callable

import structlog

from circulation.ids import BadId, parse_tag_uid
from drivers.errors import ReaderError
from drivers.reader import GateReader, Identity, TagSeen
from gate.passage import Event, ReaderChanged, TagRead

_IDLE_POLL_S = 0.008  # the reader watches by itself; a poll of its buffer takes some 6 ms
_BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 10.0)
_log = structlog.get_logger(__name__)


class Watch(threading.Thread):
    """Opens the reader, again and again if need be, and puts `TagRead`s into the gate's queue."""

    def __init__(
        self,
        open_reader: Callable[[], GateReader],
        events: "queue.SimpleQueue[Event | None]",
        accept: Callable[[Identity], bool],
    ) -> None:
        """`accept` decides about the device that answered (a real gate refuses a simulated one)."""
        super().__init__(name="reader", daemon=True)
        self._open = open_reader
        self._events = events
        self._accept = accept
        self._ending = threading.Event()
        self._lost = False
        self.refused: Identity | None = None

    def finish(self) -> None:
        """End the thread and give the port back."""
        self._ending.set()
        self.join(10)

    def run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            try:
                reader = self._open()
            except ReaderError as error:
                self._say_lost(error)
            else:
                failures = failures if self._guard(reader) else -1
                reader.close()
            if self.refused:
                self._events.put(None)
                return
            failures = min(failures + 1, len(_BACK_OFF_S) - 1)
            self._ending.wait(_BACK_OFF_S[failures])

    def _guard(self, reader: GateReader) -> bool:
        """Poll until the reader is lost or it is time to end. False when it had worked before."""
        try:
            identity = reader.identify()
            if not self._accept(identity):
                self.refused = identity
                return True
            self._say_back(identity)
            while not self._ending.is_set():
                self._poll(reader)
        except ReaderError as error:
            self._say_lost(error)
            return reader.health.last_good_at is None
        return False

    def _poll(self, reader: GateReader) -> None:
        seen = reader.poll()
        for tag in seen:
            if (read := _tag_read(tag)) is not None:
                self._events.put(read)
        if not seen:
            time.sleep(_IDLE_POLL_S)

    def _say_lost(self, error: ReaderError) -> None:
        """Logged once when lost, not at each try."""
        if not self._lost:
            self._lost = True
            _log.error("reader_lost", why=str(error))
            self._events.put(ReaderChanged(False, time.monotonic()))

    def _say_back(self, identity: Identity) -> None:
        _log.info("reader_answers", model=identity.model, firmware=identity.firmware)
        self._lost = False
        self._events.put(ReaderChanged(True, time.monotonic()))


def _tag_read(tag: TagSeen) -> TagRead | None:
    """A sighting the gate can judge: with an AFI, and a UID that can be one; else None."""
    if tag.afi is None:
        return None
    try:
        return TagRead(parse_tag_uid(tag.uid), tag.afi, tag.antenna, tag.at)
    except BadId:
        return None
