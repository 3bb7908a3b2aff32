"""Returns on their way to the ledger: in their order, and none is given up for another's sake."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx2
import pytest
import structlog

from circulation.api import DeviceState, ReaderState
from circulation.messages import Clock
from kiosk import rounds
from kiosk.client import ControllerClient
from kiosk.drop import courier as module
from kiosk.drop.courier import Courier
from kiosk.drop.events import Way
from kiosk.drop.outbox import Outbox, Outcome
from tests.kiosk.drop.conftest import VAULT, copy, uid, until
from tests.kiosk.drop.ledger import Ledger

NOW = datetime(2026, 10, 16, 15, 0, tzinfo=UTC)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def outbox(tmp_path: Path):
    made = Outbox(tmp_path / "outbox.db", VAULT)
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

    until(lambda: len(told) == 3 and outbox.count_waiting() == 0)
    assert sorted(told.values()) == [Way.SHELF, Way.SHELF, Way.STAFF]
    outcomes = {str(row.copy.item): row.outcome for row in outbox.all_rows()}
    assert outcomes == {
        "A1": Outcome.APPLIED,
        "A2": Outcome.REJECTED,
        "A3": Outcome.APPLIED,
    }


def test_however_long_nobody_answers_and_however_many_books_come_the_next_try_is_soon(
    ledger: Ledger, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drop whose reader is gone gets no new book, and nothing else wakes its courier."""
    pauses: list[float] = []

    class Impatient(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            return super().wait(0.001)

    ours = SimpleNamespace(Event=Impatient, Thread=threading.Thread)
    monkeypatch.setattr(rounds, "threading", ours)
    client = ControllerClient("http://controller", "token", transport=httpx2.MockTransport(ledger))
    courier = Courier(outbox, client, lambda _op_id, _way: None, state)
    ledger.away = True
    keep(outbox, 1)
    courier.start()
    for _ in range(20):
        courier.wake()
    until(lambda: len(pauses) > 20)

    tries = list(pauses)
    ledger.away = False

    until(lambda: outbox.count_waiting() == 0)
    courier.stop()
    client.close()
    assert max(tries) <= 5


def test_a_token_that_is_refused_is_said_once_and_not_at_every_try(
    ledger: Ledger, outbox: Outbox, deliver
) -> None:
    ledger.token_is_known = False
    keep(outbox, 1)

    with structlog.testing.capture_logs() as said:
        told = deliver()
        until(lambda: ledger.refusals > 5)
        ledger.token_is_known = True
        until(lambda: told)

    assert [one["event"] for one in said if one["log_level"] == "error"] == ["returns_refused"]


def test_a_token_that_is_refused_costs_no_return(ledger: Ledger, outbox: Outbox, deliver) -> None:
    ledger.token_is_known = False
    told = deliver()
    keep(outbox, 1)
    time.sleep(0.2)
    waiting = outbox.count_waiting()

    ledger.token_is_known = True

    until(lambda: told)
    assert waiting == 1
