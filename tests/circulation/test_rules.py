"""Every refusal has its facts; all of them are collected, the most useful one first."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from circulation.ids import PatronId
from circulation.loan import Act, ItemState
from circulation.policy import ItemKind, PatronCategory, Policy, Terms
from circulation.reasons import Reason, reason_code
from circulation.rules import OVERRIDABLE, RULES, Facts, ItemFacts, PatronFacts, decide

TODAY = date(2026, 9, 1)
ANNA, BORIS = PatronId("p-anna"), PatronId("p-boris")
PATRON = PatronFacts(ANNA, blocked=False, left=False, counted_loans=0, overdue_loans=0)
BOOK = ItemFacts(ItemKind.BOOK, ItemState.IN_STOCK)
MINE = replace(BOOK, state=ItemState.ON_LOAN, holder=ANNA, due=TODAY + timedelta(days=3))
THEIRS = replace(MINE, holder=BORIS)
PERIODICAL = replace(BOOK, kind=ItemKind.PERIODICAL)
POLICY = Policy(
    max_loans=5,
    max_renewals=2,
    kind_limits={ItemKind.PERIODICAL: 1},
    categories={
        PatronCategory.GUEST: Terms(max_loans=2),
        PatronCategory.TEACHER: Terms(max_loans=10),
    },
)


def test_a_free_book_is_lent_until_the_end_of_its_term() -> None:
    decision = decide(Facts(Act.CHECKOUT, BOOK, PATRON), POLICY, TODAY)

    assert decision.ok
    assert decision.due == date(2026, 9, 15)
    assert decision.can_still_borrow == 5


@pytest.mark.parametrize(
    ("patron", "item", "reason"),
    [
        (replace(PATRON, blocked=True), BOOK, Reason.PATRON_BLOCKED),
        (replace(PATRON, left=True), BOOK, Reason.PATRON_LEFT),
        (replace(PATRON, overdue_loans=1), BOOK, Reason.OVERDUE_ITEMS),
        (replace(PATRON, counted_loans=5), BOOK, Reason.LIMIT_REACHED),
        (replace(PATRON, age_years=11), replace(BOOK, age_mark=12), Reason.AGE_MARK),
        (PATRON, replace(BOOK, reading_room_only=True), Reason.READING_ROOM_ONLY),
        (
            replace(PATRON, category=PatronCategory.GUEST, counted_loans=2),
            BOOK,
            Reason.LIMIT_REACHED,
        ),
        (replace(PATRON, loans_of_kind=1), PERIODICAL, Reason.LIMIT_REACHED),
        (PATRON, replace(BOOK, held_for=BORIS), Reason.HELD_FOR_OTHER),
        (PATRON, replace(BOOK, queue_takes_it=True), Reason.HELD_FOR_OTHER),
        (PATRON, replace(BOOK, state=ItemState.DAMAGED), Reason.NOT_LENDABLE),
        (PATRON, replace(BOOK, state=ItemState.CLAIMED_RETURNED), Reason.NOT_LENDABLE),
        (PATRON, MINE, Reason.ALREADY_YOURS),
        (PATRON, THEIRS, Reason.ON_LOAN_TO_OTHER),
        (PATRON, replace(BOOK, state=ItemState.LOST), Reason.NOT_LENDABLE),
        (PATRON, replace(BOOK, state=ItemState.WITHDRAWN), Reason.NOT_LENDABLE),
    ],
)
def test_a_checkout_is_refused_for_one_reason(
    patron: PatronFacts, item: ItemFacts, reason: Reason
) -> None:
    decision = decide(Facts(Act.CHECKOUT, item, patron), POLICY, TODAY)

    assert decision.reasons == (reason,)
    assert decision.due is None


@pytest.mark.parametrize(
    ("parts", "seen", "reasons"),
    [
        (1, None, ()),
        (3, None, ()),
        (1, {1}, ()),
        (3, {1, 2, 3}, ()),
        (2, {1, 2, 3}, ()),
        (3, {1, 3}, (Reason.SET_INCOMPLETE,)),
        (2, {2}, (Reason.SET_INCOMPLETE,)),
        (1, frozenset(), (Reason.SET_INCOMPLETE,)),
    ],
)
def test_a_set_that_was_looked_at_is_lent_whole_or_not_at_all(
    parts: int, seen: set[int] | None, reasons: tuple[Reason, ...]
) -> None:
    item = replace(BOOK, parts=parts)
    looked = None if seen is None else frozenset(seen)

    decision = decide(Facts(Act.CHECKOUT, item, PATRON, looked), POLICY, TODAY)
    by_staff = decide(Facts(Act.CHECKOUT, item, PATRON, looked), POLICY, TODAY, overriding=True)

    assert decision.reasons == by_staff.overridden == reasons
    assert by_staff.ok


@pytest.mark.parametrize(
    ("patron", "item"),
    [
        (replace(PATRON, counted_loans=4), BOOK),
        (replace(PATRON, counted_loans=99), replace(BOOK, kind=ItemKind.TEXTBOOK)),
        (replace(PATRON, age_years=12), replace(BOOK, age_mark=12)),
        (PATRON, replace(BOOK, held_for=ANNA, queue_takes_it=True)),  # his own hold is ready
        (replace(PATRON, loans_of_kind=9), BOOK),  # a kind without a limit of its own
        (replace(PATRON, category=PatronCategory.TEACHER, counted_loans=7), BOOK),
        (PATRON, replace(BOOK, age_mark=18)),  # age not known: the mark is shown, not enforced
    ],
)
def test_the_edge_of_a_limit_is_still_inside(patron: PatronFacts, item: ItemFacts) -> None:
    assert decide(Facts(Act.CHECKOUT, item, patron), POLICY, TODAY).ok


def test_all_refusals_are_collected_and_what_the_patron_can_mend_comes_first() -> None:
    patron = replace(PATRON, blocked=True, counted_loans=5, overdue_loans=2)
    item = replace(BOOK, reading_room_only=True)

    decision = decide(Facts(Act.CHECKOUT, item, patron), POLICY, TODAY)

    assert decision.reasons == (
        Reason.PATRON_BLOCKED,
        Reason.OVERDUE_ITEMS,
        Reason.LIMIT_REACHED,
        Reason.READING_ROOM_ONLY,
    )


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (BOOK, Reason.NOT_ON_LOAN),
        (THEIRS, Reason.ON_LOAN_TO_OTHER),
        (replace(MINE, renewals=2), Reason.RENEWAL_LIMIT),
        (replace(MINE, due=TODAY - timedelta(days=1)), Reason.RENEWAL_OVERDUE),
        (replace(MINE, queue_takes_it=True), Reason.RENEWAL_WAITED_FOR),
    ],
)
def test_a_renewal_is_refused_for_one_reason(item: ItemFacts, reason: Reason) -> None:
    assert decide(Facts(Act.RENEW, item, PATRON), POLICY, TODAY).reasons == (reason,)


def test_a_renewal_counts_from_today_and_is_possible_on_the_last_day() -> None:
    decision = decide(Facts(Act.RENEW, replace(MINE, due=TODAY), PATRON), POLICY, TODAY)

    assert decision.due == date(2026, 9, 15)


def test_staff_set_aside_rules_of_the_house_and_the_decision_says_which() -> None:
    patron = replace(PATRON, blocked=True, counted_loans=5)

    decision = decide(Facts(Act.CHECKOUT, BOOK, patron), POLICY, TODAY, overriding=True)

    assert decision.due == date(2026, 9, 15)
    assert decision.overridden == (Reason.PATRON_BLOCKED, Reason.LIMIT_REACHED)


@pytest.mark.parametrize(
    ("item", "reason"),
    [(THEIRS, Reason.ON_LOAN_TO_OTHER), (replace(BOOK, state=ItemState.LOST), Reason.NOT_LENDABLE)],
)
def test_staff_cannot_set_aside_what_is_so(item: ItemFacts, reason: Reason) -> None:
    patron = replace(PATRON, blocked=True)

    decision = decide(Facts(Act.CHECKOUT, item, patron), POLICY, TODAY, overriding=True)

    assert (decision.reasons, decision.due) == ((reason,), None)
    assert reason not in OVERRIDABLE


@pytest.mark.parametrize(
    "state",
    [
        ItemState.ON_LOAN,
        ItemState.IN_STOCK,
        ItemState.LOST,
        ItemState.DAMAGED,
        ItemState.CLAIMED_RETURNED,
    ],
)
def test_a_return_is_taken_whatever_the_ledger_thought(state: ItemState) -> None:
    assert decide(Facts(Act.RETURN, replace(BOOK, state=state)), POLICY, TODAY).ok


def test_a_withdrawn_copy_goes_to_the_librarian() -> None:
    gone = replace(BOOK, state=ItemState.WITHDRAWN)

    assert decide(Facts(Act.RETURN, gone), POLICY, TODAY).reasons == (Reason.NOT_LENDABLE,)


def test_the_acts_that_a_person_does_at_a_kiosk_have_rules() -> None:
    assert {Act.CHECKOUT, Act.RENEW, Act.RETURN} == set(RULES)


def test_every_reason_has_a_code_of_its_own() -> None:
    codes = [reason_code(reason) for reason in Reason]

    assert len(set(codes)) == len(codes)
    assert all(code.startswith("RC-") for code in codes)
