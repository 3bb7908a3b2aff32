"""One person at a gate is one row, whatever the gate told of him."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from circulation.api import LiveEvent
from controller.gates.grouping import one_row_each
from controller.tables import EventKind

NOON = datetime(2026, 10, 14, 9, tzinfo=UTC)
ALARM, PASSAGE, LOAN = EventKind.GATE_ALARMED, EventKind.GATE_PASSED, EventKind.CHECKED_OUT


def line(
    seq: int, kind: EventKind, *, second: float = 0, gate: str = "gate-1", **detail: Any
) -> LiveEvent:
    return LiveEvent(
        seq=seq,
        at=NOON + timedelta(seconds=second),
        kind=kind,
        device=gate,
        item_id=detail.pop("item", "B-0001"),
        title="Мцыри",
        detail=detail,
    )


def test_an_alarm_and_its_passage_are_one_row_that_knows_the_direction() -> None:
    alarm = line(1, ALARM, passage="p1", direction="unknown", verdict="alarm", tags=1)
    passage = line(2, PASSAGE, second=1, passage="p1", direction="out", verdict="alarm", tags=3)

    [row] = one_row_each([passage, alarm])

    assert (row.seq, row.kind, row.detail["direction"], row.detail["tags"]) == (1, ALARM, "out", 3)


def test_five_secured_books_in_one_bag_are_one_row() -> None:
    alarms = [
        line(n, ALARM, passage="p1", item=f"B-{n}", direction="unknown", tags=1) for n in range(5)
    ]
    passage = line(9, PASSAGE, second=1, passage="p1", direction="out", tags=5)

    rows = one_row_each([passage, *reversed(alarms)])

    assert [(row.kind, row.detail["tags"]) for row in rows] == [(ALARM, 5)]


@pytest.mark.parametrize(("second", "rows"), [(59, 1), (61, 2)])
def test_the_same_book_that_alarms_again_within_the_minute_is_the_same_row(
    second: float, rows: int
) -> None:
    first = line(1, ALARM, passage="p1", tags=1)
    again = line(2, ALARM, second=second, passage="p2", tags=1)

    assert len(one_row_each([again, first])) == rows


def test_two_gates_two_books_and_other_lines_stay_apart() -> None:
    lines = [
        line(4, ALARM, passage="p2", item="B-0002"),
        line(3, ALARM, passage="p1", gate="gate-2"),
        line(2, LOAN),
        line(1, ALARM, passage="p1"),
    ]

    assert one_row_each(lines) == [
        one.model_copy(update={"detail": {**one.detail}}) for one in lines
    ]
