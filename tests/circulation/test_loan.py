"""The two lifecycles are tables; every pair of state and act is decided in them."""

import itertools

import pytest

from circulation.loan import (
    SECURITY_TRANSITIONS,
    Act,
    ItemState,
    SecurityAct,
    SecurityState,
    advance,
    advance_security,
    should_be_armed,
)

ALLOWED = {
    (ItemState.IN_STOCK, Act.CHECKOUT): ItemState.ON_LOAN,
    (ItemState.ON_LOAN, Act.RENEW): ItemState.ON_LOAN,
    (ItemState.ON_LOAN, Act.RETURN): ItemState.IN_STOCK,
    (ItemState.IN_STOCK, Act.RETURN): ItemState.IN_STOCK,
    (ItemState.LOST, Act.RETURN): ItemState.IN_STOCK,
    (ItemState.ON_LOAN, Act.MARK_LOST): ItemState.LOST,
    (ItemState.IN_STOCK, Act.MARK_LOST): ItemState.LOST,
    (ItemState.IN_STOCK, Act.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.LOST, Act.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.LOST, Act.FIND): ItemState.IN_STOCK,
    (ItemState.IN_STOCK, Act.MARK_DAMAGED): ItemState.DAMAGED,
    (ItemState.DAMAGED, Act.RETURN): ItemState.DAMAGED,
    (ItemState.DAMAGED, Act.MEND): ItemState.IN_STOCK,
    (ItemState.DAMAGED, Act.MARK_LOST): ItemState.LOST,
    (ItemState.DAMAGED, Act.WITHDRAW): ItemState.WITHDRAWN,
    (ItemState.ON_LOAN, Act.CLAIM_RETURNED): ItemState.CLAIMED_RETURNED,
    (ItemState.CLAIMED_RETURNED, Act.RETURN): ItemState.IN_STOCK,
    (ItemState.CLAIMED_RETURNED, Act.FIND): ItemState.IN_STOCK,
    (ItemState.CLAIMED_RETURNED, Act.MARK_LOST): ItemState.LOST,
}


@pytest.mark.parametrize(("state", "act"), list(itertools.product(ItemState, Act)))
def test_every_act_on_every_state_is_allowed_or_refused(state: ItemState, act: Act) -> None:
    assert advance(state, act) == ALLOWED.get((state, act))


def test_every_security_state_answers_every_act() -> None:
    assert set(SECURITY_TRANSITIONS) == set(itertools.product(SecurityState, SecurityAct))


@pytest.mark.parametrize("state", SecurityState)
def test_seeing_the_tag_never_changes_what_the_loan_wants(state: SecurityState) -> None:
    for act in (SecurityAct.SEEN_ARMED, SecurityAct.SEEN_DISARMED):
        assert should_be_armed(advance_security(state, act)) == should_be_armed(state)


@pytest.mark.parametrize("state", SecurityState)
def test_what_the_antenna_saw_and_what_the_loan_wants_give_one_state(state: SecurityState) -> None:
    lent = advance_security(state, SecurityAct.LENT)
    back = advance_security(state, SecurityAct.TAKEN_BACK)

    assert advance_security(lent, SecurityAct.SEEN_DISARMED) is SecurityState.DISARMED
    assert advance_security(lent, SecurityAct.SEEN_ARMED) is SecurityState.DISARM_DUE
    assert advance_security(back, SecurityAct.SEEN_ARMED) is SecurityState.ARMED
    assert advance_security(back, SecurityAct.SEEN_DISARMED) is SecurityState.ARM_DUE


def test_a_book_lifted_too_early_is_amber_until_an_antenna_sees_it_disarmed() -> None:
    lent = advance_security(SecurityState.ARMED, SecurityAct.LENT)

    assert lent is SecurityState.DISARM_DUE
    assert advance_security(lent, SecurityAct.SEEN_DISARMED) is SecurityState.DISARMED


def test_a_return_arms_first_and_the_loan_stands_until_it_is_recorded() -> None:
    armed = advance_security(SecurityState.DISARMED, SecurityAct.SEEN_ARMED)

    assert armed is SecurityState.DISARM_DUE
    assert advance_security(armed, SecurityAct.TAKEN_BACK) is SecurityState.ARMED
