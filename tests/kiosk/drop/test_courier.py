"""Returns on their way to the ledger: in their order, and none is given up for another's sake."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from circulation.api import DEVICE_STATE, DeviceState, ReaderState
from circulation.messages import Clock
from circulation.offline import OPERATIONS
from kiosk.client import ControllerClient
from kiosk.drop import courier as module
from kiosk.drop.courier import Courier
from kiosk.drop.events import Way
from kiosk.drop.outbox import Outbox, Outcome
from tests.kiosk.drop.conftest import copy, uid

NOW = datetime(2026, 10, 16, 15, 0, tzinfo=UTC)


class Ledger:
    """Answers as a controller does; `unreadable` is an item it cannot take."""

    def __init__(self) -> None:
        self.away = False
        self.unreadable = ""
        self.token_is_known = True
        self.destinations: dict[str, str] = {}
        self.conflicts: set[str] = set()
        self.heard: list[list[str]] = []
        self.state: dict[str, object] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if self.away:
            raise httpx2.ConnectError("nobody is there")
        if not self.token_is_known:
            return httpx2.Response(401, json={"reasons": ["device_unknown"]})
        said = json.loads(request.content)
        if request.url.path == DEVICE_STATE:
            self.state = said
            return httpx2.Response(204)
        assert request.url.path == OPERATIONS
        items = [one["request"]["item_id"] for one in said["operations"]]
        self.heard.append(items)
        if self.unreadable in items:
            return httpx2.Response(422, json={"detail": "no"})
        answers = [self._answer(one["request"]) for one in said["operations"]]
        return httpx2.Response(200, json={"answers": answers})

    def _answer(self, request: dict[str, str]) -> dict[str, object]:
        item = request["item_id"]
        if item in self.conflicts:
            return {
                "op_id": request["op_id"],
                "done": "conflict",
                "conflict_id": 1,
                "conflict": "returned_before_lent",
            }
        receipt = {
            "op_id": request["op_id"],
            "item_id": item,
            "title": "Мцыри",
            "was_on_loan": True,
            "overdue_days": 0,
            "destination": self.destinations.get(item, "shelf"),
            "security": "armed",
        }
        return {"op_id": request["op_id"], "done": "applied", "receipt": receipt}


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def outbox(tmp_path: Path):
    made = Outbox(tmp_path / "outbox.db")
    yield made
    made.close()


@pytest.fixture
def deliver(ledger: Ledger, outbox: Outbox, monkeypatch: pytest.MonkeyPatch):
    """Starts a courier; gives the ways it was told, and ends it afterwards."""
    monkeypatch.setattr(module, "FIRST_WAIT_S", 0.02)
    monkeypatch.setattr(module, "LONGEST_WAIT_S", 0.05)
    told: dict[UUID, Way] = {}
    client = ControllerClient("http://controller", "token", transport=httpx2.MockTransport(ledger))
    courier = Courier(outbox, client, told.__setitem__, state)

    def start() -> dict[UUID, Way]:
        courier.start()
        return told

    yield start
    courier.stop()
    client.close()


def state() -> DeviceState:
    ok = ReaderState.OK
    return DeviceState(at=NOW, version="0", pad=ok, card_reader=ok, simulated=True)


def keep(outbox: Outbox, *numbers: int) -> list[UUID]:
    ids = [uuid4() for _ in numbers]
    for op_id, number in zip(ids, numbers, strict=True):
        outbox.keep(op_id, copy(number), uid(number), NOW, Clock.SURE)
    return ids


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_each_return_is_told_in_its_order_and_its_way_comes_back(
    ledger: Ledger, outbox: Outbox, deliver
) -> None:
    ledger.destinations = {"A2": "hold_shelf", "A3": "staff"}
    first, second, third = keep(outbox, 1, 2, 3)

    told = deliver()

    until(lambda: len(told) == 3)
    assert told == {first: Way.SHELF, second: Way.HOLD, third: Way.STAFF}
    assert ledger.heard == [["A1", "A2", "A3"]]
    until(lambda: ledger.state)
    assert ledger.state["queue"] == 0


def test_what_the_ledger_has_a_question_about_is_for_the_librarian(
    ledger: Ledger, outbox: Outbox, deliver
) -> None:
    ledger.conflicts = {"A1"}
    [question] = keep(outbox, 1)

    told = deliver()

    until(lambda: told)
    assert told == {question: Way.STAFF}
    [row] = outbox.all_rows()
    assert (row.outcome, row.detail) == (Outcome.CONFLICT, "returned_before_lent")


def test_while_nobody_answers_everything_waits_and_then_goes_in_order(
    ledger: Ledger, outbox: Outbox, deliver
) -> None:
    ledger.away = True
    told = deliver()
    keep(outbox, 1, 2)
    time.sleep(0.2)
    waiting = outbox.count_waiting()

    ledger.away = False

    until(lambda: len(told) == 2)
    assert waiting == 2
    assert ledger.heard == [["A1", "A2"]]


def test_one_that_cannot_be_read_is_set_aside_and_the_others_are_told(
    ledger: Ledger, outbox: Outbox, deliver
) -> None:
    ledger.unreadable = "A2"
    keep(outbox, 1, 2, 3)

    told = deliver()

    until(lambda: len(told) == 2 and outbox.count_waiting() == 0)
    outcomes = {str(row.copy.item): row.outcome for row in outbox.all_rows()}
    assert outcomes == {
        "A1": Outcome.APPLIED,
        "A2": Outcome.REJECTED,
        "A3": Outcome.APPLIED,
    }


def test_a_token_that_is_refused_costs_no_return(ledger: Ledger, outbox: Outbox, deliver) -> None:
    ledger.token_is_known = False
    told = deliver()
    keep(outbox, 1)
    time.sleep(0.2)
    waiting = outbox.count_waiting()

    ledger.token_is_known = True

    until(lambda: told)
    assert waiting == 1
