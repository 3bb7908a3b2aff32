"""A tag becomes a copy's, and may be taken back: what a pad verified, written once."""

from dataclasses import dataclass
from datetime import datetime

from circulation.encoding import BINDING, TagReceipt, TagRequest, UndoTagRequest
from circulation.loan import ItemState, SecurityAct, advance_security
from circulation.reasons import Reason
from controller.answers import CONFLICT, NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.columns import utc_text
from controller.devices.tokens import Caller
from controller.encoding.copies import copy_at, holder, row_of
from controller.loans.facts import find_copy
from controller.loans.rows import move_item
from controller.security.ledger import Observation, observe
from controller.sql import Statement, Transaction

_COPY = Statement("SELECT state, parts, tag_uid FROM item WHERE id = :id")
_PART = Statement("SELECT uid FROM part_tag WHERE item_id = :id AND part = :part")
_BIND_COPY = Statement("UPDATE item SET tag_uid = :uid WHERE id = :id")
_FREE_PART = Statement("DELETE FROM part_tag WHERE item_id = :id AND part = :part")
_BIND_PART = Statement("INSERT INTO part_tag (item_id, part, uid) VALUES (:id, :part, :uid)")
_LOG = Statement(
    "INSERT INTO tag_log (op_id, library, at, device_id, staff, owner, item_id, part, uid, result,"
    " note, before_uid, moved_from) VALUES (:op_id, :library, :at, :device_id, :staff, :owner,"
    " :item_id, :part, :uid, :result, :note, :before_uid, :moved_from)"
)
_DONE = Statement(
    "SELECT owner, item_id, part, uid, before_uid, moved_from FROM tag_log WHERE op_id = :op_id"
    " AND library = :library AND undone_at IS NULL AND result IN ('written', 'renewed')"
)
_UNDONE = Statement("UPDATE tag_log SET undone_at = :now WHERE op_id = :op_id")


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a tag belongs: a copy's row and its part."""

    item: int
    part: int


@dataclass(frozen=True, slots=True)
class Tagging:
    """Every method is one act inside the caller's transaction."""

    time: LibraryTime

    def record(self, transaction: Transaction, caller: Caller, request: TagRequest) -> Answer:
        """Bind the tag if it was verified; log the try in any case that is not refused."""
        item = row_of(transaction, request.owner, request.item_id)
        if item is None or request.owner != caller.library:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        seat = _Seat(item, request.part)
        before, moved = _tag_at(transaction, seat), holder(transaction, request.uid)
        if moved == (seat.item, seat.part):
            moved = None
        if reason := _why_not(transaction, request, seat, before, moved):
            return refused(CONFLICT, reason)
        if request.result in BINDING:
            if moved is not None:
                _bind(transaction, _Seat(*moved), None)
            _bind(transaction, seat, request.uid)
            self._see(transaction, caller, request)
        else:
            before = moved = None
        self._log(transaction, caller, request, before, moved)
        return granted(TagReceipt(op_id=request.op_id, copy_of=copy_at(transaction, item)))

    def undo(self, transaction: Transaction, caller: Caller, request: UndoTagRequest) -> Answer:
        """Everything as before that operation; 409 when something came after it."""
        wanted = {"op_id": str(request.undoes), "library": caller.library}
        row = transaction.row(_DONE, wanted)
        if row is None:
            return refused(CONFLICT, Reason.NOTHING_TO_UNDO)
        owner, item_id, part, uid, before, moved = row
        item = row_of(transaction, owner, item_id)
        if item is None or holder(transaction, uid) != (item, part):
            return refused(CONFLICT, Reason.NOTHING_TO_UNDO)
        free = before is None or before == uid or holder(transaction, before) is None
        if before != uid:
            _bind(transaction, _Seat(item, part), before if free else None)
        if moved is not None:
            number, _, moved_part = moved.partition("/")
            _give_back(transaction, _Seat(int(number), int(moved_part)), uid)
        now = utc_text(self.time.now())
        transaction.run(_UNDONE, {"op_id": str(request.undoes), "now": now})
        return granted(TagReceipt(op_id=request.op_id, copy_of=copy_at(transaction, item)))

    def _see(self, transaction: Transaction, caller: Caller, request: TagRequest) -> None:
        """The station read the tag back: that is a sighting like any other."""
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None or request.part > 1:
            return
        now = self.time.now()
        seen = Observation(copy.id, caller.device_id, armed=request.armed, at=now)
        observe(transaction, seen, now)
        act = SecurityAct.SEEN_ARMED if request.armed else SecurityAct.SEEN_DISARMED
        move_item(transaction, copy.id, copy.facts.state, advance_security(copy.security, act))

    def _log(
        self,
        transaction: Transaction,
        caller: Caller,
        request: TagRequest,
        before: str | None,
        moved: tuple[int, int] | None,
    ) -> None:
        parameters = {
            "op_id": str(request.op_id),
            "library": caller.library,
            "at": utc_text(_past(request.at, self.time.now())),
            "device_id": caller.device_id,
            "staff": caller.operator,
            "owner": request.owner,
            "item_id": request.item_id,
            "part": request.part,
            "uid": request.uid,
            "result": request.result.value,
            "note": request.note,
            "before_uid": before,
            "moved_from": None if moved is None else f"{moved[0]}/{moved[1]}",
        }
        transaction.run(_LOG, parameters)


def _past(at: datetime, now: datetime) -> datetime:
    """The station's own time, unless its clock runs ahead."""
    return min(at, now)


def _why_not(
    transaction: Transaction,
    request: TagRequest,
    seat: _Seat,
    before: str | None,
    moved: tuple[int, int] | None,
) -> Reason | None:
    state, parts, _ = transaction.row(_COPY, {"id": seat.item})
    if request.part > parts:
        return Reason.PART_UNKNOWN
    if request.result not in BINDING:
        return None
    if state == ItemState.WITHDRAWN:
        return Reason.NOT_LENDABLE
    if before not in (None, request.uid) and not request.replaces:
        return Reason.COPY_HAS_TAG
    if moved is None:
        return None
    other, _, _ = transaction.row(_COPY, {"id": moved[0]})
    if other == ItemState.ON_LOAN and moved[0] != seat.item:
        return Reason.ON_LOAN_TO_OTHER
    return None if request.moves else Reason.TAG_OF_OTHER_COPY


def _tag_at(transaction: Transaction, seat: _Seat) -> str | None:
    statement = _COPY if seat.part == 1 else _PART
    row = transaction.row(statement, {"id": seat.item, "part": seat.part})
    return None if row is None else row[-1]


def _bind(transaction: Transaction, seat: _Seat, uid: str | None) -> None:
    """This tag, or none, is the seat's from now on; no other seat has it."""
    parameters = {"id": seat.item, "part": seat.part, "uid": uid}
    if seat.part == 1:
        transaction.run(_BIND_COPY, parameters)
        return
    transaction.run(_FREE_PART, parameters)
    if uid is not None:
        transaction.run(_BIND_PART, parameters)


def _give_back(transaction: Transaction, seat: _Seat, uid: str) -> None:
    """Unless the copy is gone or has got another tag since."""
    there = transaction.row(_COPY, {"id": seat.item}) is not None
    if there and _tag_at(transaction, seat) is None:
        _bind(transaction, seat, uid)
