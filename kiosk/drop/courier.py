"""Carries kept returns to the ledger in their order, and hands its answers back for sorting."""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

import structlog

from circulation.api import Destination, DeviceState, Refusal, ReturnReceipt
from circulation.offline import OPERATIONS, Batch, BatchAnswer, Done, LateAnswer
from circulation.reasons import Reason
from kiosk.client import ControllerClient, Heard, NotUnderstood
from kiosk.drop.events import Way
from kiosk.drop.outbox import Outbox, Outcome, Row
from kiosk.events import NoAnswer
from kiosk.rounds import Rounds

log = structlog.get_logger(__name__)

AT_ONCE = 50  # returns in one request
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 5.0
"""Nothing but a new book wakes a courier that nobody answered, and a drop that is shut gets none:
so a ledger that is back is found within this time, as a kiosk finds it (`kiosk.courier`)."""
REPORT_S = 30.0
_WAYS = {
    Destination.SHELF: Way.SHELF,
    Destination.HOLD_SHELF: Way.HOLD,
    Destination.STAFF: Way.STAFF,
}
_OUTCOMES = {
    Done.APPLIED: Outcome.APPLIED,
    Done.CONFLICT: Outcome.CONFLICT,
    Done.REFUSED: Outcome.REFUSED,
}


class Courier:
    """One thread, so that the ledger hears returns in the order in which they happened."""

    def __init__(
        self,
        outbox: Outbox,
        client: ControllerClient,
        answered: Callable[[UUID, Way], None],
        device_state: Callable[[], DeviceState],
    ) -> None:
        """`answered` hears where a book goes, on this thread."""
        self._outbox = outbox
        self._client = client
        self._answered = answered
        self._device_state = device_state
        self._report_at = 0.0
        self._refused: tuple[Reason, ...] = ()
        self._rounds = Rounds(
            "courier", self._round, first_s=FIRST_WAIT_S, longest_s=LONGEST_WAIT_S
        )

    @property
    def turned_at(self) -> float:
        """When this thread last went round (monotonic seconds): a call that hangs shows here."""
        return self._rounds.turned_at

    def start(self) -> None:
        """Begin, also with what an earlier life left over."""
        self._rounds.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End after the call that is under way. What is left waits on disk."""
        self._rounds.stop(timeout_s)

    def wake(self) -> None:
        """The outbox has something new."""
        self._rounds.wake()

    def report_now(self) -> None:
        """How this drop is has changed: the librarian must not wait for the next report."""
        self._report_at = 0.0
        self._rounds.wake()

    def _round(self) -> float | None:
        return REPORT_S if self._deliver_all() else None

    def _deliver_all(self) -> bool:
        """Deliver all that waits; False when the ledger cannot be reached."""
        while not self._rounds.stopping and (rows := self._outbox.waiting(AT_ONCE)):
            if not self._deliver(rows):
                return False
        if time.monotonic() < self._report_at:
            return True
        waiting = {"queue": self._outbox.count_waiting()}
        self._report_at = time.monotonic() + REPORT_S  # before the call: `report_now` may come
        heard = self._client.report(self._device_state().model_copy(update=waiting))
        if heard is not Heard.YES:
            self._report_at = 0.0
        return heard is Heard.YES

    def _deliver(self, rows: Sequence[Row]) -> bool:
        batch = Batch(operations=tuple(row.operation for row in rows))
        try:
            answer = self._client.operate(OPERATIONS, batch.model_dump_json(), BatchAnswer)
        except NotUnderstood as error:
            return self._not_understood(rows, error)
        match answer:
            case NoAnswer():
                return False
            case Refusal(reasons=reasons):  # of all at once: the token, not the returns
                self._say_refused(reasons)
                return False
            case BatchAnswer(answers=answers):
                self._say_refused(())
                for row, one in zip(rows, answers, strict=True):
                    self._settle(row, one)
                return True

    def _say_refused(self, reasons: tuple[Reason, ...]) -> None:
        """Once when it begins, not at every try."""
        if reasons and reasons != self._refused:
            log.error("returns_refused", why=reasons[0])
        self._refused = reasons

    def _not_understood(self, rows: Sequence[Row], error: NotUnderstood) -> bool:
        """One that cannot be read must not hold up the others."""
        if len(rows) > 1:
            return all(self._deliver([row]) for row in rows)
        log.error("return_rejected", op_id=str(rows[0].op_id), why=str(error))
        self._outbox.settle(rows[0].op_id, Outcome.REJECTED, str(error))
        self._answered(rows[0].op_id, Way.STAFF)
        return True

    def _settle(self, row: Row, answer: LateAnswer) -> None:
        reasons: tuple[Reason, ...] = () if answer.refusal is None else answer.refusal.reasons
        question = () if answer.conflict is None else (answer.conflict.value,)
        self._outbox.settle(row.op_id, _OUTCOMES[answer.done], " ".join((*question, *reasons)))
        self._answered(row.op_id, _way(answer))


def _way(answer: LateAnswer) -> Way:
    """What the ledger has a question about is for the librarian."""
    if answer.done is Done.APPLIED and isinstance(answer.receipt, ReturnReceipt):
        return _WAYS[answer.receipt.destination]
    return Way.STAFF
