"""Carries kept facts to the ledger in their order, and says now and then how this kiosk is.

What waits together goes in one batch (a stack in May, a weekend alone), each with its number, time
and clock; each keeps its operation id, so that sending again is harmless. A fact decided alone that
the ledger refuses under an id goes once more under another: it had answered a wish with that id
before, and nobody had heard the answer.
"""

import threading
import time
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar, assert_never
from uuid import UUID, uuid4

import structlog

from circulation.api import (
    RETURNS,
    SIGHTINGS,
    DeviceState,
    LoanReceipt,
    Message,
    Refusal,
    ReturnReceipt,
    SightingReceipt,
)
from circulation.offline import Batch, BatchAnswer, Done, LateAnswer
from circulation.reasons import Reason
from circulation.selfservice import DamageReceipt
from kiosk.client import ControllerClient, Heard, NotUnderstood
from kiosk.clock import WallClock
from kiosk.events import Event, LinkSeen, NoAnswer
from kiosk.journal import Entry, Journal, Kind, Outcome
from kiosk.late import late_operation
from kiosk.link import Link
from kiosk.rounds import Rounds

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
REPORT_S = 30.0
PROBE_S = 5.0  # while alone; thirty kiosks of a school are then six questions a second at most
BATCH = 100

D = TypeVar("D")
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
        link: Link,
        wall: WallClock,
        *,
        clock: Callable[[], float] = time.monotonic,
        probe_s: float = PROBE_S,
    ) -> None:
        self._journal = journal
        self._client = client
        self._post = post
        self._device_state = device_state
        self._link = link
        self._wall = wall
        self._probe_s = probe_s
        self._told: dict[UUID, Callable[[FactAnswer], None]] = {}
        self._told_of_silence: set[UUID] = set()
        self._told_lock = threading.Lock()
        self._clock = clock
        self._report_at = clock()
        self._rounds = Rounds(
            "courier", self._round, first_s=FIRST_WAIT_S, longest_s=LONGEST_WAIT_S
        )

    def start(self) -> None:
        """Begin, also with what an earlier life left over."""
        self._rounds.start()

    def stop(self, timeout_s: float = 7.0) -> None:
        """End after the call that is under way. What is left waits on disk."""
        self._rounds.stop(timeout_s)

    def expect(self, op_id: UUID, tell: Callable[[FactAnswer], None]) -> None:
        """Somebody waits for this fact: call before the journal has it.

        `tell` hears `NoAnswer` at most once, then the answer.
        """
        with self._told_lock:
            self._told[op_id] = tell

    def wake(self) -> None:
        """The journal has something new."""
        self._rounds.wake()

    def _round(self) -> float | None:
        reached = self.deliver_all()
        if self._link.alone:
            return self._probe_s
        if self._link.in_doubt:
            return FIRST_WAIT_S
        return REPORT_S if reached else None

    def deliver_all(self) -> bool:
        """One round: deliver all that waits; False when the ledger cannot be reached."""
        for alone, run in groupby(self._journal.pending_facts(), lambda entry: entry.alone):
            entries = tuple(run)
            single = not alone and len(entries) == 1
            heard = self._deliver(entries[0]) if single else self._deliver_batches(entries)
            if heard is not Heard.YES:
                self._tell_waiting()
                self._note_silence(heard)
                return False
        if self._rounds.stopping:
            return True
        if self._clock() < self._report_at and not self._link.alone and not self._link.in_doubt:
            return True
        return self._report()

    def _report(self) -> bool:
        waiting = self._journal.waiting()
        state = self._device_state().model_copy(update={"queue": waiting})
        heard = self._client.report(state)
        reached = heard is Heard.YES
        self._report_at = self._clock() + (REPORT_S if reached else 0)
        self._post(LinkSeen(reached))
        if reached:
            self._link.answered(waiting=waiting)
        else:
            self._note_silence(heard)
        return reached

    def _note_silence(self, heard: Heard) -> None:
        """A kiosk that was shut out must not go on alone."""
        if heard is Heard.SHUT_OUT:
            self._link.shut_out()
        else:
            self._link.failed()

    def _deliver_batches(self, entries: Sequence[Entry]) -> Heard:
        starts = range(0, len(entries), BATCH)
        return self._until_silence(
            self._deliver_batch, [entries[start : start + BATCH] for start in starts]
        )

    def _until_silence(self, deliver: Callable[[D], Heard], parts: Sequence[D]) -> Heard:
        for part in parts:
            if self._rounds.stopping:
                break
            if (heard := deliver(part)) is not Heard.YES:
                return heard
        return Heard.YES

    def _deliver_batch(self, entries: Sequence[Entry]) -> Heard:
        batch = Batch(operations=tuple(late_operation(entry) for entry in entries))
        try:
            answer = self._client.send_batch(batch)
        except NotUnderstood as error:
            return self._deliver_singly(entries, str(error))
        match answer:
            case BatchAnswer(answers=answers):
                for entry, one in zip(entries, answers, strict=True):
                    self._note(entry, one)
                return Heard.YES
            case NoAnswer():
                return Heard.NO
            case Refusal():  # of the whole: the token is wrong, the facts are not: keep them
                return Heard.SHUT_OUT
            case _:
                assert_never(answer)

    def _deliver_singly(self, entries: Sequence[Entry], why: str) -> Heard:
        """One of them is beyond the ledger's understanding: the others must not wait for it."""
        if len(entries) > 1:
            return self._until_silence(self._deliver_batch, [(entry,) for entry in entries])
        self._reject(entries[0], why)
        return Heard.YES

    def _note(self, entry: Entry, answer: LateAnswer) -> None:
        match answer.done:
            case Done.APPLIED:
                self._journal.settle(entry.op_id, Outcome.DONE)
            case Done.CONFLICT:
                kind = answer.conflict or ""
                log.info("fact_in_question", op_id=str(entry.op_id), question=kind)
                self._journal.settle(entry.op_id, Outcome.CONFLICT, (kind,))
            case Done.REFUSED:
                self._refused(entry, answer)
            case _:
                assert_never(answer.done)
        told = answer.refusal or answer.receipt
        if told is not None and not isinstance(told, LoanReceipt | DamageReceipt):
            self._tell(entry.op_id, told)

    def _refused(self, entry: Entry, answer: LateAnswer) -> None:
        reasons = answer.refusal.reasons if answer.refusal else ()
        log.warning("fact_refused", op_id=str(entry.op_id), why=reasons)
        if entry.kind is Kind.SIGHTING or not entry.alone:
            self._journal.settle(entry.op_id, Outcome.REFUSED, reasons)
        elif entry.again:
            self._journal.settle(entry.op_id, Outcome.REJECTED, reasons)
        else:
            request = entry.request.model_copy(update={"op_id": uuid4()})
            self._journal.keep(request, alone=True, clock=entry.clock, in_place_of=entry.op_id)
            self._rounds.wake()

    def _reject(self, entry: Entry, why: str) -> None:
        log.error("fact_rejected", op_id=str(entry.op_id), kind=entry.kind, why=why)
        self._journal.settle(entry.op_id, Outcome.REJECTED)
        self._tell(entry.op_id, Refusal(reasons=(Reason.OPERATION_CHANGED,)))

    def _deliver(self, entry: Entry) -> Heard:
        path, receipt = _ROUTES[entry.kind]
        answer: Message | NoAnswer
        try:
            answer = self._client.operate(path, entry.body, receipt)
        except NotUnderstood as error:
            self._reject(entry, str(error))
            return Heard.YES
        match answer:
            case NoAnswer():
                return Heard.NO
            case Refusal(reasons=reasons) if Reason.DEVICE_UNKNOWN in reasons:
                return Heard.SHUT_OUT  # the token is wrong, the fact is not: keep it
            case Refusal(reasons=reasons):
                log.warning("fact_refused", op_id=str(entry.op_id), why=reasons[0])
                self._journal.settle(entry.op_id, Outcome.REFUSED, reasons)
                self._tell(entry.op_id, answer)
            case ReturnReceipt() | SightingReceipt():
                self._journal.settle(entry.op_id, Outcome.DONE)
                self._tell(entry.op_id, answer)
        return Heard.YES

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
        if news:  # whoever stood there goes away with the word that it is done
            self._journal.become_facts(news, self._wall.certainty())
        for tell in waiting:
            tell(NoAnswer(sent=True))
