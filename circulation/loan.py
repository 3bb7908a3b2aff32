"""The two lifecycles of a copy: its loan, and its security; each one table on one screen.

Security is the pair (what the loan wants, what an antenna last verified), so "the loan stands,
the tag is still armed" is a state of its own and not a failure folded into the loan.
"""

from enum import StrEnum


class ItemState(StrEnum):
    """Where a copy stands in circulation."""

    IN_STOCK = "in_stock"
    ON_LOAN = "on_loan"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    DAMAGED = "damaged"  # with the librarian until it is mended or written off
    CLAIMED_RETURNED = "claimed_returned"  # the patron says it is back; nobody has found it yet


class Act(StrEnum):
    """What can happen to a copy."""

    CHECKOUT = "checkout"
    RENEW = "renew"
    RETURN = "return"
    MARK_LOST = "mark_lost"
    WITHDRAW = "withdraw"
    MARK_DAMAGED = "mark_damaged"
    MEND = "mend"
    CLAIM_RETURNED = "claim_returned"
    FIND = "find"


TRANSITIONS: dict[tuple[ItemState, Act], ItemState] = {
    (ItemState.IN_STOCK, Act.CHECKOUT): ItemState.ON_LOAN,
    (ItemState.ON_LOAN, Act.RENEW): ItemState.ON_LOAN,
    (ItemState.ON_LOAN, Act.RETURN): ItemState.IN_STOCK,
    (
        ItemState.IN_STOCK,
        Act.RETURN,
    ): ItemState.IN_STOCK,  # not on loan is still accepted, never sent away
    (ItemState.LOST, Act.RETURN): ItemState.IN_STOCK,  # a lost book that turns up is simply back
    (ItemState.ON_LOAN, Act.MARK_LOST): ItemState.LOST,
    (ItemState.IN_STOCK, Act.MARK_LOST): ItemState.LOST,
    (ItemState.IN_STOCK, Act.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.LOST, Act.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.LOST, Act.FIND): ItemState.IN_STOCK,
    (ItemState.IN_STOCK, Act.MARK_DAMAGED): ItemState.DAMAGED,
    (ItemState.DAMAGED, Act.RETURN): ItemState.DAMAGED,  # taken, and sent to the librarian
    (ItemState.DAMAGED, Act.MEND): ItemState.IN_STOCK,
    (ItemState.DAMAGED, Act.MARK_LOST): ItemState.LOST,
    (ItemState.DAMAGED, Act.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.ON_LOAN, Act.CLAIM_RETURNED): ItemState.CLAIMED_RETURNED,
    (ItemState.CLAIMED_RETURNED, Act.RETURN): ItemState.IN_STOCK,
    (ItemState.CLAIMED_RETURNED, Act.FIND): ItemState.IN_STOCK,
    (ItemState.CLAIMED_RETURNED, Act.MARK_LOST): ItemState.LOST,
}


def advance(state: ItemState, act: Act) -> ItemState | None:
    """The state after `act`, or None where the table has no such step."""
    return TRANSITIONS.get((state, act))


class SecurityState(StrEnum):
    """Loan and tag taken together."""

    ARMED = "armed"  # in stock, the gate alarms: as it should be
    DISARM_DUE = "disarm_due"  # on loan, tag still armed: amber, retried at every sighting
    DISARMED = "disarmed"  # on loan, the gate is silent: as it should be
    ARM_DUE = "arm_due"  # in stock, tag not armed: a silent repair task


class SecurityAct(StrEnum):
    """What changes the pair: the ledger (lent, taken back) or an antenna (seen)."""

    LENT = "lent"
    TAKEN_BACK = "taken_back"
    SEEN_ARMED = "seen_armed"
    SEEN_DISARMED = "seen_disarmed"


_S, _A = SecurityState, SecurityAct

SECURITY_TRANSITIONS: dict[tuple[SecurityState, SecurityAct], SecurityState] = {
    (_S.ARMED, _A.LENT): _S.DISARM_DUE,
    (_S.ARMED, _A.TAKEN_BACK): _S.ARMED,
    (_S.ARMED, _A.SEEN_ARMED): _S.ARMED,
    (_S.ARMED, _A.SEEN_DISARMED): _S.ARM_DUE,
    (_S.DISARM_DUE, _A.LENT): _S.DISARM_DUE,
    (_S.DISARM_DUE, _A.TAKEN_BACK): _S.ARMED,
    (_S.DISARM_DUE, _A.SEEN_ARMED): _S.DISARM_DUE,
    (_S.DISARM_DUE, _A.SEEN_DISARMED): _S.DISARMED,
    (_S.DISARMED, _A.LENT): _S.DISARMED,
    (_S.DISARMED, _A.TAKEN_BACK): _S.ARM_DUE,
    (
        _S.DISARMED,
        _A.SEEN_ARMED,
    ): _S.DISARM_DUE,  # a return arms first: until it is recorded the loan stands
    (_S.DISARMED, _A.SEEN_DISARMED): _S.DISARMED,
    (_S.ARM_DUE, _A.LENT): _S.DISARMED,
    (_S.ARM_DUE, _A.TAKEN_BACK): _S.ARM_DUE,
    (_S.ARM_DUE, _A.SEEN_ARMED): _S.ARMED,
    (_S.ARM_DUE, _A.SEEN_DISARMED): _S.ARM_DUE,
}


def advance_security(state: SecurityState, act: SecurityAct) -> SecurityState:
    """The security state after `act`; every pair is in the table."""
    return SECURITY_TRANSITIONS[state, act]


class Repair(StrEnum):
    """What a librarian does about a copy whose tag is not what its loan wants."""

    ARM = "arm"  # lay it on a pad: the tag is switched on
    DISARM = "disarm"  # lay it on a pad, or ask its reader to: the tag is switched off
    LOOK_ON_SHELF = "look_on_shelf"  # its tag is on, as a return leaves it: it may stand there


def propose_repair(state: ItemState, security: SecurityState) -> Repair | None:
    """The one repair for this pair of loan and tag; None where nothing is to be done.

    A copy that is written off needs none: it leaves the house.
    """
    if security not in (_S.ARM_DUE, _S.DISARM_DUE) or state is ItemState.WITHDRAWN:
        return None
    if security is _S.ARM_DUE:
        return Repair.ARM
    missing = state in (ItemState.LOST, ItemState.CLAIMED_RETURNED)
    return Repair.LOOK_ON_SHELF if missing else Repair.DISARM


def should_be_armed(state: SecurityState) -> bool:
    """What the loan wants of the tag: armed in stock, disarmed on loan."""
    return state in (SecurityState.ARMED, SecurityState.ARM_DUE)
