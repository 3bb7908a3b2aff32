"""Tell the controller what happened: one thread that owns the outbox and the line to the broker.

Everything is at least once here and exactly once there: an event is sent again until the
controller's acknowledgement, which comes after its commit, and the controller knows every id.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID, uuid4, uuid5

import structlog

from circulation.api import ReaderState
from circulation.messages import (
    GateAck,
    GateEvent,
    GateState,
    GateTag,
    PendingList,
    Presence,
)
from gate.clock import certainty, wall_time
from gate.mqtt import Arrived, Line
from gate.outbox import Counters, Outbox
from gate.passage import Judged, Report
from gate.settings import GateSettings

_RESEND_S = 5.0
_IN_FLIGHT = 200
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Measured:
    """A report, and how long the gate itself took from the tag's answer to the lamp."""

    report: Report
    reaction_ms: float | None


Task = Measured | Arrived | ReaderState


class Reporter(threading.Thread):
    """Journal first, then send, then forget on acknowledgement. `on_list` gets each local list."""

    def __init__(
        self, settings: GateSettings, version: str, on_list: Callable[[PendingList], None]
    ) -> None:
        super().__init__(name="reporter", daemon=True)
        self._settings = settings
        self._version = version
        self._on_list = on_list
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._outbox = Outbox(settings.state_dir / "outbox.db")
        self._line = Line(settings, self._tasks.put)
        self._boot = uuid4()
        self._sent_up_to = 0
        self._sent_at = 0.0
        self._reader = ReaderState.UNKNOWN
        self._list_version: int | None = None
        self._simulated = False

    def report(self, report: Report, reaction_ms: float | None) -> None:
        """Take one report from the gate's loop; returns at once."""
        self._tasks.put(Measured(report, reaction_ms))

    def reader_is(self, state: ReaderState, *, simulated: bool) -> None:
        """Take the reader's state for the retained state message."""
        self._simulated = simulated
        self._tasks.put(state)

    def finish(self) -> None:
        """Say goodbye and end the thread."""
        self._tasks.put(None)
        self.join(10)

    def run(self) -> None:
        if known := self._outbox.kept_list():
            self._take_list(known)
        self._line.start()
        while self._turn():
            self._send()
        self._line.stop(GateState(presence=Presence.OFFLINE, at=wall_time(time.monotonic())))
        self._outbox.close()

    def _turn(self) -> bool:
        """Take one task, or none for a second; False when it is time to end."""
        try:
            task = self._tasks.get(timeout=1.0)
        except queue.Empty:
            return True
        if task is not None:
            self._take(task)
        return task is not None

    def _take(self, task: Task) -> None:
        match task:
            case Measured():
                self._store(task)
            case GateAck():
                self._outbox.forget(task.ids)
            case PendingList():
                self._outbox.keep_list(task)
                self._take_list(task)
                self._publish_state()
            case bool():
                self._sent_up_to = 0
                self._publish_state()
            case ReaderState():
                self._reader = task
                self._publish_state()
            case _:
                assert_never(task)

    def _take_list(self, pending: PendingList) -> None:
        self._list_version = pending.version
        self._on_list(pending)

    def _store(self, measured: Measured) -> None:
        def make(seq: int, counters: Counters) -> GateEvent:
            return _event(measured, seq, counters, self._boot)

        event = self._outbox.add(measured.report.kind, measured.report.direction, make)
        _log.info("event", kind=event.kind, seq=event.seq, verdict=event.verdict)

    def _send(self) -> None:
        """Send what is new; send everything again when acknowledgements stay away."""
        if not self._line.connected:
            return
        now = time.monotonic()
        if self._sent_up_to and now - self._sent_at > _RESEND_S:
            self._sent_up_to = 0
        for seq, payload in self._outbox.waiting(after=self._sent_up_to, limit=_IN_FLIGHT):
            self._line.publish_event(payload)
            self._sent_up_to, self._sent_at = seq, now

    def _publish_state(self) -> None:
        if self._line.connected:
            self._line.publish_state(self._state())

    def _state(self) -> GateState:
        return GateState(
            presence=Presence.ONLINE,
            at=wall_time(time.monotonic()),
            reader=self._reader,
            queue=len(self._outbox),
            list_version=self._list_version,
            version=self._version,
            simulated=self._simulated,
        )


def _event(measured: Measured, seq: int, counters: Counters, boot: UUID) -> GateEvent:
    report = measured.report
    return GateEvent(
        id=uuid4(),
        seq=seq,
        at=wall_time(report.at),
        clock=certainty(),
        kind=report.kind,
        passage=None if report.passage is None else uuid5(boot, str(report.passage)),
        direction=report.direction,
        verdict=report.verdict,
        tags=tuple(_tag(tag) for tag in report.tags),
        count_in=counters.came_in,
        count_out=counters.went_out,
        reaction_ms=measured.reaction_ms,
    )


def _tag(tag: Judged) -> GateTag:
    return GateTag(uid=tag.uid, afi=tag.afi, antenna=tag.antenna, verdict=tag.verdict)
