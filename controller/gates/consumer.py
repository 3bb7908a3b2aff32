"""Take what gates report: store it once, then acknowledge to gate and broker, never before.

One thread takes what waits and stores it in one command. A commit that fails is tried again until
it succeeds; a message that cannot be taken is set aside in the log and holds up nobody.
"""

import hashlib
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import assert_never
from uuid import UUID

import structlog

from circulation.messages import Channel, GateAck, GateEvent, ListQuestion, Topic
from circulation.tags.afi import SecurityAfi
from controller.clock import LibraryTime
from controller.devices.states import note_state
from controller.gates.reports import (
    BadReport,
    EventReport,
    QuestionReport,
    StateReport,
    address_of,
    claimed_id,
    parse_report,
    unlikely_time,
)
from controller.gates.store import Stored, find_gate, set_aside, store_event
from controller.mqtt import Bus, Received
from controller.security.passages import keep_findings
from controller.sql import Transaction
from controller.writer import CommitFailed, Writer, WriterStopped

MAX_BATCH = 128  # below the 256 ids that one GateAck holds
_RETRY_S = 1.0
_REMEMBERED_DAMAGE = 256  # a gate repeats what is not acknowledged; one line in the log is enough
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Safe:
    """An event of this gate that is in the ledger."""

    topic: Topic
    id: UUID


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What one command did with its messages."""

    safe: list[_Safe] = field(default_factory=list)
    damaged: list[bytes] = field(default_factory=list)  # digests
    new: list[EventReport] = field(default_factory=list)


class GateConsumer:
    """Call `take` for each message. `bus` and `answer` are set before `start`."""

    bus: Bus
    answer: Callable[[Topic, ListQuestion], None]
    """Gets each known gate's question about its list; returns at once."""

    def __init__(self, writer: Writer, time: LibraryTime, afi: SecurityAfi) -> None:
        self._writer = writer
        self._time = time
        self._afi = afi
        self._queue: SimpleQueue[Received | None] = SimpleQueue()
        self._stopping = threading.Event()
        self.on_new: Callable[[EventReport], None] | None = None
        """Gets each event after its commit; returns at once."""
        self._damaged: OrderedDict[bytes, None] = OrderedDict()
        self._thread = threading.Thread(target=self._work, name="gates", daemon=True)
        self.refused = 0  # messages set aside since the start, repeats included

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self) -> None:
        """Store what was taken, then end."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join()

    def take(self, message: Received) -> None:
        """Take one message; returns at once."""
        self._queue.put(message)

    def _work(self) -> None:
        running = True
        while running:
            batch, running = self._next_batch()
            if batch:
                self._keep(batch)

    def _next_batch(self) -> tuple[list[Received], bool]:
        batch: list[Received] = []
        message = self._queue.get()
        while message is not None:
            batch.append(message)
            if len(batch) == MAX_BATCH:
                return batch, True
            try:
                message = self._queue.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _keep(self, batch: list[Received]) -> None:
        """Store the batch, then acknowledge it; if it cannot be stored, leave it to the broker."""
        try:
            outcome = self._store(batch)
        except WriterStopped:
            return
        except Exception as error:  # noqa: BLE001  # one strange message must not stop the others
            self._keep_one_by_one(batch, error)
            return
        self._acknowledge_to_gates(outcome.safe)
        for message in batch:
            self.bus.acknowledge(message)
        if self.on_new is not None:
            for report in outcome.new:
                self.on_new(report)

    def _keep_one_by_one(self, batch: list[Received], error: Exception) -> None:
        """A lone message that cannot be stored stays unacknowledged and is never lost."""
        if len(batch) == 1:
            _log.error("gate_message_stuck", topic=batch[0].topic, error=type(error).__name__)
            return
        for message in batch:
            self._keep([message])

    def _store(self, batch: list[Received]) -> _Outcome:
        while True:
            try:
                outcome = self._writer.submit(
                    lambda inside: self._store_all(inside, batch)
                ).result()
            except CommitFailed:
                _log.error("gate_events_wait", messages=len(batch))
                if self._stopping.wait(_RETRY_S):
                    raise WriterStopped("stopped before the batch could be stored") from None
            else:
                self._remember(outcome.damaged)
                return outcome

    def _store_all(self, transaction: Transaction, batch: list[Received]) -> _Outcome:
        now = self._time.now()
        outcome = _Outcome()
        for message in batch:
            self._store_one(transaction, message, now, outcome)
        return outcome

    def _store_one(
        self, transaction: Transaction, message: Received, now: datetime, outcome: _Outcome
    ) -> None:
        gate: int | None = None
        try:
            topic = address_of(message.topic)
            gate = find_gate(transaction, topic)
            if gate is None:
                raise BadReport("device_unknown")
            self._take(transaction, gate, message, now, outcome)
        except BadReport as bad:
            digest = hashlib.sha256(message.topic.encode() + b"\0" + message.payload).digest()
            if digest not in self._damaged and digest not in outcome.damaged:
                set_aside(transaction, gate, str(bad), message.payload, now)
            outcome.damaged.append(digest)
            claimed = claimed_id(message.payload)
            if gate is not None and claimed is not None:  # it is kept: let its gate forget it
                outcome.safe.append(_Safe(topic, claimed))

    def _take(
        self,
        transaction: Transaction,
        gate: int,
        message: Received,
        now: datetime,
        outcome: _Outcome,
    ) -> None:
        report = parse_report(message.topic, message.payload)
        match report:
            case StateReport():
                note_state(transaction, gate, report.state, now)
            case QuestionReport():
                self.answer(report.topic, report.question)
            case EventReport():
                if (reason := unlikely_time(report.event, now)) is not None:
                    raise BadReport(reason)
                if self._store_event(transaction, gate, message, report.event, now):
                    outcome.new.append(report)
                outcome.safe.append(_Safe(report.topic, report.event.id))
            case _:
                assert_never(report)

    def _store_event(
        self,
        transaction: Transaction,
        gate: int,
        message: Received,
        event: GateEvent,
        now: datetime,
    ) -> bool:
        """True when it is new to the ledger."""
        stored = store_event(transaction, gate, event, now)
        if stored is Stored.NEW:
            keep_findings(transaction, gate, event, self._afi, now)
        elif stored is Stored.CLASH:
            set_aside(transaction, gate, "number_taken", message.payload, now)
        return stored is Stored.NEW

    def _remember(self, damaged: list[bytes]) -> None:
        """Only after the commit: what failed to be logged must be logged by the next attempt."""
        for digest in damaged:
            self.refused += 1
            self._damaged[digest] = None
            if len(self._damaged) > _REMEMBERED_DAMAGE:
                self._damaged.popitem(last=False)
            _log.warning("gate_message_refused", refused=self.refused)

    def _acknowledge_to_gates(self, safe: list[_Safe]) -> None:
        by_gate: dict[str, list[UUID]] = defaultdict(list)
        for event in safe:
            topic = Topic(event.topic.library, event.topic.device, Channel.ACK)
            by_gate[str(topic)].append(event.id)
        for address, ids in by_gate.items():
            self.bus.publish(address, GateAck(ids=tuple(ids)).model_dump_json())
