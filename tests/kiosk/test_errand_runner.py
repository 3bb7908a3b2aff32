"""Each errand is one request at the wire, and ends in one event whatever the line does."""

import json
import threading
from collections.abc import Callable, Iterator

import httpx2
import pytest

from circulation.api import Refusal
from circulation.desk import HOLDS_CANCEL
from circulation.ids import PatronId
from circulation.reasons import Reason
from circulation.search import SEARCH
from circulation.selfservice import CALLS, USAGE, DamageRequest, Harm, UsageReport
from circulation.textbooks import Condition
from kiosk.class_errands import (
    ClassListed,
    ClassOpened,
    ListClass,
    MarkCondition,
    OpenClass,
)
from kiosk.client import ControllerClient
from kiosk.errand_runner import Runner
from kiosk.errands import (
    CallLibrarian,
    CallSeen,
    CancelHold,
    CatalogueSearched,
    DamageReported,
    Errand,
    ErrandDone,
    HoldCancelled,
    LookAtCall,
    ReportDamage,
    SearchCatalogue,
)
from tests.kiosk.conftest import CARD, copy_of

OP = "00000000-0000-0000-0000-000000000001"
NOTHING = {"hits": [], "found": 0, "more": False, "facets": {}}
SEARCHED = SearchCatalogue(3, 7, "лев & co")
HOLD = {
    "hold_id": 5,
    "title_id": 1,
    "title": "Мцыри",
    "author": "",
    "state": "cancelled",
    "ahead": 0,
    "code": "0005",
}


class Line:
    """A controller that answers everything alike, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Callable[[], httpx2.Response] = lambda: httpx2.Response(500)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.answer()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def client(line: Line) -> Iterator[ControllerClient]:
    made = ControllerClient("http://controller", "t", transport=httpx2.MockTransport(line))
    yield made
    made.close()


class Outbox:
    """What was put on the disk; a broken one takes nothing."""

    def __init__(self) -> None:
        self.kept: list[DamageRequest] = []
        self.broken = False

    def keep(self, request: DamageRequest) -> None:
        if self.broken:
            raise OSError("no space left on the disk")
        self.kept.append(request)


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def run(client: ControllerClient, outbox: Outbox) -> Iterator[Callable[[Errand], ErrandDone]]:
    """Carries an errand out; the event that followed."""
    events: list[ErrandDone] = []
    came = threading.Event()

    def post(event) -> None:
        events.append(event)
        came.set()

    runner = Runner(client, post, outbox.keep)

    def run_one(errand: Errand) -> ErrandDone:
        came.clear()
        runner.carry_out(errand)
        assert came.wait(30)
        return events[-1]

    yield run_one
    runner.stop()


def test_words_go_to_the_search_as_they_were_typed(run, line: Line) -> None:
    line.answer = lambda: httpx2.Response(200, json=NOTHING)

    done = run(SEARCHED)

    asked = line.requests[0].url
    assert (asked.path, dict(asked.params)) == (
        SEARCH,
        {"q": "лев & co", "typing": "true", "limit": "20"},
    )
    assert isinstance(done, CatalogueSearched)
    assert (done.session, done.number, done.result.found) == (3, 7, 0)


@pytest.mark.parametrize(
    ("errand", "path", "answer", "done"),
    [
        (CallLibrarian(), CALLS, {"op_id": OP, "call_id": 4}, CallSeen(4)),
        (LookAtCall(4), f"{CALLS}/4", {"call_id": 4, "answered": True}, CallSeen(4, answered=True)),
    ],
)
def test_an_errand_is_one_request(
    run, line: Line, errand: Errand, path: str, answer: dict[str, object], done: ErrandDone
) -> None:
    line.answer = lambda: httpx2.Response(200, json=answer)

    assert run(errand) == done
    assert [request.url.path for request in line.requests] == [path]


def test_damage_is_kept_for_a_controller_that_may_be_away(run, line: Line, outbox: Outbox) -> None:
    done = run(ReportDamage(1, copy_of("A1"), Harm.WET))

    [kept] = outbox.kept
    assert (kept.item_id, kept.harm) == ("A1", Harm.WET)
    assert done == DamageReported(1, copy_of("A1"), ok=True)
    assert line.requests == []


def test_damage_that_no_disk_takes_is_to_be_told_to_somebody(run, outbox: Outbox) -> None:
    outbox.broken = True

    done = run(ReportDamage(1, copy_of("A1"), Harm.TORN))

    assert done == DamageReported(1, copy_of("A1"), ok=False)


def test_a_hold_is_cancelled_for_its_patron(run, line: Line) -> None:
    line.answer = lambda: httpx2.Response(200, json={"op_id": OP, "hold": HOLD})

    done = run(CancelHold(2, PatronId("p-1"), 5))

    body = json.loads(line.requests[0].content)
    assert line.requests[0].url.path == HOLDS_CANCEL
    assert (body["patron_id"], body["hold_id"]) == ("p-1", 5)
    assert isinstance(done, HoldCancelled)
    assert done.result.hold.hold_id == 5


SILENT = [
    (SEARCHED, CatalogueSearched(3, 7, None)),
    (CallLibrarian(), CallSeen(None)),
    (LookAtCall(4), CallSeen(4)),
    (CancelHold(2, PatronId("p-1"), 5), HoldCancelled(2, 5, None)),
    (OpenClass(4, CARD, PatronId("t-1")), ClassOpened(4, CARD, PatronId("t-1"), None)),
    (ListClass(4), ClassListed(4, None)),
    (
        MarkCondition(4, copy_of("A1"), Condition.WORN),
        DamageReported(4, copy_of("A1"), ok=False),
    ),
]


@pytest.mark.parametrize(("errand", "done"), SILENT)
@pytest.mark.parametrize("status", [500, 422])
def test_silence_and_misunderstanding_are_told_as_no_answer(
    run, line: Line, errand: Errand, done: ErrandDone, status: int
) -> None:
    line.answer = lambda: httpx2.Response(status, json={"detail": []})

    assert run(errand) == done


def test_a_refusal_of_a_cancelled_hold_is_passed_on(run, line: Line) -> None:
    refusal = Refusal(reasons=(Reason.HOLD_OVER,))
    line.answer = lambda: httpx2.Response(409, content=refusal.model_dump_json())

    assert run(CancelHold(2, PatronId("p-1"), 5)) == HoldCancelled(2, 5, refusal)


def test_usage_is_taken_or_kept(client: ControllerClient, line: Line) -> None:
    report = UsageReport(day="2026-10-14", counts={"sessions": 1})
    line.answer = lambda: httpx2.Response(204)
    taken = client.report_usage(report)
    line.answer = lambda: httpx2.Response(503)

    assert taken
    assert not client.report_usage(report)
    assert line.requests[0].url.path == USAGE
