"""What is known alone: the snapshot's facts with this kiosk's own acts on top, in their order."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from circulation.api import CheckoutRequest, RenewRequest, ReturnRequest, SightingRequest
from circulation.ids import PatronId
from circulation.loan import Act, ItemState
from circulation.policy import ItemKind, Policy
from circulation.policy_part import policy_part
from circulation.reasons import Reason
from circulation.rules import decide
from circulation.selfservice import DamageRequest, Harm
from circulation.snapshot import CardRights, CopyState, ReadyCopy, Sections
from kiosk.known import Index, Known
from tests.kiosk.conftest import OWNER, copy_of

NOON = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)
TODAY = date(2026, 10, 14)
ANNA, BORIS = PatronId("p-anna"), PatronId("p-boris")


def known(*acts, copies=(), holds=(), **rights):
    cards = {"a" * 32: CardRights(patron_id=ANNA, **rights), "b" * 32: CardRights(patron_id=BORIS)}
    sections = Sections(
        policy=policy_part(Policy()),
        cards=cards,
        copies=tuple(CopyState(owner=OWNER, **copy) for copy in copies),
        holds=tuple(ReadyCopy(owner=OWNER, **hold) for hold in holds),
    )
    return Known(Index(NOON, sections), acts, TODAY)


def act(kind, item, **fields):
    return kind(op_id=uuid4(), at=NOON, owner=OWNER, item_id=item, **fields)


def lent(item, patron=ANNA):
    return act(CheckoutRequest, item, patron_id=patron)


def answer(facts, item="A1", patron=ANNA, what=Act.CHECKOUT):
    return decide(facts.facts(what, copy_of(item), patron), facts.policy, TODAY)


def test_copy_that_no_section_names_is_a_book_in_stock():
    decision = answer(known())

    assert (decision.ok, decision.due) == (True, TODAY + timedelta(days=14))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (known(blocked=True), Reason.PATRON_BLOCKED),
        (known(left=True), Reason.PATRON_LEFT),
        (known(overdue_loans=1), Reason.OVERDUE_ITEMS),
        (known(counted_loans=5), Reason.LIMIT_REACHED),
        (
            known(copies=[{"item_id": "A1", "state": "in_stock", "age_mark": 12}], age_years=7),
            Reason.AGE_MARK,
        ),
        (
            known(copies=[{"item_id": "A1", "state": "in_stock", "reading_room_only": True}]),
            Reason.READING_ROOM_ONLY,
        ),
        (known(copies=[{"item_id": "A1", "state": "damaged"}]), Reason.NOT_LENDABLE),
        (
            known(copies=[{"item_id": "A1", "state": "on_loan", "holder": BORIS}]),
            Reason.ON_LOAN_TO_OTHER,
        ),
        (
            known(copies=[{"item_id": "A1", "state": "on_loan", "holder": ANNA}]),
            Reason.ALREADY_YOURS,
        ),
        (
            known(holds=[{"item_id": "A1", "patron_id": BORIS, "until": TODAY}]),
            Reason.HELD_FOR_OTHER,
        ),
        (
            known(copies=[{"item_id": "A1", "state": "in_stock", "waiting": (BORIS,)}]),
            Reason.HELD_FOR_OTHER,
        ),
        (known(lent("A1")), Reason.ALREADY_YOURS),
        (known(lent("A1", BORIS)), Reason.ON_LOAN_TO_OTHER),
        (known(*(lent(f"B{n}") for n in range(5))), Reason.LIMIT_REACHED),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_very_rules_refuse_on_what_is_known(facts, reason):
    assert answer(facts).reasons[0] is reason


@pytest.mark.parametrize(
    "facts",
    [
        known(holds=[{"item_id": "A1", "patron_id": ANNA, "until": TODAY}]),
        known(holds=[{"item_id": "A1", "patron_id": BORIS, "until": TODAY - timedelta(days=1)}]),
        known(copies=[{"item_id": "A1", "state": "in_stock", "waiting": (ANNA, BORIS)}]),
        known(
            copies=[{"item_id": "A1", "state": "in_stock", "waiting": (BORIS,), "free_besides": 1}]
        ),
        known(lent("A1", BORIS), act(ReturnRequest, "A1")),
        known(*(lent(f"B{n}") for n in range(5)), act(ReturnRequest, "B3")),
        known(
            act(ReturnRequest, "Late"),
            copies=[
                {
                    "item_id": "Late",
                    "state": "on_loan",
                    "holder": ANNA,
                    "due": TODAY - timedelta(days=1),
                }
            ],
            counted_loans=1,
            overdue_loans=1,
        ),
        known(act(SightingRequest, "A1", armed=True)),
    ],
    ids=[
        "held for her",
        "hold is over",
        "first in the queue",
        "another copy is free for who waits",
        "came back",
        "room was made",
        "overdue book came back",
        "only seen",
    ],
)
def test_very_rules_grant_on_what_is_known(facts):
    assert answer(facts).ok


def test_textbook_of_the_snapshot_is_due_at_the_end_of_the_year_and_counts_for_nothing():
    textbook = {"item_id": "A1", "state": "in_stock", "kind": ItemKind.TEXTBOOK}
    facts = known(lent("A1"), copies=[textbook])

    assert facts.loans(ANNA)[copy_of("A1")].due == date(2027, 5, 31)
    assert facts.patron(ANNA).counted_loans == 0


def test_renewals_add_up_to_the_policys_limit():
    once = known(lent("A1"), act(RenewRequest, "A1", patron_id=ANNA))
    twice = known(lent("A1"), *(act(RenewRequest, "A1", patron_id=ANNA) for _ in range(2)))

    assert answer(once, what=Act.RENEW).ok
    assert answer(twice, what=Act.RENEW).reasons == (Reason.RENEWAL_LIMIT,)


def test_return_of_a_damaged_copy_leaves_it_with_the_librarian():
    facts = known(act(ReturnRequest, "A1"), copies=[{"item_id": "A1", "state": ItemState.DAMAGED}])

    assert facts.item(copy_of("A1")).state is ItemState.DAMAGED


def test_copy_that_came_back_damaged_is_lent_to_nobody():
    facts = known(lent("A1"), act(ReturnRequest, "A1"), act(DamageRequest, "A1", harm=Harm.WET))

    assert answer(facts, patron=BORIS).reasons == (Reason.NOT_LENDABLE,)
    assert facts.patron(ANNA).counted_loans == 0


def test_loan_that_the_snapshot_has_already_is_not_counted_twice():
    mine = {"item_id": "A1", "state": "on_loan", "holder": ANNA, "due": TODAY}

    facts = known(lent("A1"), copies=[mine], counted_loans=1)

    assert facts.patron(ANNA).counted_loans == 1
