"""What was decided alone reaches the ledger in its order, once, and every answer is noted."""

import json
from datetime import UTC, datetime
from uuid import UUID

import httpx2
import pytest

from circulation.api import (
    CheckoutRequest,
    DeviceState,
    ReaderState,
    Refusal,
    ReturnRequest,
    SightingReceipt,
    SightingRequest,
)
from circulation.messages import Clock
from circulation.offline import OPERATIONS, Batch, BatchAnswer, LateAnswer
from circulation.reasons import Reason
from circulation.selfservice import DamageRequest, Harm
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.courier import BATCH, Courier
from kiosk.events import NoAnswer
from kiosk.journal import Journal, Outcome
from kiosk.link import Link, LinkLimits
from kiosk.vault import Vault

AT = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
OWNER = "RU-10010033"


def checkout(number):
    return CheckoutRequest(
        op_id=UUID(int=number), at=AT, patron_id="p-1", owner=OWNER, item_id=f"A{number}"
    )


def returned(number):
    return ReturnRequest(op_id=UUID(int=number), at=AT, owner=OWNER, item_id=f"A{number}")


def sighting(number):
    return SightingRequest(
        op_id=UUID(int=number), at=AT, owner=OWNER, item_id=f"A{number}", armed=False
    )


def damage(number, item):
    at = {"op_id": UUID(int=number), "at": AT}
    return DamageRequest(**at, owner=OWNER, item_id=item, harm=Harm.WET)


class Far:
    """The controller: `says` decides about an operation id; `batches` is all that came."""

    def __init__(self):
        self.batches = []
        self.says = {}
        self.away = False
        self.knows_nobody = False
        self.chokes_on = set()

    def __call__(self, request):
        if self.away:
            raise httpx2.ConnectError("away")
        if self.knows_nobody:
            refusal = Refusal(reasons=(Reason.DEVICE_UNKNOWN,))
            return httpx2.Response(401, content=refusal.model_dump_json())
        if request.url.path != OPERATIONS:
            return httpx2.Response(204)
        batch = Batch.model_validate_json(request.content)
        ids = [late.request.op_id.int for late in batch.operations]
        if self.chokes_on & set(ids):
            return httpx2.Response(422, content=json.dumps({"detail": "not understood"}))
        self.batches.append(batch.operations)
        answers = tuple(self._answer(late.request.op_id) for late in batch.operations)
        return httpx2.Response(200, content=BatchAnswer(answers=answers).model_dump_json())

    def _answer(self, op_id):
        match self.says.get(op_id.int, "applied"):
            case "conflict":
                return LateAnswer(op_id=op_id, done="conflict", conflict_id=1, conflict="unknown")
            case "refused":
                refusal = Refusal(reasons=(Reason.NOT_LENDABLE,))
                return LateAnswer(op_id=op_id, done="refused", refusal=refusal)
            case _:
                receipt = SightingReceipt(op_id=op_id, security="armed")
                return LateAnswer(op_id=op_id, done="applied", receipt=receipt)

    @property
    def ids(self):
        return [late.request.op_id.int for batch in self.batches for late in batch]


class Post:
    """A courier that is told when to go, and what it carries."""

    def __init__(self, folder):
        self.far = Far()
        self.journal = Journal(folder / "kiosk.sqlite", Vault("s3cret"))
        self.now = 100.0
        limits = LinkLimits(failures=2, failing_s=1, answers=2, answering_s=1)
        self.link = Link(limits, lambda _: None, clock=lambda: self.now)
        client = ControllerClient("http://c", "t", transport=httpx2.MockTransport(self.far))
        self.courier = Courier(
            self.journal,
            client,
            lambda _: None,
            lambda: DeviceState(
                at=AT,
                version="1",
                pad=ReaderState.OK,
                card_reader=ReaderState.OK,
                simulated=False,
            ),
            self.link,
            WallClock(lambda: AT, lambda: True),
            clock=lambda: self.now,
        )

    def round(self, count=1):
        for _ in range(count):
            self.courier.deliver_all()
            self.now += 2

    def outcome_of(self, number):
        return next(
            outcome
            for outcome in Outcome
            for entry in self.journal.with_outcome(outcome)
            if entry.op_id.int == number
        )


@pytest.fixture
def post(tmp_path):
    made = Post(tmp_path)
    yield made
    made.journal.close()


def test_facts_go_in_batches_in_their_order_with_number_time_and_clock(post):
    for number in range(1, BATCH + 6):
        clock = Clock.UNSURE if number % 2 else Clock.SURE
        post.journal.keep(checkout(number), alone=True, clock=clock)

    post.round()

    assert [len(batch) for batch in post.far.batches] == [BATCH, 5]
    assert post.far.ids == list(range(1, BATCH + 6))
    first = post.far.batches[0][0]
    assert (first.seq, first.clock, first.offline, first.request.at) == (
        1,
        Clock.UNSURE,
        True,
        AT,
    )
    assert post.journal.waiting() == 0


def test_word_of_damage_follows_its_return_also_when_that_was_asked_of_the_controller(post):
    post.journal.keep(returned(1))
    post.journal.keep(damage(2, "A1"), alone=True)

    post.courier.deliver_all()  # of the return nobody heard yet
    before = list(post.far.ids)
    post.journal.settle(UUID(int=1), Outcome.DONE)
    post.courier.deliver_all()

    assert (before, post.far.ids) == ([], [2])
    assert post.far.batches[-1][0].kind == "damage"
    assert post.journal.waiting() == 0


def test_stack_that_came_back_is_one_message_of_wishes(post):
    for number in (1, 2, 3):
        post.journal.keep(returned(number))
    post.far.says = {2: "refused"}

    post.round()

    [batch] = post.far.batches
    assert [(late.request.item_id, late.offline) for late in batch] == [
        ("A1", False),
        ("A2", False),
        ("A3", False),
    ]
    outcomes = [post.outcome_of(number) for number in (1, 2, 3)]
    assert outcomes == [Outcome.DONE, Outcome.REFUSED, Outcome.DONE]
    assert post.journal.waiting() == 0  # a refused return is not told as a fact


def test_each_book_of_a_stack_hears_its_own_answer_also_after_a_silence(post):
    heard = {1: [], 2: []}
    for number, answers in heard.items():
        post.courier.expect(UUID(int=number), answers.append)
        post.journal.keep(returned(number))
    post.far.away = True
    post.round()
    post.far.away = False
    post.far.says = {2: "refused"}

    post.round(2)

    assert [type(answer).__name__ for answer in heard[1]] == ["NoAnswer", "SightingReceipt"]
    assert heard[2][0] == NoAnswer(sent=True)
    assert post.far.ids[:2] == [1, 2]


def test_answers_are_noted_and_nothing_goes_twice(post):
    post.far.says = {2: "conflict"}
    for request in (checkout(1), checkout(2), sighting(3)):
        post.journal.keep(request, alone=True)

    post.round(3)

    assert post.far.ids == [1, 2, 3]
    outcomes = [post.outcome_of(number) for number in (1, 2, 3)]
    assert outcomes == [Outcome.DONE, Outcome.CONFLICT, Outcome.DONE]


def test_what_could_not_be_delivered_goes_later_under_the_same_ids(post):
    post.journal.keep(checkout(1), alone=True)
    post.far.away = True
    post.round(3)
    assert post.link.alone

    post.far.away = False
    post.round(3)

    assert post.far.ids == [1]
    assert not post.link.alone


def test_fact_whose_id_was_refused_as_a_wish_goes_once_more_under_another(post):
    """The answer to the wish was lost, so somebody was told yes: it must become a question."""
    post.far.says = {1: "refused"}
    post.journal.keep(checkout(1), alone=True, clock=Clock.UNSURE)

    post.round(2)

    assert post.outcome_of(1) is Outcome.REFUSED
    first, second = (late for batch in post.far.batches for late in batch)
    assert first.request.op_id != second.request.op_id
    assert (second.request.item_id, second.request.at, second.clock) == ("A1", AT, Clock.UNSURE)
    assert post.journal.waiting() == 0


def test_refusal_of_the_second_id_is_kept_for_the_staff_and_not_repeated(post):
    post.far.says = dict.fromkeys(range(100), "refused")
    post.journal.keep(returned(1), alone=True)
    post.journal.keep(returned(2), alone=True, in_place_of=UUID(int=1))

    post.round(2)

    assert post.outcome_of(2) is Outcome.REJECTED
    assert post.far.ids == [2]


def test_refused_sighting_is_no_question(post):
    post.far.says = {1: "refused"}
    post.journal.keep(sighting(1), alone=True)

    post.round(2)

    assert (post.outcome_of(1), post.far.ids) == (Outcome.REFUSED, [1])


def test_one_that_is_not_understood_does_not_hold_up_the_others(post):
    post.far.chokes_on = {2}
    for number in (1, 2, 3):
        post.journal.keep(checkout(number), alone=True)

    post.round()

    assert post.far.ids == [1, 3]
    assert post.outcome_of(2) is Outcome.REJECTED


def test_return_that_somebody_was_told_of_becomes_a_fact(post):
    told = []
    post.courier.expect(UUID(int=1), told.append)
    post.journal.keep(returned(1))
    post.far.away = True
    post.round()

    post.far.away = False
    post.round()

    assert told[0] == NoAnswer(sent=True)
    assert post.far.batches[0][0].offline


@pytest.mark.parametrize("unsent", [0, 1], ids=["nothing to send", "something to send"])
def test_kiosk_that_was_shut_out_meanwhile_does_not_go_on_alone_and_keeps_its_facts(post, unsent):
    for number in range(unsent):
        post.journal.keep(checkout(number), alone=True)
    post.far.away = True
    post.round(3)
    assert post.link.alone

    post.far.away, post.far.knows_nobody = False, True
    post.round(4)

    assert not post.link.alone
    assert post.journal.waiting() == unsent
