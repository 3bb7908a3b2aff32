"""One row a person: an alarm, its passage and its repetitions within a minute belong together.

Pure, and made when it is read: the log keeps every line, because it is the evidence.
"""

from collections.abc import Sequence
from datetime import timedelta

from circulation.api import LiveEvent
from circulation.messages import Direction
from controller.tables import EventKind

_TOGETHER = timedelta(seconds=60)
_OF_GATES = (EventKind.GATE_ALARMED, EventKind.GATE_PASSED)


def one_row_each(events: Sequence[LiveEvent]) -> list[LiveEvent]:
    """The events, newest first as they came, with each person at a gate as one of them."""
    rows: list[LiveEvent] = []
    for event in events:
        place = _partner(rows, event) if event.kind in _OF_GATES else None
        if place is None:
            rows.append(event)
        else:
            rows[place] = _joined(newer=rows[place], older=event)
    return rows


def _partner(rows: Sequence[LiveEvent], event: LiveEvent) -> int | None:
    for place, row in enumerate(rows):
        if row.kind in _OF_GATES and row.device == event.device and _belong(row, event):
            return place
    return None


def _belong(newer: LiveEvent, older: LiveEvent) -> bool:
    """The same passage; or the same book alarming again before the minute is over."""
    passage = older.detail.get("passage")
    if passage is not None and passage == newer.detail.get("passage"):
        return True
    same_book = older.item_id is not None and older.item_id == newer.item_id
    both = newer.kind == older.kind == EventKind.GATE_ALARMED
    return both and same_book and newer.at - older.at < _TOGETHER


def _joined(*, newer: LiveEvent, older: LiveEvent) -> LiveEvent:
    """The alarm with what the passage knew better: the direction, and how many books."""
    alarms = [one for one in (newer, older) if one.kind == EventKind.GATE_ALARMED]
    leading = alarms[0] if alarms else newer
    other = older if leading is newer else newer
    detail = dict(leading.detail)
    if detail.get("direction") in (None, Direction.UNKNOWN) and other.detail.get("direction"):
        detail["direction"] = other.detail["direction"]
    detail["tags"] = max(_number(leading.detail.get("tags")), _number(other.detail.get("tags")))
    return leading.model_copy(update={"detail": detail})


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
