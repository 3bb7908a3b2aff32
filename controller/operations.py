"""Do a device's write once: the first answer is kept with the work and given to every repeat."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from circulation.api import Operation
from circulation.reasons import Reason
from controller import journal
from controller.answers import FORBIDDEN, UNAUTHORIZED, UNPROCESSABLE, Answer, refused
from controller.columns import utc_text
from controller.devices.kinds import may_write
from controller.devices.tokens import Caller, find_caller
from controller.sql import Question, Statement, Transaction
from controller.tables import EventKind

R = TypeVar("R", bound=Operation)
Act = Callable[[Transaction, Caller], Answer]

_FIND = Statement(
    "SELECT device_id, kind, body_hash, status, answer FROM operation WHERE op_id = :op_id",
    types={"op_id": "text"},
)
_NUMBER = Statement(
    "INSERT INTO device_sequence (device_id, seq, op_id) VALUES (:device_id, :seq, :op_id)"
    " ON CONFLICT DO NOTHING",
    types={"device_id": "bigint", "seq": "bigint", "op_id": "text"},
)
_NUMBERED = Statement(
    "SELECT seq FROM device_sequence"
    " WHERE device_id = :device_id AND seq = :seq AND op_id = :op_id",
    types={"device_id": "bigint", "seq": "bigint", "op_id": "text"},
)
_KEEP = Statement(
    "INSERT INTO operation"
    " (op_id, device_id, kind, body_hash, status, answer, device_time, received_at)"
    " VALUES (:op_id, :device_id, :kind, :body_hash, :status, :answer, :device_time, :received_at)",
    types={
        "op_id": "text",
        "device_id": "bigint",
        "kind": "text",
        "body_hash": "text",
        "status": "int",
        "answer": "text",
        "device_time": "timestamptz",
        "received_at": "timestamptz",
    },
)


def perform(
    transaction: Transaction, *, token_hash: str, request: Operation, act: Act, now: datetime
) -> Answer:
    """The answer to this request: the kept one if this operation was asked before.

    401 for an unknown device and 403 for a kind that may not write this leave no trace. 422
    `operation_changed` for a known operation id with another body, act or device. Refusals are
    kept like any other answer.
    """
    caller = find_caller(transaction, token_hash)
    if caller is None:
        return refused(UNAUTHORIZED, Reason.DEVICE_UNKNOWN)
    return once(transaction, caller, request, act, now)


def once(
    transaction: Transaction, caller: Caller, request: Operation, act: Act, now: datetime
) -> Answer:
    """The same for a known device: 403 for what its kind may not write, which leaves no trace.

    An id that comes with another body is a line in the log.
    """
    if not may_write(caller.kind, request):
        return refused(FORBIDDEN, Reason.STAFF_ONLY)
    op_id = str(request.op_id)
    identity = _identity(caller, request)
    kept = transaction.row(_FIND, {"op_id": op_id})
    if kept is not None:
        if tuple(kept[:3]) != identity:
            detail = {"op_id": op_id, "reason": Reason.OPERATION_CHANGED.value}
            _alert(transaction, caller, now, detail)
            return refused(UNPROCESSABLE, Reason.OPERATION_CHANGED)
        return Answer(kept[3], kept[4])
    answer = act(transaction, caller)
    row = _row(op_id, identity, answer, request.at, utc_text(now))
    transaction.run_later(_KEEP, [row])
    return answer


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """An operation, who asks for it, and the device's own number of it where it came with one."""

    caller: Caller
    request: R
    seq: int | None = None


def note_numbers(transaction: Transaction, asked: Sequence[Asked[R]], now: datetime) -> None:
    """Keep the device's own numbers of these operations.

    A number that was used before (a card was swapped, a clone talks) is an alert and nothing more:
    the fact counts all the same.
    """
    numbered = [one for one in asked if one.seq is not None]
    rows = [
        {"device_id": one.caller.device_id, "seq": one.seq, "op_id": str(one.request.op_id)}
        for one in numbered
    ]
    if transaction.run_each(_NUMBER, rows) == len(rows):
        return
    noted = transaction.row_each(_NUMBERED, rows)
    for one, kept in zip(numbered, noted, strict=True):
        if kept is None:
            op_id = str(one.request.op_id)
            detail: journal.Detail = {"op_id": op_id, "number": one.seq, "reason": "number_taken"}
            _alert(transaction, one.caller, now, detail)


def which_are_known(requests: Sequence[Operation]) -> Question[set[UUID]]:
    """Which of these operation ids came before."""
    ids = [request.op_id for request in requests]

    def read(found: list[Any]) -> set[UUID]:
        return {op_id for op_id, row in zip(ids, found, strict=True) if row is not None}

    return Question(_FIND, [{"op_id": str(op_id)} for op_id in ids], read)


def keep_each(
    transaction: Transaction, done: Sequence[tuple[Asked[R], Answer]], now: datetime
) -> None:
    """Keep the answers of operations that this transaction has found to be new."""
    received_at = utc_text(now)
    rows = []
    for one, answer in done:
        identity = _identity(one.caller, one.request)
        op_id = str(one.request.op_id)
        rows.append(_row(op_id, identity, answer, one.request.at, received_at))
    transaction.run_later(_KEEP, rows)


def _alert(transaction: Transaction, caller: Caller, now: datetime, detail: journal.Detail) -> None:
    journal.append(
        transaction,
        EventKind.OPERATION_CLASHED,
        now,
        device_id=caller.device_id,
        detail=detail,
    )


def _identity(caller: Caller, request: Operation) -> tuple[int, str, str]:
    """Who asked what: of the canonical body, so that the order of its keys does not matter."""
    body_hash = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
    return caller.device_id, type(request).__name__, body_hash


def _row(
    op_id: str,
    identity: tuple[int, str, str],
    answer: Answer,
    device_time: datetime,
    received_at: str,
) -> dict[str, str | int]:
    device_id, kind, body_hash = identity
    return {
        "op_id": op_id,
        "device_id": device_id,
        "kind": kind,
        "body_hash": body_hash,
        "status": answer.status,
        "answer": answer.body,
        "device_time": utc_text(device_time),
        "received_at": received_at,
    }
