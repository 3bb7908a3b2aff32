"""Decide and record: facts, `circulation.rules.decide`, then rows and log in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from circulation.api import (
    CheckoutRequest,
    Destination,
    LoanReceipt,
    RenewRequest,
    ReturnReceipt,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.holds import slip_code
from circulation.loan import (
    Act,
    ItemState,
    SecurityAct,
    SecurityState,
    advance_security,
)
from circulation.policy import Policy
from circulation.reasons import Reason
from circulation.rules import Facts, decide
from controller import journal
from controller.answers import NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.devices.tokens import Caller
from controller.holds import queue
from controller.loans import rows
from controller.loans.facts import CopyRecord, facts_for, find_copy, find_patron, with_parts
from controller.loans.grant import Grant, state_after
from controller.loans.refusals import not_found, refusal
from controller.security.ledger import Observation, last_seen, observe
from controller.sql import Transaction
from controller.tables import EventKind


@dataclass(frozen=True, slots=True)
class Override:
    """Who set the rules of the house aside, and why; both go into the log."""

    staff: str
    note: str


@dataclass(frozen=True, slots=True)
class Loans:
    """The desk: every method is one act inside the caller's transaction.

    `at` is when it happened, for an act that the ledger hears of late; otherwise it is now.
    """

    policy: Policy
    time: LibraryTime

    def checkout(
        self,
        transaction: Transaction,
        caller: Caller,
        request: CheckoutRequest,
        *,
        at: datetime | None = None,
        override: Override | None = None,
    ) -> Answer:
        """Lend the copy: a loan, its due date, `disarm_due` until the tag is verified."""
        at = at or self.time.now()
        today = self.time.day(at)
        copy = find_copy(transaction, request.owner, request.item_id)
        patron = find_patron(transaction, request.patron_id, today)
        if copy is None or patron is None:
            return not_found(copy)
        facts = facts_for(transaction, Act.CHECKOUT, copy, patron, self.policy, today)
        facts = with_parts(facts, request.parts_seen)
        decision = decide(facts, self.policy, today, overriding=override is not None)
        if decision.due is None:
            return refusal(transaction, decision, copy, patron, today)
        self._log_override(transaction, caller, copy, decision.overridden, override)
        grant = Grant(caller, request, copy, decision.due)
        loan_id = rows.insert_loan(transaction, grant.loan(self.policy), at)
        rows.move_items(transaction, (grant.move(),))
        rows.learn_tag(transaction, copy, request.uid)
        if copy.has_holds:
            place, now = _place(copy, caller), self.time.now()
            queue.take(transaction, place, patron.id, self.policy, today, now)
        self._log(transaction, EventKind.CHECKED_OUT, caller, copy, grant.line().detail)
        return grant.receipt(loan_id)

    def renew(
        self,
        transaction: Transaction,
        caller: Caller,
        request: RenewRequest,
        *,
        at: datetime | None = None,
        override: Override | None = None,
    ) -> Answer:
        """Move the due date of this patron's own loan, never to an earlier day."""
        today = self.time.day(at or self.time.now())
        copy = find_copy(transaction, request.owner, request.item_id)
        patron = find_patron(transaction, request.patron_id, today)
        if copy is None or patron is None:
            return not_found(copy)
        facts = facts_for(transaction, Act.RENEW, copy, patron, self.policy, today)
        decision = decide(facts, self.policy, today, overriding=override is not None)
        if decision.due is None or copy.loan_id is None:
            return refusal(transaction, decision, copy, patron, today)
        self._log_override(transaction, caller, copy, decision.overridden, override)
        due = max(decision.due, copy.facts.due or decision.due)
        rows.renew_loan(transaction, copy.loan_id, due, self.policy.version)
        self._log(transaction, EventKind.RENEWED, caller, copy, {"due": due.isoformat()})
        receipt = LoanReceipt(
            op_id=request.op_id,
            loan_id=str(copy.loan_id),
            item_id=copy.item_id,
            title=copy.title,
            due=due,
            renewals=copy.facts.renewals + 1,
            security=copy.security,
        )
        return granted(receipt)

    def take_back(
        self,
        transaction: Transaction,
        caller: Caller,
        request: ReturnRequest,
        *,
        at: datetime | None = None,
        armed: bool = True,
    ) -> Answer:
        """Close the loan, if there is one; a copy that was not on loan is accepted all the same.

        Not `armed`: no antenna has seen the tag, so that it stands on the list of repairs.
        """
        at = at or self.time.now()
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        today = self.time.day(at)
        decision = decide(Facts(Act.RETURN, copy.facts), self.policy, today)
        if not decision.ok:
            return refusal(transaction, decision, copy, None, today)
        if copy.loan_id is not None:
            rows.close_loan(transaction, copy.loan_id, at)
        state = state_after(copy, Act.RETURN)
        security = _security_after_return(copy.security, armed=armed)
        rows.move_item(transaction, copy.id, state, security)
        rows.learn_tag(transaction, copy, request.uid)
        if armed:
            seen = Observation(copy.id, caller.device_id, armed=True, at=at, taken_back=True)
            observe(transaction, seen, self.time.now())
        destination, hold_id = self._destination(transaction, caller, copy, state)
        due = copy.facts.due
        receipt = ReturnReceipt(
            op_id=request.op_id,
            item_id=copy.item_id,
            title=copy.title,
            was_on_loan=copy.loan_id is not None,
            overdue_days=0 if due is None else max(0, (today - due).days),
            destination=destination,
            security=security,
            hold_code=None if hold_id is None else slip_code(hold_id),
        )
        detail = {"was_on_loan": receipt.was_on_loan, "destination": receipt.destination.value}
        self._log(transaction, EventKind.RETURNED, caller, copy, detail)
        return granted(receipt)

    def sight(
        self,
        transaction: Transaction,
        caller: Caller,
        request: SightingRequest,
        *,
        at: datetime | None = None,
    ) -> Answer:
        """Note what an antenna saw; only a change is a line in the log.

        A sighting older than the last one changes nothing, and nor does one that was not read back.
        """
        at = at or self.time.now()
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        now = self.time.now()
        last = last_seen(transaction, copy.id, now)
        seen = Observation(
            item_id=copy.id,
            device_id=caller.device_id,
            armed=request.armed,
            at=at,
            antenna=request.antenna,
            verified=request.verified,
            failed_writes=request.failed_writes,
        )
        observe(transaction, seen, now)
        rows.learn_tag(transaction, copy, request.uid)
        stale = last is not None and at < last
        if stale or not request.verified:
            return granted(SightingReceipt(op_id=request.op_id, security=copy.security))
        act = SecurityAct.SEEN_ARMED if request.armed else SecurityAct.SEEN_DISARMED
        security = advance_security(copy.security, act)
        if security is not copy.security:
            rows.move_item(transaction, copy.id, copy.facts.state, security)
            detail: journal.Detail = {
                "armed": request.armed,
                "security": security.value,
                "antenna": request.antenna,
            }
            self._log(transaction, EventKind.SECURITY_SEEN, caller, copy, detail)
        return granted(SightingReceipt(op_id=request.op_id, security=security))

    def _destination(
        self, transaction: Transaction, caller: Caller, copy: CopyRecord, state: ItemState
    ) -> tuple[Destination, int | None]:
        """A lost book that turns up is for staff: somebody may have paid for it."""
        if copy.facts.state is ItemState.LOST or state is not ItemState.IN_STOCK:
            return Destination.STAFF, None
        if copy.hold is not None:
            return Destination.HOLD_SHELF, copy.hold.id
        if not copy.has_holds or copy.facts.reading_room_only:
            return Destination.SHELF, None
        now = self.time.now()
        place = _place(copy, caller)
        hold_id = queue.shelve_for_next(transaction, place, self.policy, self.time.day(now), now)
        return (Destination.SHELF if hold_id is None else Destination.HOLD_SHELF), hold_id

    def _log_override(
        self,
        transaction: Transaction,
        caller: Caller,
        copy: CopyRecord,
        overridden: tuple[Reason, ...],
        override: Override | None,
    ) -> None:
        if override is None or not overridden:
            return
        rules = ", ".join(overridden)
        detail = {"rules": rules, "staff": override.staff, "note": override.note}
        self._log(transaction, EventKind.RULE_OVERRIDDEN, caller, copy, detail)

    def _log(
        self,
        transaction: Transaction,
        kind: EventKind,
        caller: Caller,
        copy: CopyRecord,
        detail: journal.Detail,
    ) -> None:
        journal.append(
            transaction,
            kind,
            self.time.now(),
            device_id=caller.device_id,
            item_id=copy.id,
            title_id=copy.title_id,
            detail=detail,
        )


def _place(copy: CopyRecord, caller: Caller) -> queue.Place:
    return queue.Place(copy.id, copy.title_id, copy.owner, caller.device_id)


def _security_after_return(security: SecurityState, *, armed: bool) -> SecurityState:
    """A device asks for a return after it armed the tag and read it back: that is seen as well."""
    taken_back = advance_security(security, SecurityAct.TAKEN_BACK)
    return advance_security(taken_back, SecurityAct.SEEN_ARMED) if armed else taken_back
