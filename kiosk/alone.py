"""Decides while the controller is away: the very rules of `circulation`, on what is known here.

What is granted is in the journal, as a fact, before anybody hears of it. How far a kiosk is trusted
alone is configuration; beyond that it refuses, and says why. A return is taken in any case.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from circulation.api import (
    Account,
    CheckoutRequest,
    Destination,
    ItemsAnswer,
    ItemView,
    LoanReceipt,
    LoanView,
    PatronView,
    Refusal,
    RenewRequest,
    ReturnReceipt,
    ReturnRequest,
)
from circulation.configuration import KioskSettings
from circulation.ids import CardUid, Copy, PatronId, TagUid
from circulation.loan import Act, ItemState, SecurityState
from circulation.policy import ItemKind
from circulation.reasons import Reason
from circulation.rules import Decision, Facts, ItemFacts, PatronFacts, decide
from circulation.snapshot import card_hash
from kiosk.clock import TOLERANCE, WallClock, local_day
from kiosk.journal import Entry, Journal, Kind, Outcome
from kiosk.known import Index, Known, copy_of
from kiosk.service import Trusted, trust_in
from kiosk.snapshots import Held, SnapshotStore
from kiosk.titles import Caption, TitleStore


@dataclass(frozen=True, slots=True)
class Trust:
    """How far this kiosk may decide alone."""

    books: int = 3  # per patron, until the controller has heard of them
    operations: int = 500  # decided alone and not yet delivered
    age: timedelta = timedelta(hours=24)  # of the snapshot

    def with_wishes(self, wished: KioskSettings | None) -> "Trust":
        """What staff set from afar on top of these, the kiosk's own."""
        if wished is None:
            return self
        hours = wished.offline_hours
        return Trust(
            books=self.books if wished.offline_books is None else wished.offline_books,
            operations=self.operations
            if wished.offline_operations is None
            else wished.offline_operations,
            age=self.age if hours is None else timedelta(hours=hours),
        )


class Alone:
    """Every method answers as the controller would. Any thread may ask; one decision at a time."""

    def __init__(
        self,
        journal: Journal,
        snapshots: SnapshotStore,
        titles: TitleStore,
        token_hash: str,
        trust: Trust,
        clock: WallClock,
    ) -> None:
        self._journal = journal
        self._snapshots = snapshots
        self._titles = titles
        self._token_hash = token_hash
        self._trust = trust
        self._clock = clock
        self._lock = threading.Lock()
        self._indexed: tuple[Held, Index] | None = None

    @property
    def is_able(self) -> bool:
        """True when there is a snapshot to decide by, however old, and some trust in it."""
        held = self._snapshots.held
        complete = held is not None and None not in (held.sections.policy, held.sections.cards)
        return complete and self._trust.age > timedelta(0)

    @property
    def trusted(self) -> Trusted | None:
        """By what it may decide, and how long still; None: by nothing."""
        held = self._snapshots.held
        if held is None or not self.is_able:
            return None
        now = self._clock.now()
        if held.at - now > TOLERANCE:  # as in `_is_fresh`: nobody knows how old it is
            return Trusted(held.at, timedelta(0), near=True)
        return trust_in(held.at, now, self._trust.age)

    def set_trust(self, trust: Trust) -> None:
        """From the next decision on it goes so far and no further."""
        with self._lock:
            self._trust = trust

    def resolve_card(self, uid: CardUid) -> PatronView | Refusal:
        """Whose card it is. No name: there is none in a snapshot."""
        with self._lock:
            index = self._index()
            rights = index.cards.get(card_hash(self._token_hash, uid))
            if rights is None:
                return Refusal(reasons=(Reason.CARD_UNKNOWN,))
            if rights.card_blocked:
                return Refusal(reasons=(Reason.CARD_BLOCKED,))
            known, today = self._known()
            patron = PatronId(rights.patron_id)
            facts = known.patron(patron)
            decision = decide(Facts(Act.CHECKOUT, _A_BOOK, facts), known.policy, today)
            refused = self._distrust(patron) + decision.reasons
            view = _view(patron, facts, refused, decision, len(known.loans(patron)))
            most = max(0, self._trust.books - self._lent_alone(patron))
            return view.model_copy(update={"can_still_borrow": min(view.can_still_borrow, most)})

    def resolve_items(self, copies: Sequence[tuple[Copy, TagUid]]) -> ItemsAnswer:
        """How these copies stand. Nobody knows all copies here, so none is called unknown."""
        with self._lock:
            known, _ = self._known()
            facts = [(copy, known.item(copy)) for copy, _ in copies]
        items = tuple(_item_view(copy, one, self._titles.caption(copy)) for copy, one in facts)
        return ItemsAnswer(items=items, unknown=())

    def account(self, patron: PatronId) -> Account | Refusal:
        """A patron's loans as far as they are known here."""
        with self._lock:
            known, today = self._known()
            facts = known.patron(patron)
            decision = decide(Facts(Act.CHECKOUT, _A_BOOK, facts), known.policy, today)
            loans = known.loans(patron)
            most = known.policy.terms(facts.category if facts else None).max_renewals
            view = _view(patron, facts, decision.reasons, decision, len(loans))
        views = tuple(
            _loan_view(copy, self._titles.caption(copy), loan, today, most)
            for copy, loan in loans.items()
        )
        return Account(patron=view, loans=views)

    def check_out(
        self, request: CheckoutRequest, kept: Entry | None = None
    ) -> LoanReceipt | Refusal:
        """Lend, and have it on disk; `kept` when the controller was asked for it before."""
        return self._grant(Act.CHECKOUT, request, kept)

    def renew(self, request: RenewRequest, kept: Entry | None = None) -> LoanReceipt | Refusal:
        """Renew, and have it on disk."""
        return self._grant(Act.RENEW, request, kept)

    def take_back(self, request: ReturnRequest) -> ReturnReceipt | Refusal:
        """Take the copy back, and have it on disk."""
        copy = copy_of(request.owner, request.item_id)
        with self._lock:
            known, today = self._known()
            before = known.item(copy)
            decision = decide(known.facts(Act.RETURN, copy, None), known.policy, today)
            if not decision.ok:
                return Refusal(reasons=decision.reasons)
            self._journal.keep(request, alone=True, clock=self._clock.certainty())
            return _return_receipt(request, before, known.someone_waits(copy), today)

    def _grant(
        self, act: Act, request: CheckoutRequest | RenewRequest, kept: Entry | None
    ) -> LoanReceipt | Refusal:
        copy, patron = copy_of(request.owner, request.item_id), PatronId(request.patron_id)
        with self._lock:
            known, today = self._known()
            facts = known.facts(act, copy, patron)
            decision = decide(facts, known.policy, today)
            stranger = (Reason.CARD_UNKNOWN,) if facts.patron is None else ()
            reasons = stranger + decision.reasons + self._distrust(patron, lends=act is _LEND)
            if reasons:
                return self._refuse(reasons, facts, decision, kept)
            clock = self._clock.certainty()
            if kept is None:
                self._journal.keep(request, alone=True, clock=clock)
            else:
                self._journal.become_facts((kept.op_id,), clock)
        return _loan_receipt(request, facts.item, decision, renews=act is Act.RENEW)

    def _refuse(
        self,
        reasons: tuple[Reason, ...],
        facts: Facts,
        decision: Decision,
        kept: Entry | None,
    ) -> Refusal:
        if kept is not None:
            self._journal.settle(kept.op_id, Outcome.REFUSED, reasons)
        due = facts.item.due if Reason.ALREADY_YOURS in reasons else None
        return Refusal(reasons=reasons, can_still_borrow=decision.can_still_borrow, due=due)

    def _distrust(self, patron: PatronId, *, lends: bool = True) -> tuple[Reason, ...]:
        """Beyond which limits of trust this would be."""
        done = sum(entry.kind is not Kind.SIGHTING for entry in self._decided())
        lent = self._lent_alone(patron)
        answers = (
            (not self._is_fresh(), Reason.OFFLINE_TOO_LONG),
            (done >= self._trust.operations, Reason.OFFLINE_FULL),
            (lends and lent >= self._trust.books, Reason.OFFLINE_LIMIT),
        )
        return tuple(reason for beyond, reason in answers if beyond)

    def _decided(self) -> list[Entry]:
        """What was decided alone, and the controller has not heard of."""
        return [entry for entry in self._journal.pending_facts() if entry.alone]

    def _lent_alone(self, patron: PatronId) -> int:
        requests = (entry.request for entry in self._decided())
        return sum(isinstance(one, CheckoutRequest) and one.patron_id == patron for one in requests)

    def _is_fresh(self) -> bool:
        """A clock that is behind the snapshot does not tell how old the snapshot is."""
        held = self._snapshots.held
        if held is None:
            return False
        return -TOLERANCE <= self._clock.now() - held.at <= self._trust.age

    def _known(self) -> tuple[Known, date]:
        index, held = self._index(), self._snapshots.held
        today = local_day(max(self._clock.now(), index.at))
        acts = self._journal.since(held.settled if held else 0)
        return Known(index, (entry.request for entry in acts), today), today

    def _index(self) -> Index:
        held = self._snapshots.held
        if held is None:
            raise ValueError("there is no snapshot to decide by: ask `is_able` before")
        if self._indexed is None or self._indexed[0] is not held:
            self._indexed = held, Index(held.at, held.sections)
        return self._indexed[1]


_LEND = Act.CHECKOUT
_A_BOOK = ItemFacts(kind=ItemKind.BOOK, state=ItemState.IN_STOCK)


def _view(
    patron: PatronId,
    facts: PatronFacts | None,
    blocked: tuple[Reason, ...],
    decision: Decision,
    open_loans: int,
) -> PatronView:
    return PatronView(
        patron_id=patron,
        masked_name="",
        class_name="",
        blocked=blocked,
        open_loans=open_loans,
        overdue_loans=facts.overdue_loans if facts else 0,
        can_still_borrow=decision.can_still_borrow or 0,
    )


def _item_view(copy: Copy, facts: ItemFacts, called: Caption) -> ItemView:
    """The tag is what its loan wants, until it is seen otherwise."""
    on_loan = facts.state is ItemState.ON_LOAN
    return ItemView(
        owner=copy.owner,
        item_id=copy.item,
        title=called.title,
        author=called.author,
        kind=facts.kind,
        section=called.section,
        parts=max(1, len(called.parts)),
        state=facts.state,
        security=SecurityState.DISARMED if on_loan else SecurityState.ARMED,
        part_names=called.parts if any(called.parts) else (),
    )


def _loan_view(
    copy: Copy, called: Caption, loan: ItemFacts, today: date, most_renewals: int
) -> LoanView:
    due = loan.due or today
    return LoanView(
        loan_id=_NO_NUMBER,
        owner=copy.owner,
        item_id=copy.item,
        title=called.title,
        author=called.author,
        section=called.section,
        due=due,
        overdue=due < today,
        renewals_left=max(0, most_renewals - loan.renewals),
        security=SecurityState.DISARMED,
    )


def _loan_receipt(
    request: CheckoutRequest | RenewRequest,
    before: ItemFacts,
    decision: Decision,
    *,
    renews: bool,
) -> LoanReceipt:
    if decision.due is None:
        raise ValueError("a granted loan has a due date")
    return LoanReceipt(
        op_id=request.op_id,
        loan_id=_NO_NUMBER,
        item_id=request.item_id,
        title="",
        due=decision.due,
        renewals=before.renewals + 1 if renews else 0,
        security=SecurityState.DISARMED if renews else SecurityState.DISARM_DUE,
    )


def _return_receipt(
    request: ReturnRequest, before: ItemFacts, waited_for: bool, today: date
) -> ReturnReceipt:
    """A copy for somebody goes to the librarian: the number of its slip is the ledger's to give."""
    lent = before.state is ItemState.ON_LOAN
    plain = before.state in (ItemState.ON_LOAN, ItemState.IN_STOCK)
    late = (today - before.due).days if lent and before.due is not None else 0
    return ReturnReceipt(
        op_id=request.op_id,
        item_id=request.item_id,
        title="",
        was_on_loan=lent,
        overdue_days=max(0, late),
        destination=Destination.SHELF if plain and not waited_for else Destination.STAFF,
        security=SecurityState.ARMED,
    )


_NO_NUMBER = ""  # the ledger gives a loan its number
