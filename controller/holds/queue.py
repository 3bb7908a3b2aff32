"""How holds move: the copy that comes back, the copy that is taken, the copy that goes away.

Every step goes by the table of `circulation.holds`; the callers' transaction keeps it together.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from circulation.holds import HoldAct, HoldState, advance_hold
from circulation.policy import Policy
from controller import journal
from controller.columns import utc_text
from controller.holds.left_over import leave_on_shelf
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_FIRST_WAITING = Statement(  # the second condition is the index's own words
    "SELECT id, state FROM hold WHERE title_id = :title_id AND owner = :owner"
    " AND state = 'waiting' AND state IN ('waiting', 'ready') ORDER BY id LIMIT 1"
)
_OF_PATRON = Statement(
    "SELECT id, state, item_id FROM hold WHERE title_id = :title_id AND owner = :owner"
    " AND patron_id = :patron_id AND state IN ('waiting', 'ready')"
)
_ALL_OF_PATRON = Statement(
    "SELECT id, state, item_id, title_id, owner FROM hold"
    " WHERE patron_id = :patron_id AND state IN ('waiting', 'ready') ORDER BY id"
)
_OF_COPY = Statement(
    "SELECT id, state FROM hold WHERE item_id = :item_id AND state = 'ready'"
    " AND (ready_until < :today) = :late"
)
_READY = Statement(
    "UPDATE hold SET state = :state, item_id = :item_id, ready_at = :ready_at,"
    " ready_until = :ready_until WHERE id = :id"
)
_WAIT_AGAIN = Statement(
    "UPDATE hold SET state = :state, item_id = NULL, ready_at = NULL, ready_until = NULL"
    " WHERE id = :id"
)
_CLOSE = Statement("UPDATE hold SET state = :state, closed_at = :closed_at WHERE id = :id")


_Parameters = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Place:
    """The copy a hold is about, and where the act happened."""

    item_id: int | None  # None: the hold had none yet
    title_id: int
    owner: str
    device_id: int | None  # None: at the controller itself


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold that is not over."""

    id: int
    state: HoldState
    item_id: int | None = None  # the copy that stands ready for it


def shelve_for_next(
    transaction: Transaction, place: Place, policy: Policy, today: date, now: datetime
) -> int | None:
    """Give a copy in stock to who waits longest: the hold's id, or None when nobody waits."""
    hold = _first(transaction, _FIRST_WAITING, {"title_id": place.title_id, "owner": place.owner})
    if hold is None:
        return None
    until = policy.hold_until(today)
    parameters = {
        "id": hold.id,
        "state": _after(hold, HoldAct.SHELVE).value,
        "item_id": place.item_id,
        "ready_at": utc_text(now),
        "ready_until": until.isoformat(),
    }
    transaction.run(_READY, parameters)
    _log(transaction, EventKind.HOLD_READY, place, hold, now, until=until)
    return hold.id


def take(
    transaction: Transaction,
    place: Place,
    patron_id: str,
    policy: Policy,
    today: date,
    now: datetime,
) -> None:
    """This patron got a copy of the title: his own hold is over, another's loses this copy.

    If another copy stood ready for him it is the next reader's, and told to the desk.
    """
    own: _Parameters = {"title_id": place.title_id, "owner": place.owner, "patron_id": patron_id}
    mine = _first(transaction, _OF_PATRON, own)
    if mine is not None:
        close(transaction, place, mine, HoldAct.TAKE, now)
    release_copy(transaction, place, today, now)
    if mine is not None and mine.item_id not in (None, place.item_id):
        leave_on_shelf(transaction, mine.item_id, mine.id, now)
        left = replace(place, item_id=mine.item_id)
        shelve_for_next(transaction, left, policy, today, now)


def release_copy(transaction: Transaction, place: Place, today: date, now: datetime) -> None:
    """The copy leaves the hold shelf otherwise.

    Its patron keeps his place in the queue, unless he let the time pass.
    """
    of_copy: _Parameters = {"item_id": place.item_id, "today": today.isoformat()}
    if late := _first(transaction, _OF_COPY, {**of_copy, "late": True}):
        close(transaction, place, late, HoldAct.EXPIRE, now)
    if hold := _first(transaction, _OF_COPY, {**of_copy, "late": False}):
        state = _after(hold, HoldAct.LOSE_COPY)
        transaction.run(_WAIT_AGAIN, {"id": hold.id, "state": state.value})


def end_holds(transaction: Transaction, patron_id: str, now: datetime) -> None:
    """The patron waits for nothing any more; a copy that stood ready is told to the desk."""
    for hold_id, state, item_id, title_id, owner in transaction.rows(
        _ALL_OF_PATRON, {"patron_id": patron_id}
    ):
        place = Place(item_id, title_id, owner, device_id=None)
        close(transaction, place, OpenHold(hold_id, HoldState(state)), HoldAct.CANCEL, now)
        if item_id is not None:
            leave_on_shelf(transaction, item_id, hold_id, now)


def close(
    transaction: Transaction, place: Place, hold: OpenHold, act: HoldAct, now: datetime
) -> None:
    """Taken, cancelled or expired."""
    state = _after(hold, act)
    transaction.run(_CLOSE, {"id": hold.id, "state": state.value, "closed_at": utc_text(now)})
    _log(transaction, EventKind.HOLD_ENDED, place, hold, now, state=state)


def _first(
    transaction: Transaction, statement: Statement, parameters: _Parameters
) -> OpenHold | None:
    row = transaction.row(statement, parameters)
    return None if row is None else OpenHold(row[0], HoldState(row[1]), *row[2:])


def _after(hold: OpenHold, act: HoldAct) -> HoldState:
    state = advance_hold(hold.state, act)
    if state is None:
        raise ValueError(f"hold {hold.id} is {hold.state}: {act} is no step from there")
    return state


def _log(
    transaction: Transaction,
    kind: EventKind,
    place: Place,
    hold: OpenHold,
    now: datetime,
    *,
    state: HoldState | None = None,
    until: date | None = None,
) -> None:
    detail: dict[str, str | int | bool | None] = {"hold": hold.id}
    if state is not None:
        detail["hold_state"] = state.value
    if until is not None:
        detail["until"] = until.isoformat()
    journal.append(
        transaction,
        kind,
        now,
        device_id=place.device_id,
        item_id=place.item_id,
        title_id=place.title_id,
        detail=detail,
    )
