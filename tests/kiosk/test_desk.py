"""Who answers a question of the session: the controller, or this kiosk alone."""

from datetime import timedelta

import httpx2
import pytest

from circulation.api import DeviceState, LoanReceipt, PatronView, ReaderState, Refusal
from circulation.ids import PatronId
from circulation.messages import Clock
from circulation.reasons import Reason
from kiosk.alone import Alone, Trust
from kiosk.client import ControllerClient
from kiosk.clock import WallClock
from kiosk.courier import Courier
from kiosk.desk import Desk
from kiosk.effects import (
    AskStack,
    FetchAccount,
    RequestCheckout,
    RequestRenewal,
    RequestReturn,
    ResolveCard,
    ResolveItems,
)
from kiosk.events import AccountFetched, CardResolved, ItemsResolved, NoAnswer, StackAnswered
from kiosk.journal import Journal, Outcome
from kiosk.link import Link, LinkLimits
from kiosk.snapshots import SnapshotStore
from kiosk.titles import TitleStore
from kiosk.vault import Vault
from tests.kiosk.conftest import CARD, copy_of, uid_of
from tests.kiosk.snapshot_maker import AT, KNOWN_AS, sections, signed

ANNA = PatronId("p-1")
BORROW = RequestCheckout(1, 7, ANNA, copy_of("A1"), uid_of("A1"))


class Counter:
    """A desk, the controller behind it, and what was posted."""

    def __init__(self, folder, *, prepared):
        self.posted = []
        self.asked = []
        self.answer = lambda _: httpx2.Response(503)
        self.now = 100.0
        vault = Vault("s3cret")
        self.journal = Journal(folder / "kiosk.sqlite", vault)
        self.store = SnapshotStore(folder / "snapshot.sqlite", vault, KNOWN_AS)
        if prepared:
            self.store.take(signed(sections()), settled=0)
        wall = WallClock(lambda: AT + timedelta(hours=1), lambda: True)
        limits = LinkLimits(failures=2, failing_s=1)
        self.link = Link(limits, lambda _: None, clock=lambda: self.now)
        client = ControllerClient("http://c", "t", transport=httpx2.MockTransport(self._far))
        courier = Courier(self.journal, client, self.posted.append, self._state, self.link, wall)
        self.titles = TitleStore(folder / "titles.sqlite", KNOWN_AS)
        alone = Alone(self.journal, self.store, self.titles, KNOWN_AS, Trust(), wall)
        self.desk = Desk(self.journal, client, courier, self.posted.append, self.link, alone, wall)

    def _far(self, request):
        self.asked.append(request.url.path)
        return self.answer(request)

    def _state(self):
        ok = ReaderState.OK
        return DeviceState(at=AT, version="1", pad=ok, card_reader=ok, simulated=False)

    def does(self, effect):
        """The answer to this effect; a moment passes."""
        self.desk.work(effect)
        self.now += 2
        return self.posted[-1].result

    def goes_alone(self):
        self.does(ResolveCard(1, CARD))
        self.does(ResolveCard(1, CARD))
        assert self.link.alone
        self.asked.clear()


@pytest.fixture
def open_counter(tmp_path):
    opened = []

    def open_it(*, prepared=True):
        counter = Counter(tmp_path, prepared=prepared)
        opened.append(counter)
        return counter

    yield open_it
    for counter in opened:
        counter.desk.stop()
        counter.store.close()
        counter.titles.close()
        counter.journal.close()


@pytest.fixture
def counter(open_counter):
    return open_counter()


def test_second_failure_is_answered_by_the_kiosk_itself_at_once(counter):
    first = counter.does(ResolveCard(1, CARD))
    second = counter.does(ResolveCard(1, CARD))

    assert first == NoAnswer(sent=True)
    assert isinstance(second, PatronView)


def test_alone_nothing_is_asked_of_the_controller(counter):
    counter.goes_alone()

    answers = [
        counter.does(ResolveCard(1, CARD)),
        counter.does(BORROW),
        counter.does(RequestRenewal(1, 8, ANNA, copy_of("A1"))),
        counter.does(RequestReturn(1, 9, copy_of("A1"), uid_of("A1"))),
    ]

    assert counter.asked == []
    assert not any(isinstance(answer, NoAnswer | Refusal) for answer in answers)
    assert [entry.kind for entry in counter.journal.pending_facts()] == [
        "checkout",
        "renewal",
        "return",
    ]


def test_without_a_snapshot_the_controller_is_asked_all_the_same(open_counter):
    counter = open_counter(prepared=False)
    counter.goes_alone()

    assert counter.does(ResolveCard(1, CARD)) == NoAnswer(sent=True)
    assert counter.asked != []


def test_wish_without_an_answer_is_granted_alone_under_the_same_id(counter):
    assert counter.does(BORROW) == NoAnswer(sent=True)
    [unknown] = counter.journal.with_outcome(Outcome.UNKNOWN)

    receipt = counter.does(BORROW)

    assert isinstance(receipt, LoanReceipt)
    [fact] = counter.journal.pending_facts()
    assert (fact.op_id, fact.alone, fact.clock) == (unknown.op_id, True, Clock.SURE)


def test_one_answer_takes_the_doubt_away(counter):
    counter.does(ResolveCard(1, CARD))
    refusal = Refusal(reasons=(Reason.CARD_UNKNOWN,)).model_dump_json()
    counter.answer = lambda _: httpx2.Response(404, content=refusal)

    assert isinstance(counter.does(ResolveCard(1, CARD)), Refusal)

    assert not counter.link.in_doubt


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx2.Response(422, content=b"{}"),
        lambda _: httpx2.Response(
            401, content=Refusal(reasons=(Reason.DEVICE_UNKNOWN,)).model_dump_json()
        ),
    ],
    ids=["not understood", "a kiosk that was shut out"],
)
def test_controller_that_answers_never_makes_a_kiosk_lend_alone(counter, answer):
    counter.answer = answer

    for _ in range(5):
        counter.does(ResolveCard(1, CARD))

    assert not counter.link.alone


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (ResolveCard(1, CARD), CardResolved),
        (ResolveItems(1, ((copy_of("A1"), uid_of("A1")),)), ItemsResolved),
        (FetchAccount(1, ANNA), AccountFetched),
        (AskStack(1, ANNA, (copy_of("A1"),)), StackAnswered),
    ],
)
def test_a_question_that_breaks_is_open_again_and_holds_nothing_up(counter, question, kind):
    def breaks(_):
        raise ValueError("a fault of the program")

    counter.answer = breaks

    assert counter.does(question) == NoAnswer(sent=False)
    assert isinstance(counter.posted[-1], kind)
