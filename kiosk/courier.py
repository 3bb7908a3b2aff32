"""Carries kept facts to the ledger, one after another, and says now and then how this kiosk is."""

import threading
import time
from collections.abc import Callable
from uuid import UUID

import structlog

from circulation.api import (
    RETURNS,
    SIGHTINGS,
    DeviceState,
    Message,
    Refusal,
    ReturnReceipt,
    SightingReceipt,
)
from circulation.reasons import Reason
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.events import Event, LinkSeen, NoAnswer
from kiosk.journal import Entry, Journal, Kind, Outcome

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
REPORT_S = 30.0

FactAnswer = ReturnReceipt | SightingReceipt | Refusal | NoAnswer
_ROUTES: dict[Kind, tuple[str, type[ReturnReceipt] | type[SightingReceipt]]] = {
    Kind.RETURN: (RETURNS, ReturnReceipt),
    Kind.SIGHTING: (SIGHTINGS, SightingReceipt),
}


class Courier:
    """One thread, so that the ledger hears facts in the order in which they happened."""

    def __init__(
        self,
        journal: Journal,
        client: ControllerClient,
        post: Callable[[Event], None],
        device_state: Callable[[], DeviceState],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._client = client
        self._post = post
        self._device_state = device_state
        self._told: dict[UUID, Callable[[FactAnswer], None]] = {}
        self._told_of_silence: set[UUID] = set()
        self._told_lock = threading.Lock()
        self._clock = clock
        self._report_at = clock()
        self._wake = threading.Event()
        self._stopping = False
        self._wait_s = FIRST_WAIT_S
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin, also with what an earlier life left over."""
        self._thread.start()

    def stop(self, timeout_s: float = 7.0) -> None:
        """End after the call that is under way. What is left waits on disk."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def expect(self, op_id: UUID, tell: Callable[[FactAnswer], None]) -> None:
        """Somebody waits for this fact: call before the journal has it.

        `tell` hears `NoAnswer` at most once, then the answer.
        """
        with self._told_lock:
            self._told[op_id] = tell

    def wake(self) -> None:
        """The journal has something new."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            try:
                reached = self._round()
            except Exception:  # facts must go on being delivered: log it and try again later
                log.exception("courier_failed")
                reached = False
            self._wait_s = FIRST_WAIT_S if reached else min(self._wait_s * 2, LONGEST_WAIT_S)
            self._wake.wait(REPORT_S if reached else self._wait_s)
            self._wake.clear()

    def _round(self) -> bool:
        """Deliver all that waits; False when the ledger cannot be reached."""
        for entry in self._journal.pending_facts():
            if self._stopping:
                return True
            if not self._deliver(entry):
                self._tell_waiting()
                return False
        if self._clock() < self._report_at:
            return True
        waiting = {"queue": len(self._journal.pending_facts())}
        reached = self._client.report(self._device_state().model_copy(update=waiting))
        self._report_at = self._clock() + (REPORT_S if reached else 0)
        self._post(LinkSeen(reached))
        return reached

    def _deliver(self, entry: Entry) -> bool:
        path, receipt = _ROUTES[entry.kind]
        answer: Message | NoAnswer
        try:
            answer = self._client.operate(path, entry.body, receipt)
        except NotUnderstood as error:
            log.error("fact_rejected", op_id=str(entry.op_id), kind=entry.kind, why=str(error))
            self._journal.settle(entry.op_id, Outcome.REJECTED)
            self._tell(entry.op_id, Refusal(reasons=(Reason.OPERATION_CHANGED,)))
            return True
        match answer:
            case NoAnswer():
                return False
            case Refusal(reasons=reasons) if Reason.DEVICE_UNKNOWN in reasons:
                return False  # the token is wrong, the fact is not: keep it
            case Refusal(reasons=reasons):
                log.warning("fact_refused", op_id=str(entry.op_id), item=entry.item, why=reasons[0])
                self._journal.settle(entry.op_id, Outcome.REFUSED, reasons)
                self._tell(entry.op_id, answer)
            case ReturnReceipt() | SightingReceipt():
                self._journal.settle(entry.op_id, Outcome.DONE)
                self._tell(entry.op_id, answer)
        return True

    def _tell(self, op_id: UUID, answer: FactAnswer) -> None:
        with self._told_lock:
            tell = self._told.pop(op_id, None)
            self._told_of_silence.discard(op_id)
        if tell is not None:
            tell(answer)

    def _tell_waiting(self) -> None:
        """Nobody at the pad waits for a ledger that does not answer; the facts are on disk."""
        self._post(LinkSeen(online=False))
        with self._told_lock:
            news = self._told.keys() - self._told_of_silence
            self._told_of_silence |= news
            waiting = [self._told[op_id] for op_id in news]
        for tell in waiting:
            tell(NoAnswer(sent=True))
