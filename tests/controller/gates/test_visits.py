"""Visits by the quarter hour come from absolute counters: none is lost, none counted twice."""

import json
import random
from datetime import UTC, datetime
from uuid import uuid4

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.messages import Clock, Direction, GateEvent, GateEventKind
from controller.gates.routes import VISITS
from controller.gates.visits import Counts, new_visits, quarter_of
from tests.controller.conftest import Running
from tests.controller.gates.conftest import Event, FakeGate


def passage(seq: int, came_in: int, went_out: int, way: Direction = Direction.OUT) -> GateEvent:
    return GateEvent(
        id=uuid4(),
        seq=seq,
        at=datetime(2026, 10, 14, 9, tzinfo=UTC),
        clock=Clock.SURE,
        kind=GateEventKind.PASSAGE,
        direction=way,
        count_in=came_in,
        count_out=went_out,
    )


@pytest.mark.parametrize(
    ("event", "before", "visits"),
    [
        (passage(9, 100, 90), None, (0, 1)),  # what it counted before it was enrolled has no day
        (passage(9, 100, 90, Direction.IN), None, (1, 0)),
        (passage(9, 100, 90), Counts(8, 100, 89), (0, 1)),
        (passage(12, 103, 92), Counts(8, 100, 89), (3, 3)),  # three events were dropped
        (passage(7, 99, 89), Counts(8, 100, 89), (0, 0)),  # late: the newer one had counted it
        (passage(1_800_000_000, 0, 1), Counts(8, 100, 89), (0, 1)),  # its journal began anew
    ],
)
def test_an_event_adds_what_no_earlier_one_told(
    event: GateEvent, before: Counts | None, visits: tuple[int, int]
) -> None:
    assert new_visits(event, before) == visits


@given(ways=st.lists(st.sampled_from(Direction), min_size=1), seed=st.integers())
def test_in_whatever_order_they_come_the_sum_is_the_newest_counter(
    ways: list[Direction], seed: int
) -> None:
    events, came_in, went_out = [passage(1, 0, 0, Direction.UNKNOWN)], 0, 0
    for seq, way in enumerate(ways, 2):
        came_in += way is Direction.IN
        went_out += way is Direction.OUT
        events.append(passage(seq, came_in, went_out, way))
    late = events[1:]
    random.Random(seed).shuffle(late)

    newest, total_in, total_out = events[0], 0, 0
    for event in late:
        ins, outs = new_visits(event, Counts(newest.seq, newest.count_in, newest.count_out))
        total_in, total_out = total_in + ins, total_out + outs
        newest = max(newest, event, key=lambda one: one.seq)

    assert (total_in, total_out) == (came_in, went_out)


def test_a_quarter_begins_at_its_first_minute() -> None:
    moment = datetime(2026, 10, 14, 9, 44, 59, 999, tzinfo=UTC)

    assert quarter_of(moment) == datetime(2026, 10, 14, 9, 30, tzinfo=UTC)


def test_a_day_is_the_librarys_and_not_that_of_greenwich(
    running: Running, gate: FakeGate, event: Event
) -> None:
    moments = ["2026-10-13T20:59:00Z", "2026-10-13T21:00:00Z", "2026-10-14T08:59:00Z"]
    for seq, at in enumerate(moments, 1):
        gate.say("up/event", json.dumps(event(seq, at=at)))
    gate.acknowledged(3)

    days = {
        day: httpx2.get(running.url + VISITS, params={"day": day}).json()
        for day in ("2026-10-13", "2026-10-14")
    }

    assert [day["went_out"] for day in days.values()] == [1, 2]
    assert [quarter["quarter"] for quarter in days["2026-10-14"]["quarters"]] == [
        "2026-10-13T21:00:00Z",
        "2026-10-14T08:45:00Z",
    ]


def test_a_clock_that_nobody_set_does_not_say_when_somebody_came(
    running: Running, gate: FakeGate, event: Event
) -> None:
    gate.say("up/event", json.dumps(event(1, at="1970-01-01T00:00:12Z", clock="unsure")))
    gate.acknowledged(1)

    assert httpx2.get(running.url + VISITS).json()["went_out"] == 1


@pytest.mark.parametrize("day", ["yesterday", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_asked_for_is_refused(running: Running, day: str) -> None:
    assert httpx2.get(running.url + VISITS, params={"day": day}).status_code == 422
