"""Wishes: a checkout or a renewal that the ledger may refuse, on disk before it is asked for.

Books that became ready together are asked for in one message. Each is an operation of its own all
the same: its id stays the same however often it is asked, and its answer is its own.
"""

from collections.abc import Sequence
from uuid import uuid4

import structlog

from circulation.api import (
    CHECKOUTS,
    RENEWALS,
    CheckoutRequest,
    LoanReceipt,
    Refusal,
    RenewRequest,
)
from circulation.offline import Batch, BatchAnswer, LateAnswer
from kiosk.alone import Alone
from kiosk.asking import Asking
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.clock import WallClock
from kiosk.effects import RequestCheckout, RequestRenewal
from kiosk.events import NoAnswer
from kiosk.journal import Entry, Journal, Outcome, Settled
from kiosk.late import late_operation

log = structlog.get_logger(__name__)

Answer = LoanReceipt | Refusal | NoAnswer
MOST = 100  # lines of one message; no pad sees so many tags


class Wishes:
    """Call from worker threads; what is under way for one slot is never asked twice at once."""

    def __init__(
        self,
        journal: Journal,
        client: ControllerClient,
        asking: Asking,
        alone: Alone,
        wall: WallClock,
    ) -> None:
        self._journal = journal
        self._client = client
        self._asking = asking
        self._alone = alone
        self._wall = wall
        self._open: dict[int, Entry] = {}  # by slot: the same slot is the same operation

    def check_out(self, wishes: Sequence[RequestCheckout]) -> list[Answer]:
        """The answer to each of them, in their order: of the controller, or of this kiosk alone."""
        answers: list[Answer] = [NoAnswer(sent=False)] * len(wishes)
        if not self._asking.decides_alone:
            answers = self._controller_says(wishes)
        if self._asking.decides_alone:
            pairs = zip(wishes, answers, strict=True)
            answers = [
                self._lend_alone(wish) if isinstance(answer, NoAnswer) else answer
                for wish, answer in pairs
            ]
        return answers

    def renew(self, effect: RequestRenewal) -> Answer:
        """The answer to a renewal; asked again it is another operation."""
        kept: Entry | None = None
        request = RenewRequest(
            op_id=uuid4(),
            at=self._wall.now(),
            patron_id=effect.patron_id,
            owner=effect.copy.owner,
            item_id=effect.copy.item,
        )
        answer: Answer = NoAnswer(sent=False)
        if not self._asking.decides_alone:
            kept = self._journal.keep(request)
            answer = self._ask_singly(kept, RENEWALS)
            self._journal.settle_each([_settled(kept, answer)])
        if isinstance(answer, NoAnswer) and self._asking.decides_alone:
            answer = self._alone.renew(request, kept)
        return answer

    def _controller_says(self, wishes: Sequence[RequestCheckout]) -> list[Answer]:
        entries = self._keep(wishes)
        answers = self._ask(entries)
        outcomes = list(zip(entries, answers, strict=True))
        self._journal.settle_each([_settled(entry, answer) for entry, answer in outcomes])
        for wish, (entry, answer) in zip(wishes, outcomes, strict=True):
            if isinstance(answer, NoAnswer):
                self._open[wish.slot] = entry
            else:
                self._open.pop(wish.slot, None)
        return answers

    def _keep(self, wishes: Sequence[RequestCheckout]) -> list[Entry]:
        """All that is new in one write to the disk."""
        new = {wish.slot: self._request(wish) for wish in wishes if wish.slot not in self._open}
        kept = dict(zip(new, self._journal.keep_each(tuple(new.values())), strict=True))
        return [self._open.get(wish.slot) or kept[wish.slot] for wish in wishes]

    def _request(self, wish: RequestCheckout) -> CheckoutRequest:
        return CheckoutRequest(
            op_id=uuid4(),
            at=self._wall.now(),
            patron_id=wish.patron_id,
            owner=wish.copy.owner,
            item_id=wish.copy.item,
            uid=wish.uid,
            parts_seen=wish.parts_seen,
        )

    def _ask(self, entries: Sequence[Entry]) -> list[Answer]:
        if len(entries) == 1:
            return [self._ask_singly(entries[0], CHECKOUTS)]
        answers: list[Answer] = []
        for start in range(0, len(entries), MOST):
            answers += self._ask_together(entries[start : start + MOST])
        return answers

    def _ask_together(self, entries: Sequence[Entry]) -> list[Answer]:
        told = self._asking.online(lambda: self._send(entries))
        match told:
            case BatchAnswer(answers=answers):
                by_id = {answer.op_id: _answer(answer) for answer in answers}
                return [by_id[entry.op_id] for entry in entries]
            case None:  # one of them is beyond the ledger's understanding: the others must not wait
                return [self._ask_singly(entry, CHECKOUTS) for entry in entries]
            case _:
                return [told] * len(entries)

    def _send(self, entries: Sequence[Entry]) -> BatchAnswer | Refusal | NoAnswer | None:
        in_order = sorted(entries, key=lambda entry: entry.seq)
        batch = Batch(operations=tuple(late_operation(entry) for entry in in_order))
        try:
            return self._client.send_batch(batch)
        except NotUnderstood as error:
            log.error("stack_rejected", why=str(error), lines=len(entries))
            return None

    def _ask_singly(self, entry: Entry, path: str) -> Answer:
        return self._asking.online(lambda: self._client.operate(path, entry.body, LoanReceipt))

    def _lend_alone(self, wish: RequestCheckout) -> LoanReceipt | Refusal:
        kept = self._open.get(wish.slot)
        wanted = kept.request if kept else self._request(wish)
        if not isinstance(wanted, CheckoutRequest):
            raise TypeError(f"slot {wish.slot} was a {type(wanted).__name__} before")
        answer = self._alone.check_out(wanted, kept)
        self._open.pop(wish.slot, None)
        return answer


def _answer(late: LateAnswer) -> Answer:
    if isinstance(late.receipt, LoanReceipt):
        return late.receipt
    if late.refusal is not None:
        return late.refusal
    log.error("answer_not_understood", op_id=str(late.op_id), done=late.done)
    return NoAnswer(sent=True)


def _settled(entry: Entry, answer: Answer) -> Settled:
    match answer:
        case LoanReceipt():
            return Settled(entry.op_id, Outcome.DONE)
        case Refusal(reasons=reasons):
            return Settled(entry.op_id, Outcome.REFUSED, reasons)
        case NoAnswer(sent=sent):
            return Settled(entry.op_id, Outcome.UNKNOWN if sent else Outcome.NOT_SENT)
