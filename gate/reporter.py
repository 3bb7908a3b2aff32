"""Tell the controller what happened: one thread that owns the journal and the line to the broker.

Everything is at least once here and exactly once there: an event is sent again until the
controller's acknowledgement, which comes after its commit, and the controller knows every id.
"""

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import assert_never
from uuid import uuid4

import structlog

from circulation.api import ReaderState
from circulation.messages import (
    GateAck,
    GateEventKind,
    GateState,
    ListDelta,
    ListKind,
    PendingList,
    Presence,
)
from gate.clock import certainty, wall_time
from gate.configuration import Configuration, Pushed, Tuning
from gate.delivery import Delivery
from gate.draft import Reported, event_of
from gate.keeper import Draft, Keeper
from gate.lists import Lists
from gate.mqtt import Arrived, Line
from gate.outbox import Outbox
from gate.passage import Report
from gate.self_test import SelfTestDuty
from gate.settings import GateSettings
from gate.uids import Uids

_STATE_EVERY_S = 10.0  # the controller calls a gate dead after 30 s of silence
_LOOP_TURNS_WITHIN_S = 5.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReaderNow:
    """How the gate's readers are."""

    state: ReaderState
    blind: tuple[str, ...]
    simulated: bool


Task = Reported | Arrived | ReaderNow


class Reporter(threading.Thread):
    """Journal first, then send, then forget on acknowledgement.

    `on_list` gets each local list, `on_tuning` what staff set from afar, in this thread.
    """

    def __init__(
        self,
        settings: GateSettings,
        version: str,
        on_list: Callable[[Uids, ListKind], None],
        on_tuning: Callable[[Tuning], None],
    ) -> None:
        super().__init__(name="reporter", daemon=True)
        self._settings = settings
        self._version = version
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._keeper = Keeper(
            settings.state_dir / "outbox.db",
            max_bytes=settings.max_journal_mb * 1024 * 1024,
            tell_dropped=lambda: self._draft_of(
                Reported(Report(GateEventKind.DROPPED, time.monotonic()), None, None)
            ),
        )
        self._line = Line(settings, self._tasks.put)
        self._boot = uuid4()
        self._delivery = Delivery(self._keeper, self._line.publish_event)
        self._readers = ReaderNow(ReaderState.UNKNOWN, (), False)
        self._lists = Lists(settings.lists_needed, self._keeper, on_list)
        own = Tuning(settings.alarm_seconds, settings.quiet)
        self._configuration = Configuration(own, self._keeper, on_tuning)
        self._state_at = 0.0
        self._self_test = SelfTestDuty(self._keeper, is_set=settings.test_tag is not None)
        self.loop_turned_at = time.monotonic()
        """Set by the gate's loop: the state is repeated only while that loop turns."""

    def report(self, report: Report, aisle: str, reaction_ms: float | None) -> None:
        """Take one report from the gate's loop; returns at once."""
        self._tasks.put(Reported(report, aisle, reaction_ms))

    def reader_is(self, state: ReaderState, *, blind: list[str], simulated: bool) -> None:
        """Take the readers' state for the retained state message."""
        self._tasks.put(ReaderNow(state, tuple(blind), simulated))

    def was_present(self, aisle: str) -> bool:
        """Whether the aisle's reader was there when that was last reported. Before `start` only."""
        return self._keeper.ask(lambda box: box.fact(f"lost {aisle}"), default=None) is None

    def finish(self) -> None:
        """Say goodbye and end the thread."""
        self._tasks.put(None)
        self.join(10)

    def run(self) -> None:
        self._configuration.load()
        self._lists.load()
        self._self_test.load()
        self._line.start()
        while self._turn():
            self._keeper.flush()
            self._note_overdue()
            self._send()
            self._ask_for_lists()
            self._repeat_state()
        self._line.stop(self._state().model_copy(update={"presence": Presence.OFFLINE}))
        self._keeper.close()

    def _turn(self) -> bool:
        """Take one task, or none for a second; False when it is time to end."""
        try:
            task = self._tasks.get(timeout=1.0)
        except queue.Empty:
            return True
        if task is None:
            return False
        try:
            self._take(task)
        except Exception as error:  # noqa: BLE001  # one strange message must not end the reporting
            _log.error("task_failed", task=type(task).__name__, why=repr(error))
        return True

    def _take(self, task: Task) -> None:
        match task:
            case Reported():
                self._note(task.report, task.aisle or "")
                self._keeper.add(self._draft_of(task))
            case GateAck():
                self._keeper.ask(lambda box: box.forget(task.ids), default=None)
            case PendingList() | ListDelta():
                self._lists.take(task)
            case Pushed():
                self._configuration.take(task)
                self._publish_state()
            case bool():
                self._delivery.start_over()
                self._lists.ask_now()
                self._publish_state()
            case ReaderNow():
                self._readers = task
                self._publish_state()
            case _:
                assert_never(task)

    def _ask_for_lists(self) -> None:
        if self._line.connected:
            for question in self._lists.questions():
                self._line.publish_question(question)

    def _draft_of(self, reported: Reported) -> Draft:
        report = reported.report
        make = partial(event_of, reported, boot=self._boot, monitored=self._settings.monitor_only)
        return Draft(report.kind, report.direction, make)

    def _note(self, report: Report, aisle: str) -> None:
        """What must be known after a restart, too."""
        match report.kind:
            case GateEventKind.READER_LOST:
                self._keeper.ask(lambda box: box.keep_fact(f"lost {aisle}", "1"), default=None)
            case GateEventKind.READER_BACK:
                self._keeper.ask(lambda box: box.drop_fact(f"lost {aisle}"), default=None)
            case GateEventKind.SELF_TEST if report.tags:
                self._self_test.carried(wall_time(report.at), passed=report.passed)

    def _note_overdue(self) -> None:
        """Report once that the known tag was not carried through in time."""
        if self._self_test.becomes_overdue(wall_time(time.monotonic()), certainty()):
            report = Report(GateEventKind.SELF_TEST, time.monotonic(), passed=False)
            self._keeper.add(self._draft_of(Reported(report, None, None)))

    def _send(self) -> None:
        if self._line.connected:
            self._delivery.send(time.monotonic())

    def _repeat_state(self) -> None:
        now = time.monotonic()
        turns = now - self.loop_turned_at < _LOOP_TURNS_WITHIN_S
        if turns and now - self._state_at >= _STATE_EVERY_S:
            self._publish_state()

    def _publish_state(self) -> None:
        if self._line.connected:
            self._state_at = time.monotonic()
            self._line.publish_state(self._state())

    def _state(self) -> GateState:
        counters = self._keeper.ask(Outbox.counters, default=None)
        now, clock = wall_time(time.monotonic()), certainty()
        refused = self._configuration.refused
        return GateState(
            presence=Presence.ONLINE,
            at=now,
            reader=self._readers.state,
            blind=" ".join(self._readers.blind),
            queue=self._keeper.ask(len, default=0) + self._keeper.in_memory,
            dropped=0 if counters is None else counters.dropped,
            refused=self._line.refused,
            storage=self._keeper.storage,
            list_version=self._lists.version,
            list_heard_at=self._lists.vouched_at,
            monitored=self._settings.monitor_only,
            self_test=self._self_test.status(now, clock),
            clock=clock,
            settings_version=self._configuration.version,
            settings_refused=None if refused is None else refused.version,
            settings_error="" if refused is None else str(refused),
            version=self._version,
            simulated=self._readers.simulated,
        )
