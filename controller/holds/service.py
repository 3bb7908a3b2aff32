"""Place, cancel, shelve and end holds."""

from dataclasses import dataclass

from circulation.desk import (
    CancelHoldRequest,
    ExpireReceipt,
    ExpireRequest,
    HoldReceipt,
    HoldRequest,
    HoldView,
    PatronHolds,
    ShelfLine,
    ShelveRequest,
)
from circulation.holds import HoldAct, HoldState, advance_hold, decide_hold, slip_code
from circulation.loan import ItemState
from circulation.policy import Policy
from circulation.reasons import Reason
from controller import journal
from controller.answers import CONFLICT, NOT_FOUND, Answer, granted, refused
from controller.clock import LibraryTime
from controller.devices.kinds import sees_people, staff_only
from controller.devices.tokens import Caller
from controller.holds import queue
from controller.holds.left_over import leave_on_shelf
from controller.holds.lists import hold_shelf, late_holds, pick_list, shelf_line
from controller.holds.rows import HoldRecord, find_hold, find_title, holds_of, insert_hold
from controller.loans.facts import find_copy, find_patron
from controller.sql import Transaction
from controller.tables import EventKind


@dataclass(frozen=True, slots=True)
class Holds:
    """Every method is one act or question inside the caller's transaction."""

    policy: Policy
    time: LibraryTime

    def place(self, transaction: Transaction, caller: Caller, request: HoldRequest) -> Answer:
        """The patron waits at the end of the queue, even while a copy is free: staff fetch it."""
        now = self.time.now()
        patron = find_patron(transaction, request.patron_id, self.time.day(now))
        title = find_title(
            transaction,
            title_id=request.title_id,
            owner=caller.library,
            patron_id=request.patron_id,
        )
        if title is None or patron is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN if title is None else Reason.CARD_UNKNOWN)
        reasons = decide_hold(title.facts, patron.facts, title.open_holds, self.policy)
        if reasons:
            return refused(CONFLICT, *reasons)
        hold_id = insert_hold(
            transaction,
            title_id=request.title_id,
            owner=caller.library,
            patron_id=patron.id,
            now=now,
        )
        journal.append(
            transaction,
            EventKind.HOLD_PLACED,
            now,
            device_id=caller.device_id,
            title_id=request.title_id,
            detail={"hold": hold_id},
        )
        return _receipt(transaction, request, hold_id)

    def cancel(
        self, transaction: Transaction, caller: Caller, request: CancelHoldRequest
    ) -> Answer:
        """End the patron's own hold; a copy on the shelf goes to the next who waits."""
        hold = find_hold(transaction, request.hold_id)
        if hold is None or hold.patron_id != request.patron_id:
            return refused(NOT_FOUND, Reason.HOLD_UNKNOWN)
        if advance_hold(hold.state, HoldAct.CANCEL) is None:
            return refused(CONFLICT, Reason.HOLD_OVER)
        self._end(transaction, caller, hold, HoldAct.CANCEL)
        return _receipt(transaction, request, hold.id)

    def shelve(self, transaction: Transaction, caller: Caller, request: ShelveRequest) -> Answer:
        """Put a fetched copy on the hold shelf for who waits longest."""
        return self.shelve_at(transaction, caller.device_id, request)

    def shelve_at(
        self, transaction: Transaction, device_id: int | None, request: ShelveRequest
    ) -> Answer:
        """The same; None: in a librarian's browser."""
        copy = find_copy(transaction, request.owner, request.item_id)
        if copy is None:
            return refused(NOT_FOUND, Reason.ITEM_UNKNOWN)
        if copy.hold is not None:  # fetched twice: the slip is written again
            return _receipt(transaction, request, copy.hold.id)
        if copy.facts.state is not ItemState.IN_STOCK or copy.facts.reading_room_only:
            lent = copy.facts.state is ItemState.ON_LOAN
            return refused(CONFLICT, Reason.ON_LOAN_TO_OTHER if lent else Reason.NOT_LENDABLE)
        place = queue.Place(copy.id, copy.title_id, copy.owner, device_id)
        hold_id = self._shelve_for_next(transaction, place)
        if hold_id is None:
            return refused(CONFLICT, Reason.NOBODY_WAITS)
        return _receipt(transaction, request, hold_id)

    def expire(self, transaction: Transaction, caller: Caller, request: ExpireRequest) -> Answer:
        """End what was not taken in time: each copy stays for the next, or goes back."""
        return self.expire_at(transaction, caller.library, caller.device_id, request)

    def expire_at(
        self, transaction: Transaction, library: str, device_id: int | None, request: ExpireRequest
    ) -> Answer:
        """The same; None: in a librarian's browser."""
        put_back: list[ShelfLine] = []
        stay: list[ShelfLine] = []
        today = self.time.day(self.time.now())
        for hold_id, item, title_id, item_id, title, until in late_holds(
            transaction, library, today
        ):
            place = queue.Place(item, title_id, library, device_id)
            hold = queue.OpenHold(hold_id, HoldState.READY)
            queue.close(transaction, place, hold, HoldAct.EXPIRE, self.time.now())
            leave_on_shelf(transaction, item, hold_id, self.time.now())
            follower = self._shelve_for_next(transaction, place)
            if follower is None:
                put_back.append(shelf_line(hold_id, library, item_id, title, until))
            else:
                ends = self.policy.hold_until(today)
                stay.append(shelf_line(follower, library, item_id, title, ends))
        return granted(
            ExpireReceipt(op_id=request.op_id, put_back=tuple(put_back), stay=tuple(stay))
        )

    def of_patron(self, transaction: Transaction, caller: Caller, patron_id: str) -> Answer:
        """What the patron waits for."""
        if refusal := sees_people(caller):
            return refusal
        if find_patron(transaction, patron_id, self.time.day(self.time.now())) is None:
            return refused(NOT_FOUND, Reason.CARD_UNKNOWN)
        views = tuple(_view(hold) for hold in holds_of(transaction, patron_id))
        return granted(PatronHolds(holds=views))

    def pick_list(self, transaction: Transaction, caller: Caller) -> Answer:
        """What to fetch from the shelves; for staff."""
        return staff_only(caller) or granted(pick_list(transaction, caller.library))

    def shelf(self, transaction: Transaction, caller: Caller) -> Answer:
        """What stands on the hold shelf; for staff."""
        return staff_only(caller) or granted(hold_shelf(transaction, caller.library))

    def _end(
        self, transaction: Transaction, caller: Caller, hold: HoldRecord, act: HoldAct
    ) -> None:
        place = queue.Place(hold.item_id, hold.title_id, hold.owner, caller.device_id)
        queue.close(transaction, place, queue.OpenHold(hold.id, hold.state), act, self.time.now())
        if hold.item_id is not None:
            leave_on_shelf(transaction, hold.item_id, hold.id, self.time.now())
            self._shelve_for_next(transaction, place)

    def _shelve_for_next(self, transaction: Transaction, place: queue.Place) -> int | None:
        now = self.time.now()
        return queue.shelve_for_next(transaction, place, self.policy, self.time.day(now), now)


def _receipt(
    transaction: Transaction,
    request: HoldRequest | CancelHoldRequest | ShelveRequest,
    hold_id: int,
) -> Answer:
    hold = find_hold(transaction, hold_id)
    if hold is None:
        raise ValueError(f"hold {hold_id} was written and is not there")
    return granted(HoldReceipt(op_id=request.op_id, hold=_view(hold)))


def _view(hold: HoldRecord) -> HoldView:
    return HoldView(
        hold_id=hold.id,
        title_id=hold.title_id,
        title=hold.title,
        author=hold.author,
        state=hold.state,
        ahead=hold.ahead,
        code=slip_code(hold.id),
        ready_until=hold.ready_until,
    )
