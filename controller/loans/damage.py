"""A reader said that the copy he brought back is damaged: it goes to the librarian, or is noted."""

from circulation.loan import Act, ItemState
from circulation.selfservice import DamageRequest
from controller import journal
from controller.loans.facts import CopyRecord
from controller.loans.marks import Mark, mark_copy
from controller.sql import Transaction
from controller.tables import EventKind


def detail_of(request: DamageRequest) -> journal.Detail:
    """What the log says of it."""
    return {"harm": request.harm.value, "reported": True}


def note_damage(transaction: Transaction, copy: CopyRecord, mark: Mark) -> ItemState:
    """Where the copy stands now; whatever it is, the log says what was reported of it.

    Only what stands in stock is taken out of lending by it: of any other copy somebody has already
    said something, or somebody has it.
    """
    moved = mark_copy(transaction, copy, mark)
    if moved is not None:
        return moved[0]
    state = copy.facts.state
    journal.append(
        transaction,
        EventKind.ITEM_MARKED,
        mark.now,
        device_id=mark.device_id,
        item_id=copy.id,
        title_id=copy.title_id,
        detail={"act": Act.MARK_DAMAGED.value, "state": state.value, **mark.detail},
    )
    return state
