"""How people move through an aisle: legs of straight walking as functions of time."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Gait(StrEnum):
    """How fast somebody goes."""

    STROLL = "stroll"
    WALK = "walk"
    HURRY = "hurry"
    RUN = "run"


SPEED_M_S = {Gait.STROLL: 1.0, Gait.WALK: 1.5, Gait.HURRY: 2.0, Gait.RUN: 3.0}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in monotonic seconds; the end is not part of it."""

    start: float
    end: float

    def contains(self, now: float) -> bool:
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class Leg:
    """Walking straight at one speed, from one place to another (metres)."""

    start: float
    end: float
    from_m: float
    to_m: float

    def position(self, now: float) -> float:
        """Where the person is at `now`, which must lie within the leg."""
        share = (now - self.start) / (self.end - self.start)
        return self.from_m + (self.to_m - self.from_m) * share

    def within(self, middle_m: float, half_m: float) -> Span | None:
        """When is |x - middle| < half?"""
        speed = (self.to_m - self.from_m) / (self.end - self.start)
        edges = (middle_m - half_m, middle_m + half_m)
        first, second = sorted(self.start + (edge - self.from_m) / speed for edge in edges)
        start, end = max(first, self.start), min(second, self.end)
        return Span(start, end) if start < end else None


def way(places_m: Sequence[float], speed_m_s: float, started_at: float) -> tuple[Leg, ...]:
    """The legs of somebody who goes from place to place without a rest."""
    legs: list[Leg] = []
    start = started_at
    for from_m, to_m in itertools.pairwise(places_m):
        end = start + abs(to_m - from_m) / speed_m_s
        legs.append(Leg(start, end, from_m, to_m))
        start = end
    return tuple(legs)


def joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in their order in time, those that touch made one."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(result[-1].end, span.end))
        else:
            result.append(span)
    return result
