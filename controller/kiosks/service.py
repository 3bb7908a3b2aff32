"""Damage that readers report, and calls for the librarian."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from circulation.loan import Act, ItemState
from circulation.reasons import Reason
from circulation.selfservice import (
    CallReceipt,
    CallRequest,
    CallView,
    DamageReceipt,
    DamageRequest,
)
from controller import journal
from controller.answers import CONFLICT, NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.columns import to_utc, utc_text
from controller.devices.tokens import Caller
from controller.loans.damage import detail_of
from controller.loans.facts import find_copy
from controller.loans.marks import Mark, mark_copy
from controller.sql import Statement, Transaction
from controller.tables import EventKind

WAITS = timedelta(minutes=10)  # a call older than that: whoever called has gone

_OPEN = Statement(
    "SELECT id FROM librarian_call"
    " WHERE device_id = :device_id AND answered_at IS NULL AND called_at > :since"
    " ORDER BY id DESC LIMIT 1"
)
_CALL = Statement(
    "INSERT INTO librarian_call (device_id, called_at) VALUES (:device_id, :now) RETURNING id"
)
_FIND = Statement(
    "SELECT c.device_id, c.answered_at FROM librarian_call c WHERE c.id = :id",
)
_WAITING = Statement(
    "SELECT c.id, d.name, c.called_at FROM librarian_call c JOIN device d ON d.id = c.device_id"
    " WHERE c.answered_at IS NULL AND c.called_at > :since ORDER BY c.id"
)
_ANSWER = Statement("UPDATE librarian_call SET answered_at = :now WHERE id = :id")


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A device at which somebody waits for the librarian."""

    call_id: int
    device: str
    called_at: datetime


@dataclass(frozen=True, slots=True)
class Kiosks:
    """Every method is one act or question inside the caller's transaction."""

    time: LibraryTime

    def report_damage(
        self, transaction: Transaction, caller: Caller, request: DamageRequest
    ) -> Answer:
        """The copy goes to the librarian: nobody is lent it before somebody has looked."""
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        if copy.facts.state is not ItemState.IN_STOCK:  # not just returned, or reported before
            lent = copy.facts.state is ItemState.ON_LOAN
            return refused(CONFLICT, Reason.ON_LOAN_TO_OTHER if lent else Reason.NOT_LENDABLE)
        now = self.time.now()
        detail = detail_of(request)
        said = Mark(Act.MARK_DAMAGED, now, self.time.day(now), caller.device_id, detail)
        moved = mark_copy(transaction, copy, said)
        if moved is None:
            return refused(CONFLICT, Reason.NOT_LENDABLE)
        return granted(DamageReceipt(op_id=request.op_id, item_id=copy.item_id, state=moved[0]))

    def call(self, transaction: Transaction, caller: Caller, request: CallRequest) -> Answer:
        """One call at a time for each device, however often somebody presses."""
        now = self.time.now()
        waiting = transaction.row(
            _OPEN, {"device_id": caller.device_id, "since": utc_text(now - WAITS)}
        )
        if waiting is not None:
            return granted(CallReceipt(op_id=request.op_id, call_id=int(waiting[0])))
        made = transaction.row(_CALL, {"device_id": caller.device_id, "now": utc_text(now)})
        number = int(made[0])
        journal.append(
            transaction,
            EventKind.LIBRARIAN_CALLED,
            now,
            device_id=caller.device_id,
            detail={"call": number},
        )
        return granted(CallReceipt(op_id=request.op_id, call_id=number))

    def call_of(self, transaction: Transaction, caller: Caller, number: int) -> Answer:
        """How this device's call stands; another's is as unknown as none."""
        found = transaction.row(_FIND, {"id": number})
        if found is None or found[0] != caller.device_id:
            return refused(NOT_FOUND, Reason.CALL_UNKNOWN)
        return granted(CallView(call_id=number, answered=found[1] is not None))

    def answer(self, transaction: Transaction, number: int) -> None:
        """The librarian says "coming"; saying it twice changes nothing."""
        found = transaction.row(_FIND, {"id": number})
        if found is None or found[1] is not None:
            return
        now = self.time.now()
        transaction.run(_ANSWER, {"id": number, "now": utc_text(now)})
        journal.append(
            transaction,
            EventKind.CALL_ANSWERED,
            now,
            device_id=int(found[0]),
            detail={"call": number},
        )


def waiting_calls(transaction: Transaction, now: datetime) -> list[WaitingCall]:
    """Who waits for the librarian, the longest first."""
    rows = transaction.rows(_WAITING, {"since": utc_text(now - WAITS)})
    return [WaitingCall(int(number), device, to_utc(at)) for number, device, at in rows]
