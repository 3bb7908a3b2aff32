"""How a copy came back: a mark for its last loan; a damaged one stays with the librarian."""

from dataclasses import dataclass

from circulation.class_sets import ConditionReceipt, ConditionRequest
from circulation.loan import Act, ItemState
from circulation.reasons import Reason
from circulation.textbooks import Condition
from controller.answers import CONFLICT, FORBIDDEN, NOT_FOUND, Answer, granted, refused
from controller.columns import utc_text
from controller.devices.tokens import Caller
from controller.loans.facts import CopyRecord, find_copy
from controller.loans.marks import Mark, mark_copy
from controller.sql import Statement, Transaction
from controller.staff.operators import find_operator
from controller.tables import DeviceKind
from controller.textbooks.sessions import ClassSessions

_LAST_LOAN = Statement("SELECT max(id) FROM loan WHERE item_id = :item_id")
_KEEP = Statement(
    "INSERT INTO condition_mark (item_id, loan_id, condition, note, at, device_id)"
    " VALUES (:item_id, :loan_id, :condition, :note, :at, :device_id)"
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """One act inside the caller's transaction."""

    sessions: ClassSessions

    def mark(self, transaction: Transaction, caller: Caller, request: ConditionRequest) -> Answer:
        """By who signed in at the station, or in a class session; after the copy is back."""
        if refusal := self._nobody_may(transaction, caller):
            return refusal
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        if copy.facts.state is ItemState.ON_LOAN:
            return refused(CONFLICT, Reason.ON_LOAN_TO_OTHER)
        if request.condition is Condition.DAMAGED and not self._damage(
            transaction, caller, copy, request.note
        ):
            return refused(CONFLICT, Reason.NOT_LENDABLE)
        self._keep(transaction, caller, copy, request)
        return granted(
            ConditionReceipt(
                op_id=request.op_id,
                item_id=copy.item_id,
                title=copy.title,
                condition=request.condition,
            )
        )

    def _nobody_may(self, transaction: Transaction, caller: Caller) -> Answer | None:
        if self.sessions.find(transaction, caller).class_name is not None:
            return None
        if caller.kind is not DeviceKind.STATION:
            return refused(CONFLICT, Reason.NO_CLASS_SESSION)
        now = self.sessions.time.now()
        signed_in = find_operator(transaction, caller.device_id, now) is not None
        return None if signed_in else refused(FORBIDDEN, Reason.NOBODY_SIGNED_IN)

    def _damage(
        self, transaction: Transaction, caller: Caller, copy: CopyRecord, note: str
    ) -> bool:
        """The copy is lent no more; False when this cannot be said of it."""
        if copy.facts.state is ItemState.DAMAGED:
            return True
        now = self.sessions.time.now()
        today = self.sessions.time.day(now)
        said = Mark(Act.MARK_DAMAGED, now, today, caller.device_id, {"note": note})
        return mark_copy(transaction, copy, said) is not None

    def _keep(
        self, transaction: Transaction, caller: Caller, copy: CopyRecord, request: ConditionRequest
    ) -> None:
        parameters = {
            "item_id": copy.id,
            "loan_id": transaction.row(_LAST_LOAN, {"item_id": copy.id})[0],
            "condition": request.condition.value,
            "note": request.note,
            "at": utc_text(self.sessions.time.now()),
            "device_id": caller.device_id,
        }
        transaction.run(_KEEP, parameters)
