"""A librarian settles a conflict: the fact is recorded after all, or the ledger stays as it is."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from circulation.api import Refusal
from circulation.loan import Act, ItemState, SecurityAct, advance, advance_security
from circulation.offline import (
    Choice,
    LateCheckout,
    LateDamage,
    LateOperation,
    LateRenewal,
    LateReturn,
    SettleReceipt,
    SettleRequest,
)
from circulation.reasons import Reason
from controller import journal
from controller.answers import CONFLICT, NOT_FOUND, OK, Answer, granted, refused
from controller.columns import to_utc, utc_text
from controller.devices.tokens import Caller
from controller.loans import rows
from controller.loans.facts import CopyRecord, find_copy, find_patron
from controller.loans.service import Override
from controller.offline.facts import Facts
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind, EventKind

_FIND = Statement(
    "SELECT fact, happened_at, settled_at, item_id FROM conflict WHERE id = :id AND owner = :owner"
)
_REPORTER = Statement(
    "SELECT d.id, d.name, d.kind FROM conflict c JOIN device d ON d.id = c.device_id"
    " WHERE c.id = :id AND c.owner = :owner"
)
_CLOSE = Statement(
    "UPDATE conflict SET choice = :choice, staff = :staff, note = :note, settled_at = :now"
    " WHERE id = :id"
)
_LATE: TypeAdapter[LateOperation] = TypeAdapter(LateOperation)
_FREED_BY = {  # how a copy becomes one that can be lent; a written off one does not
    ItemState.ON_LOAN: Act.RETURN,
    ItemState.LOST: Act.FIND,
    ItemState.CLAIMED_RETURNED: Act.FIND,
    ItemState.DAMAGED: Act.MEND,
}


@dataclass(frozen=True, slots=True)
class Settling:
    """One act inside the caller's transaction: everything is checked before anything changes."""

    facts: Facts

    def settle(self, transaction: Transaction, caller: Caller, request: SettleRequest) -> Answer:
        """Close the question; 409 when it is closed, or the world has moved on too far."""
        found = transaction.row(_FIND, {"id": request.conflict_id, "owner": caller.library})
        if found is None:
            return refused(NOT_FOUND, Reason.CONFLICT_UNKNOWN)
        fact, happened_at, settled_at, item_id = found
        if settled_at is not None:
            return refused(CONFLICT, Reason.CONFLICT_SETTLED)
        if request.choice is Choice.RECORD:
            override = Override(caller.operator, request.note)
            late, at = _LATE.validate_json(fact), to_utc(happened_at)
            answer = self._record(transaction, caller, late, at, override)
            if answer.status != OK:
                reasons = Refusal.model_validate_json(answer.body).reasons
                return refused(CONFLICT, Reason.CHOICE_IMPOSSIBLE, *reasons)
        self._close(transaction, caller, request, item_id)
        receipt = SettleReceipt(
            op_id=request.op_id, conflict_id=request.conflict_id, choice=request.choice
        )
        return granted(receipt)

    def settle_by(
        self, transaction: Transaction, library: str, login: str, request: SettleRequest
    ) -> Answer:
        """The same from a browser: what is recorded belongs to the device where it happened."""
        row = transaction.row(_REPORTER, {"id": request.conflict_id, "owner": library})
        if row is None:
            return refused(NOT_FOUND, Reason.CONFLICT_UNKNOWN)
        reporter = Caller(row[0], library, row[1], DeviceKind(row[2]), operator=login)
        return self.settle(transaction, reporter, request)

    def _record(
        self,
        transaction: Transaction,
        caller: Caller,
        late: LateOperation,
        at: datetime,
        override: Override,
    ) -> Answer:
        loans = self.facts.loans
        match late:
            case LateCheckout():
                return self._lend(transaction, caller, late, at, override)
            case LateReturn():
                return loans.take_back(transaction, caller, late.request, at=at)
            case LateRenewal():
                return loans.renew(transaction, caller, late.request, at=at, override=override)
            case LateDamage():
                return self._damage(transaction, caller, late)
            case _:
                raise ValueError(f"a {late.kind} never becomes a question")

    def _lend(
        self,
        transaction: Transaction,
        caller: Caller,
        late: LateCheckout,
        at: datetime,
        override: Override,
    ) -> Answer:
        """As the device says: whoever had the copy in the ledger has it no longer."""
        request = late.request
        copy = find_copy(transaction, request.owner, request.item_id)
        today = self.facts.loans.time.day(at)
        patron = find_patron(transaction, request.patron_id, today)
        if copy is None or patron is None:
            unknown = Reason.ITEM_UNKNOWN if copy is None else Reason.CARD_UNKNOWN
            return refused(NOT_FOUND, unknown)
        if copy.facts.state is ItemState.WITHDRAWN:
            return refused(CONFLICT, Reason.NOT_LENDABLE)
        mine = copy.facts.state is ItemState.ON_LOAN and copy.facts.holder == patron.id
        if not mine:
            self._free(transaction, copy, at)
        return self.facts.lend(transaction, caller, late, at, override)

    def _damage(self, transaction: Transaction, caller: Caller, late: LateDamage) -> Answer:
        """Into the log of the copy: whoever has it now did not spoil it."""
        copy = find_copy(transaction, late.request.owner, late.request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        return self.facts.damage(transaction, caller, late, copy)

    def _free(self, transaction: Transaction, copy: CopyRecord, at: datetime) -> None:
        act = _FREED_BY.get(copy.facts.state)
        state = None if act is None else advance(copy.facts.state, act)
        if state is None:
            return
        if copy.loan_id is not None:
            rows.close_loan(transaction, copy.loan_id, at)
        security = advance_security(copy.security, SecurityAct.TAKEN_BACK)
        rows.move_item(transaction, copy.id, state, security)

    def _close(
        self,
        transaction: Transaction,
        caller: Caller,
        request: SettleRequest,
        item_id: int | None,
    ) -> None:
        now = self.facts.loans.time.now()
        parameters = {
            "id": request.conflict_id,
            "choice": request.choice.value,
            "staff": caller.operator,
            "note": request.note,
            "now": utc_text(now),
        }
        transaction.run(_CLOSE, parameters)
        detail: journal.Detail = {
            "conflict": request.conflict_id,
            "choice": request.choice.value,
            "staff": caller.operator,
            "note": request.note,
        }
        journal.append(
            transaction,
            EventKind.CONFLICT_SETTLED,
            now,
            device_id=caller.device_id,
            item_id=item_id,
            detail=detail,
        )
