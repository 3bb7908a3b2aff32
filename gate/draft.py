"""From a report of the gate's loop to the event that travels."""

from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from circulation.messages import GateEvent, GateTag
from gate.clock import certainty, wall_time
from gate.outbox import Counters
from gate.passage import Judged, Report


@dataclass(frozen=True, slots=True)
class Reported:
    """A report of one aisle, and the gate's own time from the tag's answer to the lamp."""

    report: Report
    aisle: str | None
    reaction_ms: float | None


def event_of(
    reported: Reported, seq: int, counters: Counters, *, boot: UUID, monitored: bool
) -> GateEvent:
    """The event under this number. `boot` makes passage numbers unique beyond a restart."""
    report = reported.report
    return GateEvent(
        id=uuid4(),
        seq=seq,
        at=wall_time(report.at),
        clock=certainty(),
        kind=report.kind,
        passage=_passage(reported, boot),
        direction=report.direction,
        verdict=report.verdict,
        tags=tuple(_tag(tag) for tag in report.tags),
        count_in=counters.came_in,
        count_out=counters.went_out,
        aisle=reported.aisle,
        beam=None if report.beam is None else report.beam.value,
        monitored=monitored,
        passed=report.passed,
        dropped=counters.dropped,
        reaction_ms=reported.reaction_ms,
    )


def _passage(reported: Reported, boot: UUID) -> UUID | None:
    number = reported.report.passage
    return None if number is None else uuid5(boot, f"{reported.aisle} {number}")


def _tag(tag: Judged) -> GateTag:
    return GateTag(uid=tag.uid, afi=tag.afi, antenna=tag.antenna, verdict=tag.verdict, eas=tag.eas)
