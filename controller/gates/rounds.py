"""What nobody reports: a gate that fell silent, and events that have been kept long enough.

A gate repeats its state every 10 s while its loop turns, and the broker publishes its will when the
line breaks. What this finds is the rest: a hung process, a lost will, a dead line behind a router.
"""

import json
import threading
import time as wait_time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from circulation.messages import Presence
from controller import journal
from controller.claims import Claims, Duty
from controller.clock import LibraryTime
from controller.columns import to_utc, utc_text
from controller.sql import LedgerUnavailable, Statement, Transaction
from controller.tables import DeviceKind, EventKind
from controller.writer import Writer

SILENT_AFTER = timedelta(seconds=25)
_ROUND_S = 2.5  # with the above: dead within 30 s
_LOOK_FOR_OLD_EVERY_S = 60.0
CLEANING = Duty("old_gate_events", timedelta(hours=1))
_CLEANED_AT_ONCE = 1_000  # a short command: kiosks are waiting for the same writer
_log = structlog.get_logger()

_GATES = Statement("SELECT id, state, last_seen FROM device WHERE kind = :kind")
_NOTE = Statement("UPDATE device SET state = :state WHERE id = :id")
_OLD = (
    " IN (SELECT g.id FROM gate_event g WHERE g.received_at < :before AND g.seq <"
    " (SELECT max(n.seq) FROM gate_event n WHERE n.device_id = g.device_id)"
    " ORDER BY g.received_at, g.id LIMIT :most)"
)
_CLEAN_TAGS = Statement(f"DELETE FROM gate_tag WHERE event_id{_OLD}")  # noqa: S608  # our own text
_CLEAN = Statement(f"DELETE FROM gate_event WHERE id{_OLD}")  # noqa: S608


class Rounds:
    """One thread. `listening_since`: when (monotonic seconds) gates began to be heard.

    `look_too` is called at each round, too.
    """

    def __init__(
        self,
        writer: Writer,
        time: LibraryTime,
        claims: Claims,
        *,
        kept_days: int,
        listening_since: Callable[[], float | None],
        look_too: Callable[[], None],
    ) -> None:
        self._writer = writer
        self._time = time
        self._claims = claims
        self._kept = timedelta(days=kept_days)
        self._listening_since = listening_since
        self._look_too = look_too
        self._stopping = threading.Event()
        self._clean_at = 0.0
        self._thread = threading.Thread(target=self._work, name="rounds", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.wait(_ROUND_S):
            try:
                self._look()
                self._look_too()
            except LedgerUnavailable as error:
                _log.warning("gates_not_looked_after", error=type(error).__name__)

    def _look(self) -> None:
        heard = self._listening_since()
        if heard is not None and wait_time.monotonic() - heard > SILENT_AFTER.total_seconds():
            self._writer.submit(lambda inside: note_silence(inside, self._time.now())).result()
        if wait_time.monotonic() >= self._clean_at:
            self._clean_at = wait_time.monotonic() + _LOOK_FOR_OLD_EVERY_S
            self._claims.do_if_due(CLEANING, self._clean)

    def _clean(self) -> None:
        before = self._time.now() - self._kept
        gone = _CLEANED_AT_ONCE
        while gone == _CLEANED_AT_ONCE and not self._stopping.is_set():
            gone = self._writer.submit(lambda inside: clean(inside, before)).result()


def note_silence(transaction: Transaction, now: datetime) -> list[int]:
    """Mark gates offline that said they are online and then nothing; their ids."""
    dead: list[int] = []
    for gate, text, seen in transaction.rows(_GATES, {"kind": DeviceKind.GATE.value}):
        state = json.loads(text)
        if state.get("presence") != Presence.ONLINE or seen is None:
            continue
        silent = now - to_utc(seen)
        if silent > SILENT_AFTER:
            dead.append(gate)
            state["presence"] = Presence.OFFLINE.value
            transaction.run(_NOTE, {"id": gate, "state": json.dumps(state)})
            detail: journal.Detail = {
                "presence": Presence.OFFLINE.value,
                "silent_s": int(silent.total_seconds()),
            }
            journal.append(
                transaction, EventKind.DEVICE_CHANGED, now, device_id=gate, detail=detail
            )
    return dead


def clean(transaction: Transaction, before: datetime) -> int:
    """Delete old events, some at a time; never a gate's newest, whose counters are needed."""
    parameters = {"before": utc_text(before), "most": _CLEANED_AT_ONCE}
    transaction.run(_CLEAN_TAGS, parameters)
    return transaction.run(_CLEAN, parameters)
