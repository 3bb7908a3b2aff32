"""A stack goes in one message; each of its books is an operation with an id and an answer."""

from datetime import date, timedelta

import httpx2
import pytest

from circulation.api import (
    CHECKOUTS,
    CheckoutRequest,
    DeviceState,
    LoanReceipt,
    ReaderState,
    Refusal,
)
from circulation.ids import PatronId
from circulation.loan import SecurityState
from circulation.offline import OPERATIONS, Batch, BatchAnswer, LateAnswer
from circulation.reasons import Reason
from kiosk.alone import Alone, Trust
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.courier import Courier
from kiosk.desk import Desk
from kiosk.effects import RequestCheckout, RequestCheckouts
from kiosk.events import NoAnswer
from kiosk.journal import Journal, Outcome
from kiosk.link import Link, LinkLimits
from kiosk.snapshots import SnapshotStore
from kiosk.titles import TitleStore
from kiosk.vault import Vault
from tests.kiosk.conftest import copy_of, uid_of
from tests.kiosk.snapshot_maker import AT, KNOWN_AS, sections, signed

ANNA = PatronId("p-1")


def wish(item, slot):
    return RequestCheckout(1, slot, ANNA, copy_of(item), uid_of(item))


STACK = RequestCheckouts((wish("A1", 1), wish("A2", 2), wish("A3", 3)))


class Ledger:
    """A controller that lends each copy once, remembers operations, and may lose its answers."""

    def __init__(self):
        self.lent = {}
        self.answers = {}
        self.seen = []  # the operation ids of each message that came
        self.refuses = set()
        self.answer_lost = self.away = self.knows_nobody = False
        self.chokes_on = set()
        self.spoil = lambda answers: answers

    def __call__(self, request):
        if self.away:
            raise httpx2.ConnectError("away")
        if self.knows_nobody:
            refusal = Refusal(reasons=(Reason.DEVICE_UNKNOWN,))
            return httpx2.Response(401, content=refusal.model_dump_json())
        if request.url.path == CHECKOUTS:
            return self._single(request)
        if request.url.path != OPERATIONS:
            return httpx2.Response(204)
        lines = Batch.model_validate_json(request.content).operations
        if self.chokes_on & {line.request.item_id for line in lines}:
            return httpx2.Response(422, json={"detail": "not understood"})
        self.seen.append([line.request.op_id for line in lines])
        answers = self.spoil(tuple(self._answer(line.request) for line in lines))
        if self.answer_lost:
            raise httpx2.ReadError("cut in the middle")
        return httpx2.Response(200, content=BatchAnswer(answers=answers).model_dump_json())

    def _single(self, request):
        asked = CheckoutRequest.model_validate_json(request.content)
        self.seen.append([asked.op_id])
        if asked.item_id in self.chokes_on:
            return httpx2.Response(422, json={"detail": "not understood"})
        answer = self._answer(asked)
        told = answer.receipt or answer.refusal
        return httpx2.Response(200 if answer.receipt else 409, content=told.model_dump_json())

    def _answer(self, request):
        if request.op_id not in self.answers:
            self.answers[request.op_id] = self._decide(request)
        return self.answers[request.op_id]

    def _decide(self, request):
        if request.item_id in self.refuses or request.item_id in self.lent:
            refusal = Refusal(reasons=(Reason.HELD_FOR_OTHER,))
            return LateAnswer(op_id=request.op_id, done="refused", refusal=refusal)
        self.lent[request.item_id] = request.op_id
        receipt = LoanReceipt(
            op_id=request.op_id,
            loan_id=request.item_id,
            item_id=request.item_id,
            title="",
            due=date(2027, 5, 31),
            renewals=0,
            security=SecurityState.DISARM_DUE,
        )
        return LateAnswer(op_id=request.op_id, done="applied", receipt=receipt)


class Counter:
    """A desk before that ledger; `results` by copy is what the session heard last."""

    def __init__(self, folder):
        self.ledger, self.posted, self.now = Ledger(), [], 100.0
        vault = Vault("s3cret")
        self.journal = Journal(folder / "kiosk.sqlite", vault)
        self.store = SnapshotStore(folder / "snapshot.sqlite", vault, KNOWN_AS)
        self.store.take(signed(sections()), settled=0)
        wall = WallClock(lambda: AT + timedelta(hours=1), lambda: True)
        limits = LinkLimits(failures=2, failing_s=1)
        self.link = Link(limits, lambda _: None, clock=lambda: self.now)
        client = ControllerClient("http://c", "t", transport=httpx2.MockTransport(self.ledger))
        courier = Courier(self.journal, client, self.posted.append, _state, self.link, wall)
        self.titles = TitleStore(folder / "titles.sqlite", KNOWN_AS)
        alone = Alone(self.journal, self.store, self.titles, KNOWN_AS, Trust(), wall)
        self.desk = Desk(self.journal, client, courier, self.posted.append, self.link, alone, wall)

    def asks(self, effect=STACK):
        """What each book of the stack heard, in the order of the stack; a moment passes."""
        self.posted.clear()
        self.desk.work(effect)
        self.now += 2
        return [event.result for event in self.posted]


def _state():
    ok = ReaderState.OK
    return DeviceState(at=AT, version="1", pad=ok, card_reader=ok, simulated=False)


@pytest.fixture
def counter(tmp_path):
    made = Counter(tmp_path)
    yield made
    made.desk.stop()
    made.titles.close()
    made.store.close()
    made.journal.close()


def test_whole_stack_is_one_message_and_each_book_an_operation_of_its_own(counter):
    results = counter.asks()

    [ids] = counter.ledger.seen
    assert len(set(ids)) == 3
    assert [result.item_id for result in results] == ["A1", "A2", "A3"]
    kept = counter.journal.with_outcome(Outcome.DONE)
    assert [entry.op_id for entry in kept] == ids


def test_refused_book_does_not_stop_the_others_and_says_why_in_its_place(counter):
    counter.ledger.refuses = {"A2"}

    first, second, third = counter.asks()

    assert isinstance(first, LoanReceipt)
    assert second == Refusal(reasons=(Reason.HELD_FOR_OTHER,))
    assert isinstance(third, LoanReceipt)
    [refused] = counter.journal.with_outcome(Outcome.REFUSED)
    assert refused.copy == copy_of("A2")


def test_answer_lost_in_the_middle_is_asked_for_again_under_the_same_ids(counter):
    counter.ledger.answer_lost = True
    silent = counter.asks()
    counter.ledger.answer_lost = False

    results = counter.asks()

    assert silent == [NoAnswer(sent=True)] * 3
    assert len({tuple(ids) for ids in counter.ledger.seen}) == 1
    assert all(isinstance(result, LoanReceipt) for result in results)
    assert len(counter.journal.with_outcome(Outcome.DONE)) == 3
    assert sorted(counter.ledger.lent) == ["A1", "A2", "A3"]


def test_latecomer_joins_those_that_are_asked_again(counter):
    counter.ledger.away = True
    counter.asks()
    counter.ledger.away = False

    results = counter.asks(RequestCheckouts((wish("A9", 4), *STACK.wishes)))

    assert [result.item_id for result in results] == ["A9", "A1", "A2", "A3"]
    [ids] = counter.ledger.seen
    assert len(ids) == 4  # in the order of their numbers, as the wire wants them


def test_stack_that_found_nobody_is_lent_alone_under_the_ids_it_was_asked_with(counter):
    counter.ledger.answer_lost = True
    counter.asks()
    asked = counter.ledger.seen[0]
    counter.ledger.away = True

    results = counter.asks()

    assert counter.link.alone
    assert all(isinstance(result, LoanReceipt | Refusal) for result in results)
    facts = [entry.op_id for entry in counter.journal.pending_facts()]
    granted = [result.op_id for result in results if isinstance(result, LoanReceipt)]
    assert facts == granted
    assert set(facts) <= set(asked)


def test_stack_that_the_controller_cannot_read_is_asked_book_by_book(counter):
    counter.ledger.chokes_on = {"A2"}

    first, second, third = counter.asks()

    assert isinstance(first, LoanReceipt)
    assert second == NoAnswer(sent=True)
    assert isinstance(third, LoanReceipt)


@pytest.mark.parametrize("spoil", [lambda a: a[:-1], lambda a: a[::-1], lambda a: a + a[:1]])
def test_answers_that_do_not_fit_the_stack_are_no_answers(counter, spoil):
    counter.ledger.spoil = spoil

    assert counter.asks() == [NoAnswer(sent=True)] * 3
    assert not counter.journal.with_outcome(Outcome.DONE)


def test_kiosk_that_was_shut_out_hears_it_for_every_book(counter):
    counter.ledger.knows_nobody = True

    results = counter.asks()

    assert results == [Refusal(reasons=(Reason.DEVICE_UNKNOWN,))] * 3
