"""Decide and record: facts, `circulation.rules.decide`, then rows and log in one transaction."""

from dataclasses import dataclass
from datetime import date

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
from circulation.loan import (
    Act,
    ItemState,
    SecurityAct,
    SecurityState,
    advance,
    advance_security,
)
from circulation.policy import Policy
from circulation.reasons import Reason
from circulation.rules import Decision, Facts, decide
from controller import journal
from controller.answers import CONFLICT, NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.devices.tokens import Caller
from controller.loans import rows
from controller.loans.facts import CopyRecord, find_copy, find_patron
from controller.sql import Transaction
from controller.tables import EventKind


@dataclass(frozen=True, slots=True)
class Loans:
    """The desk: every method is one act inside the caller's transaction."""

    policy: Policy
    time: LibraryTime

    def checkout(
        self, transaction: Transaction, caller: Caller, request: CheckoutRequest
    ) -> Answer:
        """Lend the copy: a loan, its due date, `disarm_due` until the tag is verified."""
        now = self.time.now()
        today = self.time.day(now)
        copy = find_copy(transaction, request.owner, request.item_id)
        patron = find_patron(transaction, request.patron_id, today)
        if copy is None or patron is None:
            return _not_found(copy)
        decision = decide(Facts(Act.CHECKOUT, copy.facts, patron.facts), self.policy, today)
        if decision.due is None:
            return _refusal(decision, copy)
        loan = rows.NewLoan(
            item_id=copy.id,
            patron_id=patron.id,
            lent_at=now,
            due=decision.due,
            counted=self.policy.counts(copy.facts.kind),
            policy_version=self.policy.version,
            device_id=caller.device_id,
        )
        loan_id = rows.insert_loan(transaction, loan)
        security = advance_security(copy.security, SecurityAct.LENT)
        rows.move_item(transaction, copy.id, _state_after(copy, Act.CHECKOUT), security)
        rows.learn_tag(transaction, copy, request.uid)
        detail = {"due": decision.due.isoformat(), "security": security.value}
        self._log(transaction, EventKind.CHECKED_OUT, caller, copy, detail)
        return _receipt(request, copy, loan_id, decision.due, renewals=0, security=security)

    def renew(self, transaction: Transaction, caller: Caller, request: RenewRequest) -> Answer:
        """Move the due date of this patron's own loan."""
        today = self.time.day(self.time.now())
        copy = find_copy(transaction, request.owner, request.item_id)
        patron = find_patron(transaction, request.patron_id, today)
        if copy is None or patron is None:
            return _not_found(copy)
        decision = decide(Facts(Act.RENEW, copy.facts, patron.facts), self.policy, today)
        if decision.due is None or copy.loan_id is None:
            return _refusal(decision, copy)
        rows.renew_loan(transaction, copy.loan_id, decision.due, self.policy.version)
        detail = {"due": decision.due.isoformat()}
        self._log(transaction, EventKind.RENEWED, caller, copy, detail)
        renewals = copy.facts.renewals + 1
        return _receipt(
            request, copy, copy.loan_id, decision.due, renewals=renewals, security=copy.security
        )

    def take_back(self, transaction: Transaction, caller: Caller, request: ReturnRequest) -> Answer:
        """Close the loan, if there is one; a copy that was not on loan is accepted all the same."""
        now = self.time.now()
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        today = self.time.day(now)
        decision = decide(Facts(Act.RETURN, copy.facts), self.policy, today)
        if not decision.ok:
            return _refusal(decision, copy)
        if copy.loan_id is not None:
            rows.close_loan(transaction, copy.loan_id, now)
        security = _security_after_return(copy.security)
        rows.move_item(transaction, copy.id, _state_after(copy, Act.RETURN), security)
        rows.learn_tag(transaction, copy, request.uid)
        due = copy.facts.due
        receipt = ReturnReceipt(
            op_id=request.op_id,
            item_id=copy.item_id,
            title=copy.title,
            was_on_loan=copy.loan_id is not None,
            overdue_days=0 if due is None else max(0, (today - due).days),
            destination=_destination(copy),
            security=security,
        )
        detail = {"was_on_loan": receipt.was_on_loan, "destination": receipt.destination.value}
        self._log(transaction, EventKind.RETURNED, caller, copy, detail)
        return granted(receipt)

    def sight(self, transaction: Transaction, caller: Caller, request: SightingRequest) -> Answer:
        """Note what an antenna verified; only a change is a line in the log."""
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        seen = SecurityAct.SEEN_ARMED if request.armed else SecurityAct.SEEN_DISARMED
        security = advance_security(copy.security, seen)
        rows.learn_tag(transaction, copy, request.uid)
        if security is not copy.security:
            rows.move_item(transaction, copy.id, copy.facts.state, security)
            detail = {"armed": request.armed, "security": security.value}
            self._log(transaction, EventKind.SECURITY_SEEN, caller, copy, detail)
        return granted(SightingReceipt(op_id=request.op_id, security=security))

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


def _not_found(copy: CopyRecord | None) -> Answer:
    return refused(NOT_FOUND, Reason.ITEM_UNKNOWN if copy is None else Reason.CARD_UNKNOWN)


def _receipt(
    request: CheckoutRequest | RenewRequest,
    copy: CopyRecord,
    loan_id: int,
    due: date,
    *,
    renewals: int,
    security: SecurityState,
) -> Answer:
    receipt = LoanReceipt(
        op_id=request.op_id,
        loan_id=str(loan_id),
        item_id=copy.item_id,
        title=copy.title,
        due=due,
        renewals=renewals,
        security=security,
    )
    return granted(receipt)


def _refusal(decision: Decision, copy: CopyRecord) -> Answer:
    mine = Reason.ALREADY_YOURS in decision.reasons
    return refused(
        CONFLICT,
        *decision.reasons,
        can_still_borrow=decision.can_still_borrow,
        due=copy.facts.due if mine else None,
    )


def _state_after(copy: CopyRecord, act: Act) -> ItemState:
    state = advance(copy.facts.state, act)
    if state is None:
        raise ValueError(f"the rules granted {act} of a copy that is {copy.facts.state}")
    return state


def _security_after_return(security: SecurityState) -> SecurityState:
    """A return is asked for after the tag was armed and read back, so that is seen as well."""
    taken_back = advance_security(security, SecurityAct.TAKEN_BACK)
    return advance_security(taken_back, SecurityAct.SEEN_ARMED)


def _destination(copy: CopyRecord) -> Destination:
    """A lost book that turns up is for staff: somebody may have paid for it."""
    return Destination.STAFF if copy.facts.state is ItemState.LOST else Destination.SHELF
