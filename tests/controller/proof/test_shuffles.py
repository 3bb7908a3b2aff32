"""A day without the controller comes in late, in any order and many times: it ends alike.

Two kiosks worked alone. What they did is a true story: only what stands on the shelf is lent. Their
batches arrive shuffled and repeated. Each operation has one effect and one answer for ever, and
each copy is where it truly is, or a librarian is asked about it.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from circulation.api import CheckoutRequest, ReturnRequest
from circulation.messages import Clock
from circulation.offline import (
    Batch,
    BatchAnswer,
    Done,
    LateAnswer,
    LateCheckout,
    LateOperation,
    LateReturn,
)
from circulation.policy import Policy
from circulation.reasons import Reason
from tests.controller.model_ledger import (
    COPIES,
    ISIL,
    KIOSK_1,
    KIOSK_2,
    PATRONS,
    Files,
    Ledger,
    caller,
    make_empty,
)

SHORT, LONG = 30, 10_000
NAMESPACE = UUID(int=15)
MORNING = datetime(2026, 10, 14, 5, tzinfo=UTC)  # the ledger hears of it four hours later
GENEROUS = Policy(max_loans=50)  # what is proved here is the order, not the limit


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened at a kiosk."""

    device: int
    late: LateOperation


@dataclass(frozen=True, slots=True)
class Delivery:
    """One batch on its way."""

    device: int
    batch: Batch


@dataclass(frozen=True, slots=True)
class Story:
    """What truly happened, where the copies truly are, and how the news arrives."""

    facts: list[Fact]
    holders: dict[str, str | None]
    lent: dict[str, int]
    deliveries: list[Delivery]


@st.composite
def stories(draw: Any) -> Story:
    holders: dict[str, str | None] = dict.fromkeys(COPIES)
    lent = dict.fromkeys(COPIES, 0)
    facts: list[Fact] = []
    for number in range(draw(st.integers(2, 12))):
        copy = draw(st.sampled_from(COPIES))
        device = draw(st.sampled_from((KIOSK_1, KIOSK_2)))
        common: dict[str, Any] = {
            "op_id": uuid5(NAMESPACE, str(number)),
            "at": MORNING + timedelta(minutes=number),
            "owner": ISIL,
            "item_id": copy,
        }
        flags: dict[str, Any] = {"seq": number + 1, "clock": Clock.SURE, "offline": True}
        if holders[copy] is None:
            patron = draw(st.sampled_from(PATRONS))
            request = CheckoutRequest(**common, patron_id=patron)
            facts.append(Fact(device, LateCheckout(request=request, **flags)))
            holders[copy], lent[copy] = patron, lent[copy] + 1
        else:
            facts.append(Fact(device, LateReturn(request=ReturnRequest(**common), **flags)))
            holders[copy] = None
    return Story(facts, holders, lent, draw(journeys(facts)))


@st.composite
def journeys(draw: Any, facts: list[Fact]) -> list[Delivery]:
    """Batches in each kiosk's own order; they arrive in any order, one to five times."""
    deliveries: list[Delivery] = []
    for device in (KIOSK_1, KIOSK_2):
        waiting = [fact.late for fact in facts if fact.device == device]
        while waiting:
            size = draw(st.integers(1, 3))
            batch = Batch(operations=tuple(waiting[:size]))
            deliveries += [Delivery(device, batch)] * draw(st.integers(1, 5))
            waiting = waiting[size:]
    return list(draw(st.permutations(deliveries)))


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Path, Path]]:
    with tempfile.TemporaryDirectory(prefix="polka-shuffles-") as folder:
        yield Path(folder), make_empty(Path(folder))


def deliver(ledger: Ledger, delivery: Delivery) -> tuple[LateAnswer, ...]:
    answer = ledger.commit(
        lambda inside: ledger.batches.take(inside, caller(delivery.device), delivery.batch)
    )
    return BatchAnswer.model_validate_json(answer.body).answers


def tell(ledger: Ledger, story: Story) -> dict[UUID, LateAnswer]:
    """Everything arrives; a repeat never is answered differently."""
    answers: dict[UUID, LateAnswer] = {}
    for delivery in story.deliveries:
        for answer in deliver(ledger, delivery):
            assert answers.setdefault(answer.op_id, answer) == answer
        ledger.moment += timedelta(seconds=1)
    return answers


def judge(ledger: Ledger, story: Story, answers: dict[UUID, LateAnswer]) -> None:
    kept = [UUID(op_id) for (op_id,) in ledger.rows("SELECT op_id FROM operation")]
    assert sorted(kept) == sorted(fact.late.request.op_id for fact in story.facts)
    assert {answer.done for answer in answers.values()} <= {Done.APPLIED, Done.CONFLICT}
    asked_about = {
        copy
        for (copy,) in ledger.rows(
            "SELECT i.item_id FROM conflict c JOIN item i ON i.id = c.item_id"
        )
    }
    for copy, holder in story.holders.items():
        loans = ledger.rows(
            "SELECT l.patron_id, l.returned_at FROM loan l JOIN item i ON i.id = l.item_id"
            f" WHERE i.item_id = '{copy}'"
        )
        open_loans = [patron for patron, returned in loans if returned is None]
        assert len(open_loans) <= 1
        if copy not in asked_about:
            assert open_loans == ([] if holder is None else [holder])
            assert len(loans) <= story.lent[copy]  # borrowed again: one loan that goes on


def send_another_body(ledger: Ledger, fact: Fact) -> None:
    """The id of a fact with another hour: refused, an alert, and nothing else."""
    request = fact.late.request
    changed = request.model_copy(update={"at": request.at - timedelta(hours=1)})
    forged = fact.late.model_copy(update={"request": changed})
    before = ledger.dump()

    [answer] = deliver(ledger, Delivery(fact.device, Batch(operations=(forged,))))

    assert answer.done is Done.REFUSED
    assert answer.refusal is not None
    assert answer.refusal.reasons == (Reason.OPERATION_CHANGED,)
    after = ledger.dump()
    alerts = [row for row in after.pop("event") if row not in before["event"]]
    del before["event"]
    assert [row[2] for row in alerts] == ["operation_clashed"]
    assert after == before


def play(world: tuple[Path, Path], *, examples: int) -> None:
    folder, empty = world

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(story=stories(), forged=st.integers(0, 100))
    def campaign(story: Story, forged: int) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as place:
            ledger = Ledger(Files(Path(place), empty), GENEROUS)
            try:
                judge(ledger, story, tell(ledger, story))
                send_another_body(ledger, story.facts[forged % len(story.facts)])
            finally:
                ledger.close()

    campaign()


def test_any_order_and_any_repetition_end_alike(world: tuple[Path, Path]) -> None:
    play(world, examples=SHORT)


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_any_order_and_any_repetition_end_alike_in_ten_thousand_stories(
    world: tuple[Path, Path],
) -> None:
    play(world, examples=LONG)
