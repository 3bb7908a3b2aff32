"""A patron waits for a title: who may, and what becomes of it."""

import itertools
from dataclasses import replace

import pytest

from circulation.holds import (
    HoldAct,
    HoldState,
    TitleFacts,
    advance_hold,
    decide_hold,
    slip_code,
)
from circulation.ids import PatronId
from circulation.policy import ItemKind, Policy
from circulation.reasons import Reason
from circulation.rules import PatronFacts

ANNA = PatronFacts(
    PatronId("p-anna"), blocked=False, left=False, counted_loans=5, overdue_loans=1, age_years=11
)
NOVEL = TitleFacts(ItemKind.BOOK, lendable_copies=2)
S, A = HoldState, HoldAct
ALLOWED = {
    (S.WAITING, A.SHELVE): S.READY,
    (S.WAITING, A.TAKE): S.TAKEN,
    (S.WAITING, A.CANCEL): S.CANCELLED,
    (S.READY, A.LOSE_COPY): S.WAITING,
    (S.READY, A.TAKE): S.TAKEN,
    (S.READY, A.CANCEL): S.CANCELLED,
    (S.READY, A.EXPIRE): S.EXPIRED,
}


@pytest.mark.parametrize(("state", "act"), list(itertools.product(HoldState, HoldAct)))
def test_every_act_on_every_hold_is_allowed_or_refused(state: HoldState, act: HoldAct) -> None:
    assert advance_hold(state, act) == ALLOWED.get((state, act))


def test_a_patron_with_his_hands_full_may_still_wait() -> None:
    assert decide_hold(NOVEL, ANNA, open_holds=2, policy=Policy()) == ()


@pytest.mark.parametrize(
    ("title", "patron", "open_holds", "reason"),
    [
        (replace(NOVEL, waits_for_it=True), ANNA, 1, Reason.ALREADY_HELD),
        (replace(NOVEL, has_it=True), ANNA, 0, Reason.ALREADY_YOURS),
        (NOVEL, replace(ANNA, left=True), 0, Reason.PATRON_LEFT),
        (NOVEL, replace(ANNA, blocked=True), 0, Reason.PATRON_BLOCKED),
        (NOVEL, ANNA, 3, Reason.HOLD_LIMIT),
        (replace(NOVEL, age_mark=12), ANNA, 0, Reason.AGE_MARK),
        (replace(NOVEL, kind=ItemKind.TEXTBOOK), ANNA, 0, Reason.NOT_HOLDABLE),
        (replace(NOVEL, lendable_copies=0), ANNA, 0, Reason.NOT_HOLDABLE),
    ],
)
def test_a_hold_is_refused_for_one_reason(
    title: TitleFacts, patron: PatronFacts, open_holds: int, reason: Reason
) -> None:
    assert decide_hold(title, patron, open_holds, Policy()) == (reason,)


def test_a_slip_shows_a_number_and_no_name() -> None:
    assert (slip_code(42), slip_code(123_456)) == ("0042", "3456")
