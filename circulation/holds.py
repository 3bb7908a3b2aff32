"""Holds: a patron waits for a title, gets a copy on the hold shelf, takes it in time or loses it.

The queue is the order of placing. A hold has one copy or none; a copy waits for one hold or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from circulation.policy import ItemKind, Policy
from circulation.reasons import Reason
from circulation.rules import PatronFacts

_SLIP_CODES = 10_000  # more than stand on any shelf at a time


class HoldState(StrEnum):
    """Where a hold is."""

    WAITING = "waiting"
    READY = "ready"  # a copy stands on the hold shelf
    TAKEN = "taken"
    CANCELLED = "cancelled"
    EXPIRED = "expired"  # ready, and not taken in time


class HoldAct(StrEnum):
    """What can happen to a hold."""

    SHELVE = "shelve"  # a copy is put on the hold shelf
    LOSE_COPY = "lose_copy"  # its copy went elsewhere: the place in the queue is kept
    TAKE = "take"
    CANCEL = "cancel"
    EXPIRE = "expire"


HOLD_TRANSITIONS: Mapping[tuple[HoldState, HoldAct], HoldState] = {
    (HoldState.WAITING, HoldAct.SHELVE): HoldState.READY,
    (HoldState.WAITING, HoldAct.TAKE): HoldState.TAKEN,  # found a free copy himself
    (HoldState.WAITING, HoldAct.CANCEL): HoldState.CANCELLED,
    (HoldState.READY, HoldAct.LOSE_COPY): HoldState.WAITING,
    (HoldState.READY, HoldAct.TAKE): HoldState.TAKEN,
    (HoldState.READY, HoldAct.CANCEL): HoldState.CANCELLED,
    (HoldState.READY, HoldAct.EXPIRE): HoldState.EXPIRED,
}


def advance_hold(state: HoldState, act: HoldAct) -> HoldState | None:
    """The state after `act`, or None where the table has no such step."""
    return HOLD_TRANSITIONS.get((state, act))


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """What the ledger knows of a title and of this patron's part in it."""

    kind: ItemKind
    lendable_copies: int  # on loan or in stock, not for the reading room only
    age_mark: int = 0
    has_it: bool = False
    waits_for_it: bool = False


def decide_hold(
    title: TitleFacts, patron: PatronFacts, open_holds: int, policy: Policy
) -> tuple[Reason, ...]:
    """The reasons against placing a hold, the most useful to the patron first; empty: granted.

    Overdue books do not matter here: they will be asked about at the checkout.
    """
    too_young = patron.age_years is not None and patron.age_years < title.age_mark
    answers = (
        (title.waits_for_it, Reason.ALREADY_HELD),
        (title.has_it, Reason.ALREADY_YOURS),
        (patron.left, Reason.PATRON_LEFT),
        (patron.blocked, Reason.PATRON_BLOCKED),
        (open_holds >= policy.terms(patron.category).max_holds, Reason.HOLD_LIMIT),
        (too_young, Reason.AGE_MARK),
        (not _holdable(title), Reason.NOT_HOLDABLE),
    )
    return tuple(reason for against, reason in answers if against)


def slip_code(hold_id: int) -> str:
    """What stands on the slip in the book instead of a name: four digits, '0042'."""
    return f"{hold_id % _SLIP_CODES:04d}"


def _holdable(title: TitleFacts) -> bool:
    """Textbooks are issued by class set; a title without copies would be waited for in vain."""
    return title.kind is not ItemKind.TEXTBOOK and title.lendable_copies > 0
