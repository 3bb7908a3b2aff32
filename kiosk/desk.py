"""Carries out what a session asks of the ledger, on worker threads, and posts the answers.

An operation is written into the journal before it is sent, and its answer before it is posted.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, assert_never
from uuid import uuid4

import structlog

from circulation.api import (
    CHECKOUTS,
    RENEWALS,
    CheckoutRequest,
    ItemsAnswer,
    LoanReceipt,
    Refusal,
    RenewRequest,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.class_sets import StackAnswer
from circulation.desk import HoldView, PatronHolds
from circulation.ids import PatronId
from circulation.reasons import Reason
from kiosk.alone import Alone
from kiosk.client import ControllerClient, NotUnderstood
from kiosk.clock import WallClock
from kiosk.courier import Courier, FactAnswer
from kiosk.effects import (
    AskStack,
    FetchAccount,
    RecordSighting,
    RequestCheckout,
    RequestRenewal,
    RequestReturn,
    ResolveCard,
    ResolveItems,
)
from kiosk.events import (
    AccountFetched,
    CardResolved,
    CheckoutAnswered,
    Event,
    ItemsResolved,
    NoAnswer,
    RenewalAnswered,
    ReturnAnswered,
    SightingKept,
    StackAnswered,
)
from kiosk.journal import Entry, Journal, Outcome
from kiosk.link import Link

log = structlog.get_logger(__name__)
_NO_SETS = NoAnswer(sent=False)  # a snapshot does not say who gets which textbooks

WORKERS = 4  # a stack is asked for side by side; one slow answer does not hold up the others
Asked = (
    ResolveCard
    | ResolveItems
    | FetchAccount
    | AskStack
    | RequestCheckout
    | RequestRenewal
    | RequestReturn
    | RecordSighting
)
T = TypeVar("T")


class Desk:
    """`carry_out` returns at once."""

    def __init__(
        self,
        journal: Journal,
        client: ControllerClient,
        courier: Courier,
        post: Callable[[Event], None],
        link: Link,
        alone: Alone,
        wall: WallClock,
    ) -> None:
        self._link = link
        self._alone = alone
        self._wall = wall
        self._journal = journal
        self._client = client
        self._courier = courier
        self._post = post
        self._wishes: dict[int, Entry] = {}  # by slot: the same slot is the same operation
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="desk")

    def stop(self) -> None:
        """Finish what is under way; begin nothing more."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def carry_out(self, effect: Asked) -> None:
        """Do this on a worker thread; an event follows."""
        self._pool.submit(self.work, effect)

    def work(self, effect: Asked) -> None:
        """The same on the caller's thread."""
        try:
            self._do(effect)
        except Exception:  # a worker's exception would vanish in its future, unseen
            log.exception("effect_failed", effect=type(effect).__name__)
            self._give_up(effect)

    def _give_up(self, effect: Asked) -> None:
        """The disk is full or broken: nothing was sent, and nothing may look as if it were."""
        match effect:
            case RequestCheckout(session=session, slot=slot, copy=copy):
                self._post(CheckoutAnswered(session, slot, copy, NoAnswer(sent=False)))
            case RequestRenewal(session=session, slot=slot, copy=copy):
                self._post(RenewalAnswered(session, slot, copy, NoAnswer(sent=False)))
            case RequestReturn(session=session, slot=slot, copy=copy):
                refused = Refusal(reasons=(Reason.NO_CONNECTION,))
                self._post(ReturnAnswered(session, slot, copy, refused))
            case ResolveCard() | ResolveItems() | FetchAccount() | AskStack() | RecordSighting():
                pass  # nothing was promised; asked again, or shown in amber until the next sighting
            case _:
                assert_never(effect)

    def _do(self, effect: Asked) -> None:
        match effect:
            case ResolveCard(session=session, uid=uid):
                owner = self._ask(
                    lambda: self._client.resolve_card(uid), lambda: self._alone.resolve_card(uid)
                )
                self._post(CardResolved(session, uid, owner))
            case ResolveItems(session=session, copies=asked):
                found: ItemsAnswer | Refusal | NoAnswer = self._ask(
                    lambda: self._client.resolve_items(asked),
                    lambda: self._alone.resolve_items(asked),
                )
                self._post(ItemsResolved(session, tuple(copy for copy, _ in asked), found))
            case FetchAccount(session=session, patron_id=patron_id):
                account = self._ask(
                    lambda: self._client.account(patron_id), lambda: self._alone.account(patron_id)
                )
                self._post(AccountFetched(session, patron_id, account, self._holds(patron_id)))
            case AskStack(session=session, patron_id=whose, copies=copies, purpose=purpose):
                compared: StackAnswer | Refusal | NoAnswer = self._ask(
                    lambda: self._client.compare_stack(whose, copies, purpose), lambda: _NO_SETS
                )
                self._post(StackAnswered(session, compared))
            case RequestCheckout():
                self._check_out(effect)
            case RequestRenewal():
                self._renew(effect)
            case RequestReturn():
                self._take_back(effect)
            case RecordSighting():
                self._record(effect)
            case _:
                assert_never(effect)

    @property
    def _decides_alone(self) -> bool:
        """Without a snapshot the controller is asked all the same: there is nothing better."""
        return self._link.alone and self._alone.is_able

    def _ask(self, online: Callable[[], T | NoAnswer], alone: Callable[[], T]) -> T | NoAnswer:
        if not self._decides_alone:
            answer = self._online(online)
            if not isinstance(answer, NoAnswer):
                return answer
        return alone() if self._decides_alone else NoAnswer(sent=True)

    def _online(self, ask: Callable[[], T | NoAnswer]) -> T | NoAnswer:
        """The controller's answer; the link hears how it went, and the courier finds out more.

        A request that the controller cannot read counts as no answer, and says nothing of the line.
        """
        try:
            answer = ask()
        except NotUnderstood as error:
            log.error("request_rejected", why=str(error))
            return NoAnswer(sent=True)
        if isinstance(answer, NoAnswer):
            self._link.failed()
            self._courier.wake()
        elif self._link.in_doubt:
            self._link.answered(waiting=self._journal.waiting())
        return answer

    def _holds(self, patron_id: PatronId) -> tuple[HoldView, ...]:
        """Without an answer the loans are shown alone."""
        if self._decides_alone:
            return ()
        answer = self._online(lambda: self._client.holds(patron_id))
        return answer.holds if isinstance(answer, PatronHolds) else ()

    def _check_out(self, effect: RequestCheckout) -> None:
        kept = self._wishes.get(effect.slot)
        request = CheckoutRequest(
            op_id=uuid4(),
            at=self._wall.now(),
            patron_id=effect.patron_id,
            owner=effect.copy.owner,
            item_id=effect.copy.item,
            uid=effect.uid,
            parts_seen=effect.parts_seen,
        )
        answer: LoanReceipt | Refusal | NoAnswer = NoAnswer(sent=False)
        if not self._decides_alone:
            kept = kept or self._journal.keep(request)
            answer = self._wish(effect.slot, kept, CHECKOUTS)
        if isinstance(answer, NoAnswer) and self._decides_alone:
            wanted = kept.request if kept else request
            if not isinstance(wanted, CheckoutRequest):
                raise TypeError(f"slot {effect.slot} was a {type(wanted).__name__} before")
            answer = self._alone.check_out(wanted, kept)
            self._decided(effect.slot)
        self._post(CheckoutAnswered(effect.session, effect.slot, effect.copy, answer))

    def _renew(self, effect: RequestRenewal) -> None:
        kept: Entry | None = None
        request = RenewRequest(
            op_id=uuid4(),
            at=self._wall.now(),
            patron_id=effect.patron_id,
            owner=effect.copy.owner,
            item_id=effect.copy.item,
        )
        answer: LoanReceipt | Refusal | NoAnswer = NoAnswer(sent=False)
        if not self._decides_alone:
            kept = self._journal.keep(request)
            answer = self._wish(effect.slot, kept, RENEWALS)
        if isinstance(answer, NoAnswer) and self._decides_alone:
            answer = self._alone.renew(request, kept)
            self._decided(effect.slot)
        self._post(RenewalAnswered(effect.session, effect.slot, effect.copy, answer))

    def _decided(self, slot: int) -> None:
        self._wishes.pop(slot, None)
        self._courier.wake()

    def _wish(self, slot: int, entry: Entry, path: str) -> LoanReceipt | Refusal | NoAnswer:
        answer: LoanReceipt | Refusal | NoAnswer = self._online(
            lambda: self._client.operate(path, entry.body, LoanReceipt)
        )
        match answer:
            case LoanReceipt():
                self._journal.settle(entry.op_id, Outcome.DONE)
            case Refusal(reasons=reasons):
                self._journal.settle(entry.op_id, Outcome.REFUSED, reasons)
            case NoAnswer(sent=sent):
                self._journal.settle(entry.op_id, Outcome.UNKNOWN if sent else Outcome.NOT_SENT)
            case _:
                assert_never(answer)
        if isinstance(answer, NoAnswer):
            self._wishes[slot] = entry
        else:
            self._wishes.pop(slot, None)
        return answer

    def _take_back(self, effect: RequestReturn) -> None:
        def tell(answer: FactAnswer) -> None:
            if not isinstance(answer, SightingReceipt):
                self._post(ReturnAnswered(effect.session, effect.slot, effect.copy, answer))

        request = ReturnRequest(
            op_id=uuid4(),
            at=self._wall.now(),
            owner=effect.copy.owner,
            item_id=effect.copy.item,
            uid=effect.uid,
        )
        if self._decides_alone:
            tell(self._alone.take_back(request))
            self._courier.wake()
            return
        self._courier.expect(request.op_id, tell)
        self._journal.keep(request)
        self._courier.wake()

    def _record(self, effect: RecordSighting) -> None:
        self._journal.keep(
            SightingRequest(
                op_id=uuid4(),
                at=self._wall.now(),
                owner=effect.copy.owner,
                item_id=effect.copy.item,
                uid=effect.uid,
                armed=effect.armed,
            ),
            alone=self._decides_alone,
            clock=self._wall.certainty(),
        )
        self._post(SightingKept(effect.session, effect.copy, effect.armed))
        self._courier.wake()
