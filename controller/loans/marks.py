"""What a copy becomes when the librarian says so: state, loan, hold and log move together."""

from dataclasses import dataclass, field
from datetime import date, datetime

from circulation.loan import Act, ItemState, SecurityAct, SecurityState, advance, advance_security
from controller import journal
from controller.holds import queue
from controller.loans import rows
from controller.loans.facts import CopyRecord
from controller.sql import Transaction
from controller.tables import EventKind

_ENDS_LOAN = (Act.FIND, Act.WITHDRAW)


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said of a copy, when, at which device (None: at the controller), and for the log."""

    act: Act
    now: datetime
    today: date
    device_id: int | None
    detail: journal.Detail = field(default_factory=dict)


def mark_copy(
    transaction: Transaction, copy: CopyRecord, mark: Mark
) -> tuple[ItemState, SecurityState] | None:
    """Where the copy stands now; None when this cannot be said of it, and nothing was changed.

    A lost copy's loan stands until it is found or written off: somebody still owes it.
    """
    state = advance(copy.facts.state, mark.act)
    if state is None:
        return None
    security = _settle_loan(transaction, copy, mark)
    if state is not ItemState.IN_STOCK:
        place = queue.Place(copy.id, copy.title_id, copy.owner, mark.device_id)
        queue.release_copy(transaction, place, mark.today, mark.now)
    rows.move_item(transaction, copy.id, state, security)
    journal.append(
        transaction,
        EventKind.ITEM_MARKED,
        mark.now,
        device_id=mark.device_id,
        item_id=copy.id,
        title_id=copy.title_id,
        detail={"act": mark.act.value, "state": state.value, **mark.detail},
    )
    return state, security


def _settle_loan(transaction: Transaction, copy: CopyRecord, mark: Mark) -> SecurityState:
    if copy.loan_id is None:
        return copy.security
    if mark.act is Act.CLAIM_RETURNED:
        rows.claim_loan(transaction, copy.loan_id, mark.now)
    if mark.act in _ENDS_LOAN:
        rows.close_loan(transaction, copy.loan_id, mark.now)
        return advance_security(copy.security, SecurityAct.TAKEN_BACK)
    return copy.security
