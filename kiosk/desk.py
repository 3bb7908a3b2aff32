"""Carries out what a session asks of the ledger, on worker threads, and posts the answers.

An operation is written into the journal before it is sent, and its answer before it is posted.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import assert_never
from uuid import uuid4

import structlog

from circulation.api import (
    ItemsAnswer,
    Refusal,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.class_sets import StackAnswer
from circulation.desk import HoldView, PatronHolds
from circulation.ids import PatronId
from circulation.reasons import Reason
from kiosk.alone import Alone
from kiosk.asking import Asking
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.courier import Courier, FactAnswer
from kiosk.effects import (
    AskStack,
    FetchAccount,
    RecordSighting,
    RequestCheckout,
    RequestCheckouts,
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
from kiosk.journal import Journal
from kiosk.link import Link
from kiosk.wishes import Wishes

log = structlog.get_logger(__name__)
_NO_SETS = NoAnswer(sent=False)  # a snapshot does not say who gets which textbooks

WORKERS = 4  # a stack is asked for side by side; one slow answer does not hold up the others
Asked = (
    ResolveCard
    | ResolveItems
    | FetchAccount
    | AskStack
    | RequestCheckout
    | RequestCheckouts
    | RequestRenewal
    | RequestReturn
    | RecordSighting
)


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
        self._alone = alone
        self._wall = wall
        self._journal = journal
        self._client = client
        self._courier = courier
        self._post = post
        self._asking = Asking(link, alone, courier, journal)
        self._wishes = Wishes(journal, client, self._asking, alone, wall)
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
            case RequestCheckouts(wishes=wishes):
                for wish in wishes:
                    self._give_up(wish)
            case RequestRenewal(session=session, slot=slot, copy=copy):
                self._post(RenewalAnswered(session, slot, copy, NoAnswer(sent=False)))
            case RequestReturn(session=session, slot=slot, copy=copy):
                refused = Refusal(reasons=(Reason.NO_CONNECTION,))
                self._post(ReturnAnswered(session, slot, copy, refused))
            case ResolveCard() | ResolveItems() | FetchAccount() | AskStack():
                self._leave_open(effect)
            case RecordSighting():
                pass  # nothing was promised: shown in amber until the next sighting
            case _:
                assert_never(effect)

    def _leave_open(self, effect: ResolveCard | ResolveItems | FetchAccount | AskStack) -> None:
        """A question that broke is asked again: nobody waits for its answer for ever."""
        silence = NoAnswer(sent=False)
        match effect:
            case ResolveCard(session=session, uid=uid):
                self._post(CardResolved(session, uid, silence))
            case ResolveItems(session=session, copies=asked):
                self._post(ItemsResolved(session, tuple(copy for copy, _ in asked), silence))
            case FetchAccount(session=session, patron_id=patron_id):
                self._post(AccountFetched(session, patron_id, silence))
            case AskStack(session=session):
                self._post(StackAnswered(session, silence))
            case _:
                assert_never(effect)

    def _do(self, effect: Asked) -> None:
        match effect:
            case ResolveCard(session=session, uid=uid):
                owner = self._asking.ask(
                    lambda: self._client.resolve_card(uid), lambda: self._alone.resolve_card(uid)
                )
                self._post(CardResolved(session, uid, owner))
            case ResolveItems(session=session, copies=asked):
                found: ItemsAnswer | Refusal | NoAnswer = self._asking.ask(
                    lambda: self._client.resolve_items(asked),
                    lambda: self._alone.resolve_items(asked),
                )
                self._post(ItemsResolved(session, tuple(copy for copy, _ in asked), found))
            case FetchAccount(session=session, patron_id=patron_id):
                account = self._asking.ask(
                    lambda: self._client.account(patron_id), lambda: self._alone.account(patron_id)
                )
                self._post(AccountFetched(session, patron_id, account, self._holds(patron_id)))
            case AskStack(session=session, patron_id=whose, copies=copies, purpose=purpose):
                compared: StackAnswer | Refusal | NoAnswer = self._asking.ask(
                    lambda: self._client.compare_stack(whose, copies, purpose), lambda: _NO_SETS
                )
                self._post(StackAnswered(session, compared))
            case RequestCheckout():
                self._check_out((effect,))
            case RequestCheckouts(wishes=wishes):
                self._check_out(wishes)
            case RequestRenewal():
                self._renew(effect)
            case RequestReturn():
                self._take_back(effect)
            case RecordSighting():
                self._record(effect)
            case _:
                assert_never(effect)

    def _holds(self, patron_id: PatronId) -> tuple[HoldView, ...]:
        """Without an answer the loans are shown alone."""
        if self._asking.decides_alone:
            return ()
        answer = self._asking.online(lambda: self._client.holds(patron_id))
        return answer.holds if isinstance(answer, PatronHolds) else ()

    def _check_out(self, wishes: Sequence[RequestCheckout]) -> None:
        answers = self._wishes.check_out(wishes)
        for wish, answer in zip(wishes, answers, strict=True):
            self._post(CheckoutAnswered(wish.session, wish.slot, wish.copy, answer))
        self._hand_over_if_alone()

    def _renew(self, effect: RequestRenewal) -> None:
        answer = self._wishes.renew(effect)
        self._post(RenewalAnswered(effect.session, effect.slot, effect.copy, answer))
        self._hand_over_if_alone()

    def _hand_over_if_alone(self) -> None:
        if self._asking.decides_alone:
            self._courier.wake()

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
        if self._asking.decides_alone:
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
            alone=self._asking.decides_alone,
            clock=self._wall.certainty(),
        )
        self._post(SightingKept(effect.session, effect.copy, effect.armed))
        self._courier.wake()
