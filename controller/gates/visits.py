"""Visits by the quarter hour, from the gates' absolute counters.

What counts is by how much an event's counters exceed the highest ones known of that gate: an event
that was dropped or comes late costs no visit, only the exact quarter.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from circulation.messages import Clock, Direction, GateEvent, GateEventKind
from controller.columns import to_utc, utc_text
from controller.sql import Statement, Transaction

QUARTER = timedelta(minutes=15)

_LAST = Statement(
    "SELECT seq, count_in, count_out FROM gate_event WHERE device_id = :gate"
    " ORDER BY seq DESC LIMIT 1"
)
_ADD = Statement(
    "INSERT INTO gate_visit (device_id, quarter, came_in, went_out)"
    " VALUES (:gate, :quarter, :came_in, :went_out)"
    " ON CONFLICT (device_id, quarter) DO UPDATE SET"
    " came_in = gate_visit.came_in + excluded.came_in,"
    " went_out = gate_visit.went_out + excluded.went_out"
)
_DAY = Statement(
    "SELECT d.name, v.quarter, v.came_in, v.went_out"
    " FROM gate_visit v JOIN device d ON d.id = v.device_id"
    " WHERE v.quarter >= :start AND v.quarter < :stop ORDER BY v.quarter, d.name"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters of a gate's newest event."""

    seq: int
    came_in: int
    went_out: int


@dataclass(frozen=True, slots=True)
class Visits:
    """People through one gate in one quarter of an hour."""

    device: str
    quarter: datetime
    came_in: int
    went_out: int


def last_counts(transaction: Transaction, gate: int) -> Counts | None:
    """What is known before the next event is stored; None for a gate's first event."""
    row = transaction.row(_LAST, {"gate": gate})
    return None if row is None else Counts(*(int(value) for value in row))


def count_visit(
    transaction: Transaction, gate: int, event: GateEvent, before: Counts | None, now: datetime
) -> None:
    """Add what this event's counters add. A clock nobody set is not believed: then it is `now`."""
    came_in, went_out = new_visits(event, before)
    if came_in or went_out:
        at = event.at if event.clock is Clock.SURE else now
        quarter = utc_text(quarter_of(at))
        parameters = {"gate": gate, "quarter": quarter, "came_in": came_in, "went_out": went_out}
        transaction.run(_ADD, parameters)


def new_visits(event: GateEvent, before: Counts | None) -> tuple[int, int]:
    """People in and out that no earlier event has told of."""
    if before is None:  # what a gate counted before it was enrolled has no known day
        passed = event.kind is GateEventKind.PASSAGE
        return (
            int(passed and event.direction is Direction.IN),
            int(passed and event.direction is Direction.OUT),
        )
    set_anew = event.seq > before.seq and (
        event.count_in < before.came_in or event.count_out < before.went_out
    )
    if set_anew:
        return event.count_in, event.count_out
    return max(0, event.count_in - before.came_in), max(0, event.count_out - before.went_out)


def quarter_of(moment: datetime) -> datetime:
    """The beginning of the quarter hour, in UTC (every zone in use is off by whole quarters)."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % 15, second=0, microsecond=0)


def visits_between(transaction: Transaction, start: datetime, stop: datetime) -> list[Visits]:
    """Visits by gate and quarter, from `start` up to before `stop`."""
    rows = transaction.rows(_DAY, {"start": utc_text(start), "stop": utc_text(stop)})
    return [Visits(name, to_utc(at), int(ins), int(outs)) for name, at, ins, outs in rows]
