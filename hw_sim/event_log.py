"""Everything that happens in the world, in order, for whoever wants to watch."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

KEPT = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is monotonic seconds; `source` a device's name or `world`."""

    seq: int
    at: float
    source: str
    kind: str
    details: dict[str, object]


class Report(Protocol):
    """Notes one event of one source; `at` defaults to now."""

    def __call__(self, kind: str, /, *, at: float | None = None, **details: object) -> None: ...


class EventLog:
    """Keeps the last events and tells new ones to its listeners, in the thread they happen in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._seq = 0
        self._listeners: list[Callable[[Event], object]] = []

    def add(
        self, source: str, kind: str, /, *, at: float | None = None, **details: object
    ) -> Event:
        """Note one event; `at` defaults to now."""
        with self._lock:
            self._seq += 1
            when = time.monotonic() if at is None else at
            event = Event(self._seq, when, source, kind, details)
            self._events.append(event)
            listeners = list(self._listeners)
        log.debug("%s %s %s", source, kind, details)
        for listener in listeners:
            listener(event)
        return event

    def after(self, seq: int) -> list[Event]:
        """Kept events with a greater number."""
        with self._lock:
            return [event for event in self._events if event.seq > seq]

    def of(self, source: str) -> list[Event]:
        """Kept events of one source."""
        with self._lock:
            return [event for event in self._events if event.source == source]

    @contextmanager
    def listening(self, listener: Callable[[Event], object]) -> Iterator[None]:
        """Call `listener` for each new event; it must be quick."""
        with self._lock:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)
