"""Apply what a device did on its own: the ledger takes it over, or a librarian is asked.

Nothing here refuses a loan, a return, a renewal or a word of damage that happened.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from circulation.api import LoanReceipt, Refusal, SightingRequest
from circulation.loan import Act, ItemState, SecurityAct, advance_security
from circulation.messages import Clock
from circulation.offline import (
    ConflictKind,
    LateCheckout,
    LateDamage,
    LateOperation,
    LateRenewal,
    LateReturn,
    LateSighting,
)
from circulation.reasons import Reason
from circulation.selfservice import DamageReceipt
from controller.answers import OK, Answer, granted
from controller.columns import to_date, utc_text
from controller.devices.tokens import Caller
from controller.loans import rows
from controller.loans.damage import detail_of, note_damage
from controller.loans.facts import CopyRecord, find_copy
from controller.loans.marks import Mark
from controller.loans.service import Loans, Override
from controller.offline.inbox import Question, ask
from controller.security.ledger import last_taken_back
from controller.sql import Statement, Transaction

CLOCK_TOLERANCE = timedelta(minutes=2)  # two sure clocks may differ so much; later is the future

_KINDS: tuple[tuple[Reason, ConflictKind], ...] = (  # the first that is there names the question
    (Reason.ITEM_UNKNOWN, ConflictKind.UNKNOWN),
    (Reason.CARD_UNKNOWN, ConflictKind.UNKNOWN),
    (Reason.ON_LOAN_TO_OTHER, ConflictKind.LENT_TWICE),
    (Reason.NOT_LENDABLE, ConflictKind.COPY_NOT_LENDABLE),
    (Reason.READING_ROOM_ONLY, ConflictKind.COPY_NOT_LENDABLE),
    (Reason.HELD_FOR_OTHER, ConflictKind.HOLD_OVERTAKEN),
)
_OVER_SINCE = Statement(
    "SELECT id, due, renewals FROM loan WHERE item_id = :item_id AND patron_id = :patron_id"
    " AND lent_at <= :at AND returned_at > :at ORDER BY id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Every method is one fact inside the caller's transaction."""

    loans: Loans

    def apply(self, transaction: Transaction, caller: Caller, late: LateOperation) -> Answer:
        """A receipt, or 202 with the number of the question; a sighting may also be refused."""
        match late:
            case LateCheckout():
                return self._lent(transaction, caller, late)
            case LateReturn():
                return self._taken_back(transaction, caller, late)
            case LateRenewal():
                return self._renewed(transaction, caller, late)
            case LateSighting():
                return self._seen(transaction, caller, late)
            case LateDamage():
                return self._damaged(transaction, caller, late)
            case _:
                assert_never(late)

    def lend(
        self,
        transaction: Transaction,
        caller: Caller,
        late: LateCheckout,
        at: datetime,
        override: Override | None = None,
    ) -> Answer:
        """Record the loan as of its own time; if the copy came back since, as one that is over."""
        answer = self.loans.checkout(transaction, caller, late.request, at=at, override=override)
        copy = find_copy(transaction, late.request.owner, late.request.item_id)
        if copy is None or copy.loan_id is None:
            return answer
        if answer.status != OK:
            refusal = Refusal.model_validate_json(answer.body)
            if Reason.ALREADY_YOURS not in refusal.reasons:
                return answer
            # It came back in between, perhaps: a return of that time must not end what came after.
            rows.lent_again(transaction, copy.loan_id, at)
            return _standing_loan(late, copy)
        back = last_taken_back(transaction, copy.id, self.loans.time.now())
        if back is not None and back > at:
            rows.close_loan(transaction, copy.loan_id, back)
            security = advance_security(copy.security, SecurityAct.TAKEN_BACK)
            rows.move_item(transaction, copy.id, ItemState.IN_STOCK, security)
        return answer

    def moment(self, late: LateOperation) -> datetime:
        """When it happened, as far as that can be known: never in the future."""
        now = self.loans.time.now()
        sure = late.clock is Clock.SURE and late.request.at <= now + CLOCK_TOLERANCE
        return min(late.request.at, now) if sure else now

    def _lent(self, transaction: Transaction, caller: Caller, late: LateCheckout) -> Answer:
        answer = self.lend(transaction, caller, late, self.moment(late))
        if answer.status == OK:
            return answer
        reasons = Refusal.model_validate_json(answer.body).reasons
        kind = _kind(reasons, ConflictKind.PATRON_NOT_ALLOWED)
        return self._ask(transaction, caller, late, kind, reasons)

    def _taken_back(self, transaction: Transaction, caller: Caller, late: LateReturn) -> Answer:
        at = self.moment(late)
        copy = find_copy(transaction, late.request.owner, late.request.item_id)
        if copy is not None and copy.lent_at is not None and copy.lent_at > at:
            kind = ConflictKind.RETURNED_BEFORE_LENT
            return self._ask(transaction, caller, late, kind, ())
        answer = self.loans.take_back(transaction, caller, late.request, at=at)
        if answer.status == OK:
            return answer
        reasons = Refusal.model_validate_json(answer.body).reasons
        kind = _kind(reasons, ConflictKind.COPY_NOT_LENDABLE)
        return self._ask(transaction, caller, late, kind, reasons)

    def _renewed(self, transaction: Transaction, caller: Caller, late: LateRenewal) -> Answer:
        at = self.moment(late)
        answer = self.loans.renew(transaction, caller, late.request, at=at)
        if answer.status == OK:
            return answer
        reasons = Refusal.model_validate_json(answer.body).reasons
        copy = find_copy(transaction, late.request.owner, late.request.item_id)
        over = None if copy is None else _loan_over_since(transaction, copy, late, at)
        if over is not None:
            return over
        unknown = _kind(reasons, ConflictKind.RENEWAL_NOT_ALLOWED) is ConflictKind.UNKNOWN
        kind = ConflictKind.UNKNOWN if unknown else ConflictKind.RENEWAL_NOT_ALLOWED
        return self._ask(transaction, caller, late, kind, reasons)

    def _seen(self, transaction: Transaction, caller: Caller, late: LateSighting) -> Answer:
        """Under a doubtful clock it may be old news: it is kept, and believed by nobody."""
        request: SightingRequest = late.request
        if late.clock is Clock.UNSURE:
            request = request.model_copy(update={"verified": False})
        return self.loans.sight(transaction, caller, request, at=self.moment(late))

    def damage(
        self, transaction: Transaction, caller: Caller, late: LateDamage, copy: CopyRecord
    ) -> Answer:
        """Write down what was said of it, and take it out of lending if it stands in stock."""
        now = self.loans.time.now()
        detail = detail_of(late.request)
        said = Mark(Act.MARK_DAMAGED, now, self.loans.time.day(now), caller.device_id, detail)
        state = note_damage(transaction, copy, said)
        request = late.request
        return granted(DamageReceipt(op_id=request.op_id, item_id=copy.item_id, state=state))

    def _damaged(self, transaction: Transaction, caller: Caller, late: LateDamage) -> Answer:
        copy = find_copy(transaction, late.request.owner, late.request.item_id)
        if copy is None:
            unknown = (Reason.ITEM_UNKNOWN,)
            return self._ask(transaction, caller, late, ConflictKind.UNKNOWN, unknown)
        if copy.facts.state is ItemState.ON_LOAN:
            return self._ask(transaction, caller, late, ConflictKind.DAMAGED_AND_LENT, ())
        return self.damage(transaction, caller, late, copy)

    def _ask(
        self,
        transaction: Transaction,
        caller: Caller,
        late: LateCheckout | LateReturn | LateRenewal | LateDamage,
        kind: ConflictKind,
        reasons: tuple[Reason, ...],
    ) -> Answer:
        question = Question(kind, late, self.moment(late), reasons)
        return ask(transaction, caller, question, self.loans.time)


def _kind(reasons: tuple[Reason, ...], otherwise: ConflictKind) -> ConflictKind:
    return next((kind for reason, kind in _KINDS if reason in reasons), otherwise)


def _loan_over_since(
    transaction: Transaction, copy: CopyRecord, late: LateRenewal, at: datetime
) -> Answer | None:
    """The renewed loan has ended since, at a kiosk that was heard first: nothing is left to do."""
    parameters = {
        "item_id": copy.id,
        "patron_id": late.request.patron_id,
        "at": utc_text(at),
    }
    row = transaction.row(_OVER_SINCE, parameters)
    if row is None:
        return None
    receipt = LoanReceipt(
        op_id=late.request.op_id,
        loan_id=str(row[0]),
        item_id=copy.item_id,
        title=copy.title,
        due=to_date(row[1]),
        renewals=row[2],
        security=copy.security,
    )
    return granted(receipt)


def _standing_loan(late: LateCheckout, copy: CopyRecord) -> Answer:
    """The ledger has this loan already, from another device or before: nothing to add."""
    if copy.loan_id is None or copy.facts.due is None:
        raise ValueError(f"copy {copy.id} is this patron's and has no loan")
    receipt = LoanReceipt(
        op_id=late.request.op_id,
        loan_id=str(copy.loan_id),
        item_id=copy.item_id,
        title=copy.title,
        due=copy.facts.due,
        renewals=copy.facts.renewals,
        security=copy.security,
    )
    return granted(receipt)
