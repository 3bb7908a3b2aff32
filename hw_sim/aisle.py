"""A gate's aisle: where the beams and antennas are, and a person walking through with a bag.

The x axis runs from the library (negative) to the exit (positive), in metres; 0 is the middle of
the antennas. Everything is a function of time, so that tests need no clock. Sizes: library aisles
are 85 to 100 cm wide, fields 0.6 to 1.0 m deep.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hw_sim.field import READ_COUPLING
from hw_sim.tag import Tag

ANTENNAS = (1, 2)
MIDDLE_COUPLING = 0.75  # of a bag carried in the middle of the aisle, at x = 0
LATERAL_LOSS = 0.5  # coupling lost on the way from one antenna to the other


class Direction(StrEnum):
    """OUT leaves the library."""

    OUT = "out"
    IN = "in"


class Beam(StrEnum):
    """INNER is on the library's side."""

    INNER = "inner"
    OUTER = "outer"


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes in metres."""

    width_m: float = 0.9
    field_depth_m: float = 0.8
    beam_distance_m: float = 0.6
    body_depth_m: float = 0.4
    start_m: float = 1.0  # a walk begins and ends this far from the middle

    def beam_at(self, beam: Beam) -> float:
        half = self.beam_distance_m / 2
        return -half if beam is Beam.INNER else half


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in monotonic seconds; the end is not part of it."""

    start: float
    end: float

    def contains(self, now: float) -> bool:
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class _Leg:
    """Walking straight at one speed."""

    start: float
    end: float
    from_m: float
    to_m: float

    def position(self, now: float) -> float:
        share = (now - self.start) / (self.end - self.start)
        return self.from_m + (self.to_m - self.from_m) * share

    def within(self, middle_m: float, half_m: float) -> Span | None:
        """When is |x - middle| < half?"""
        speed = (self.to_m - self.from_m) / (self.end - self.start)
        edges = (middle_m - half_m, middle_m + half_m)
        first, second = sorted(self.start + (edge - self.from_m) / speed for edge in edges)
        start, end = max(first, self.start), min(second, self.end)
        return Span(start, end) if start < end else None


@dataclass(eq=False, slots=True)
class Walk:
    """One person with these books. `shielding` 1 is a bag held against the body, 0 a free one.

    `lateral_m` is the distance of the bag from antenna 1; None is the middle. With `turns_back` the
    person goes to the middle of the gate and back again.
    """

    walk_id: int
    tags: Sequence[Tag]
    direction: Direction
    speed_m_s: float
    started_at: float
    geometry: Geometry = field(default_factory=Geometry)
    shielding: float = 0.0
    lateral_m: float | None = None
    turns_back: bool = False

    @property
    def ended_at(self) -> float:
        return self._legs()[-1].end

    def position_m(self, now: float) -> float | None:
        """Where the person is, or None before and after the walk."""
        for leg in self._legs():
            if leg.start <= now < leg.end:
                return leg.position(now)
        return None

    def coupling(self, antenna: int, now: float) -> float:
        """How well the bag couples with one antenna: a bell over the way, highest at x = 0."""
        x = self.position_m(now)
        if x is None:
            return 0.0
        half = self.geometry.field_depth_m / 2
        return self._peak(antenna) * math.exp(-_FALL * (x / half) ** 2)

    def breaks(self, beam: Beam) -> list[Span]:
        """When the body is in this beam."""
        return self._spans(self.geometry.beam_at(beam), self.geometry.body_depth_m / 2)

    def readable(self) -> list[Span]:
        """When at least one antenna gives the bag's tags enough power to answer."""
        peak = max(self._peak(antenna) for antenna in ANTENNAS)
        if peak <= READ_COUPLING:
            return []
        half = self.geometry.field_depth_m / 2
        return self._spans(0.0, half * math.sqrt(math.log(peak / READ_COUPLING) / _FALL))

    def _legs(self) -> list[_Leg]:
        geometry = self.geometry
        sign = 1.0 if self.direction is Direction.OUT else -1.0
        ways = [-sign * geometry.start_m, sign * geometry.start_m]
        if self.turns_back:
            ways = [-sign * geometry.start_m, 0.0, -sign * geometry.start_m]
        legs: list[_Leg] = []
        start = self.started_at
        for from_m, to_m in itertools.pairwise(ways):
            end = start + abs(to_m - from_m) / self.speed_m_s
            legs.append(_Leg(start, end, from_m, to_m))
            start = end
        return legs

    def _peak(self, antenna: int) -> float:
        """Coupling at x = 0; it falls in a straight line from one antenna to the other."""
        width = self.geometry.width_m
        from_first = width / 2 if self.lateral_m is None else self.lateral_m
        distance = from_first if antenna == ANTENNAS[0] else width - from_first
        return (1.0 - LATERAL_LOSS * distance / width) * (1.0 - self.shielding)

    def _spans(self, middle_m: float, half_m: float) -> list[Span]:
        spans = [leg.within(middle_m, half_m) for leg in self._legs()]
        return _joined([span for span in spans if span is not None])


# A bag in the middle of the aisle is readable over just the depth of the field.
_FALL = math.log(MIDDLE_COUPLING / READ_COUPLING)


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order, those that touch made one."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined
