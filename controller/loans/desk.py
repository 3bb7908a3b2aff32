"""What the librarian does beside lending: overrides, marks on copies, blocks; and renewing all."""

from dataclasses import dataclass
from uuid import uuid5

from circulation.api import LoanReceipt, Refusal, RenewRequest
from circulation.desk import (
    BlockReceipt,
    BlockRequest,
    LiftBlockRequest,
    MarkReceipt,
    MarkRequest,
    RenewalLine,
    RenewAllReceipt,
    RenewAllRequest,
    StaffCheckoutRequest,
    StaffRenewRequest,
)
from circulation.loan import ItemState
from circulation.reasons import Reason
from controller import journal
from controller.answers import CONFLICT, NOT_FOUND, OK, Answer, granted, refused
from controller.columns import to_date, utc_text
from controller.devices.tokens import Caller
from controller.loans.facts import CopyRecord, find_copy, find_patron
from controller.loans.marks import Mark, mark_copy
from controller.loans.service import Loans, Override
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_OPEN_LOANS = Statement(
    "SELECT l.id, i.owner, i.item_id, t.title, l.due"
    " FROM loan l JOIN item i ON i.id = l.item_id JOIN title t ON t.id = i.title_id"
    " WHERE l.patron_id = :patron_id AND l.returned_at IS NULL ORDER BY l.due, l.id"
)
_BLOCK = Statement(
    "INSERT INTO patron_block (patron_id, note, staff, since, until)"
    " VALUES (:patron_id, :note, :staff, :since, :until) RETURNING id"
)
_FIND_BLOCK = Statement("SELECT until FROM patron_block WHERE id = :id AND lifted_at IS NULL")
_LIFT = Statement("UPDATE patron_block SET lifted_at = :now, lifted_by = :staff WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Desk:
    """Every method is one act inside the caller's transaction."""

    loans: Loans

    def checkout(
        self, transaction: Transaction, caller: Caller, request: StaffCheckoutRequest
    ) -> Answer:
        """Lend, setting aside the rules of the house; what was set aside is a line in the log."""
        override = Override(caller.operator, request.note)
        return self.loans.checkout(transaction, caller, request, override=override)

    def renew(self, transaction: Transaction, caller: Caller, request: StaffRenewRequest) -> Answer:
        """Renew, likewise."""
        override = Override(caller.operator, request.note)
        return self.loans.renew(transaction, caller, request, override=override)

    def renew_all(
        self, transaction: Transaction, caller: Caller, request: RenewAllRequest
    ) -> Answer:
        """Each loan for itself: a new due date, or the reasons why not."""
        today = self.loans.time.day(self.loans.time.now())
        if find_patron(transaction, request.patron_id, today) is None:
            return refused(NOT_FOUND, Reason.CARD_UNKNOWN)
        found = transaction.rows(_OPEN_LOANS, {"patron_id": request.patron_id})
        lines = tuple(self._renewal(transaction, caller, request, *row) for row in found)
        return granted(RenewAllReceipt(op_id=request.op_id, loans=lines))

    def _renewal(
        self,
        transaction: Transaction,
        caller: Caller,
        request: RenewAllRequest,
        loan_id: int,
        owner: str,
        item_id: str,
        title: str,
        due: str,
    ) -> RenewalLine:
        one = RenewRequest(
            op_id=uuid5(request.op_id, str(loan_id)),
            at=request.at,
            patron_id=request.patron_id,
            owner=owner,
            item_id=item_id,
        )
        answer = self.loans.renew(transaction, caller, one)
        renewed = answer.status == OK
        until = LoanReceipt.model_validate_json(answer.body).due if renewed else to_date(due)
        reasons = () if renewed else Refusal.model_validate_json(answer.body).reasons
        return RenewalLine(
            loan_id=str(loan_id),
            owner=owner,
            item_id=item_id,
            title=title,
            due=until,
            reasons=reasons,
        )

    def mark(self, transaction: Transaction, caller: Caller, request: MarkRequest) -> Answer:
        """Lost, found, damaged, mended, claimed returned, written off."""
        return self.mark_by(transaction, request, caller.operator, caller.device_id)

    def mark_by(
        self, transaction: Transaction, request: MarkRequest, staff: str, device_id: int | None
    ) -> Answer:
        """The same, said by this account; at no device: on a page of the controller."""
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        now = self.loans.time.now()
        detail = {"staff": staff, "note": request.note}
        said = Mark(request.act, now, self.loans.time.day(now), device_id, detail)
        moved = mark_copy(transaction, copy, said)
        if moved is None:
            return refused(CONFLICT, _why_not(copy))
        state, security = moved
        return granted(
            MarkReceipt(op_id=request.op_id, item_id=copy.item_id, state=state, security=security)
        )

    def block(self, transaction: Transaction, caller: Caller, request: BlockRequest) -> Answer:
        """Lend nothing to this patron; several blocks may stand at once, each with its own end."""
        now = self.loans.time.now()
        if find_patron(transaction, request.patron_id, self.loans.time.day(now)) is None:
            return refused(NOT_FOUND, Reason.CARD_UNKNOWN)
        parameters = {
            "patron_id": request.patron_id,
            "note": request.note,
            "staff": caller.operator,
            "since": utc_text(now),
            "until": None if request.until is None else request.until.isoformat(),
        }
        block_id = int(transaction.row(_BLOCK, parameters)[0])
        detail: journal.Detail = {"block": block_id, "staff": caller.operator, "note": request.note}
        self._log(transaction, EventKind.PATRON_BLOCKED, caller, detail)
        receipt = BlockReceipt(
            op_id=request.op_id, block_id=block_id, until=request.until, lifted=False
        )
        return granted(receipt)

    def lift(self, transaction: Transaction, caller: Caller, request: LiftBlockRequest) -> Answer:
        """End one block now."""
        found = transaction.row(_FIND_BLOCK, {"id": request.block_id})
        if found is None:
            return refused(NOT_FOUND, Reason.BLOCK_UNKNOWN)
        now = utc_text(self.loans.time.now())
        transaction.run(_LIFT, {"id": request.block_id, "now": now, "staff": caller.operator})
        detail: journal.Detail = {
            "block": request.block_id,
            "staff": caller.operator,
            "note": request.note,
        }
        self._log(transaction, EventKind.PATRON_UNBLOCKED, caller, detail)
        until = None if found[0] is None else to_date(found[0])
        return granted(
            BlockReceipt(op_id=request.op_id, block_id=request.block_id, until=until, lifted=True)
        )

    def _log(
        self,
        transaction: Transaction,
        kind: EventKind,
        caller: Caller,
        detail: journal.Detail,
    ) -> None:
        journal.append(
            transaction,
            kind,
            self.loans.time.now(),
            device_id=caller.device_id,
            detail=detail,
        )


def _why_not(copy: CopyRecord) -> Reason:
    """A lent copy must come back first; any other is not in a state for this."""
    lent = copy.facts.state is ItemState.ON_LOAN
    return Reason.ON_LOAN_TO_OTHER if lent else Reason.NOT_LENDABLE
