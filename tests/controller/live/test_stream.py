"""The stream: what was missed first, what happens at once, nobody's name ever."""

import json
from collections.abc import Iterator
from itertools import islice

import httpx2
import pytest

from circulation.api import CHECKOUTS, EVENTS, RETURNS, LiveEvent
from tests.controller.conftest import ANNA, Body, Running


def events_of(response: httpx2.Response) -> Iterator[LiveEvent]:
    for line in response.iter_lines():
        if line.startswith("data: "):
            yield LiveEvent.model_validate_json(line.removeprefix("data: "))


def test_stream_brings_what_was_missed_and_then_what_happens(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    with httpx2.stream("GET", f"{running.url}{EVENTS}?after=0", timeout=10) as response:
        events = events_of(response)
        missed = next(events)
        kiosk.post(RETURNS, json=body())
        new = next(events)

    assert response.headers["content-type"].startswith("text/event-stream")
    assert [event.kind for event in (missed, new)] == ["checked_out", "returned"]
    assert (missed.seq, new.seq) == (1, 2)
    assert (missed.device, missed.item_id, missed.title) == ("kiosk-1", "B-0001", "Мцыри")


def test_browser_that_was_away_resumes_after_its_last_event(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    for number in range(4):
        kiosk.post(CHECKOUTS, json=body(patron_id=ANNA, item_id=f"C-{number}"))

    headers = {"Last-Event-ID": "2"}
    address = f"{running.url}{EVENTS}?after=0"  # the page's own address stays as it was
    with httpx2.stream("GET", address, headers=headers, timeout=10) as response:
        resumed = list(islice(events_of(response), 2))

    assert [event.seq for event in resumed] == [3, 4]


def test_long_absence_comes_whole_and_in_order(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    running.change(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 450)"
        " INSERT INTO event (at, kind, detail)"
        " SELECT '2026-10-14T09:00:00.000000+00:00', 'returned', '{}' FROM n"
    )

    with httpx2.stream("GET", f"{running.url}{EVENTS}?after=0", timeout=10) as response:
        events = list(islice(events_of(response), 450))

    assert [event.seq for event in events] == list(range(1, 451))


def test_stream_without_a_place_begins_now(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    with httpx2.stream("GET", f"{running.url}{EVENTS}", timeout=10) as response:
        lines = response.iter_lines()
        assert next(lines).startswith("retry:")
        kiosk.post(RETURNS, json=body())
        first = next(line for line in lines if line.startswith("data: "))

    assert json.loads(first.removeprefix("data: "))["kind"] == "returned"


@pytest.mark.parametrize("after", ["-1", "x", str(2**63)])
def test_place_that_is_no_number_is_422(running: Running, after: str) -> None:
    answer = httpx2.get(f"{running.url}{EVENTS}", params={"after": after})

    assert answer.status_code == 422


def test_stream_and_page_know_no_people(running: Running, kiosk: httpx2.Client, body: Body) -> None:
    running.change(f"UPDATE patron SET family_name = 'МАРКЕР' WHERE id = '{ANNA}'")
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(RETURNS, json=body())

    with httpx2.stream("GET", f"{running.url}{EVENTS}?after=0", timeout=10) as response:
        seen = [event.model_dump_json() for event in islice(events_of(response), 2)]
    seen.append(httpx2.get(running.url).text)

    for text in seen:
        for marker in ("МАРКЕР", "Анна", ANNA, "04A1B2C3D4E5F6"):
            assert marker not in text
