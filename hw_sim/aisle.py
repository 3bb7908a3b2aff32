"""A gate's aisle: where the beams and antennas are, and a person walking through with a bag.

The x axis runs from the library (negative) to the exit (positive), in metres; 0 is the middle of
the antennas. Everything is a function of time, so that tests need no clock. Sizes: library aisles
are 85 to 100 cm wide, fields 0.6 to 1.0 m deep.

Antennas 1 and 2 are the loops in the posts, left and right; 3, where there is one, lies in the
floor. The field of a post runs across the aisle before the post and bends along the way beside it,
so a book that faces the exit is read before and behind the post and not within; a book carried flat
needs the third antenna, which is why gates have two or three planes.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from hw_sim.field import READ_COUPLING
from hw_sim.matter import shadows
from hw_sim.motion import Leg, Span, joined, way
from hw_sim.tag import Tag

POSTS = (1, 2)
FLOOR = 3
MIDDLE_COUPLING = 0.75  # of a bag carried in the middle of the aisle, at x = 0
LATERAL_LOSS = 0.5  # coupling lost on the way from one antenna to the other
# A bag in the middle of the aisle is readable over just the depth of the field.
_FALL = math.log(MIDDLE_COUPLING / READ_COUPLING)


class Direction(StrEnum):
    """OUT leaves the library."""

    OUT = "out"
    IN = "in"


class Beam(StrEnum):
    """INNER is on the library's side."""

    INNER = "inner"
    OUTER = "outer"


class Facing(StrEnum):
    """How the tags in a bag are turned; MIXED: each post meets each tag at its best."""

    MIXED = "mixed"
    ACROSS = "across"  # covers face the posts: a bag carried at one's side
    AHEAD = "ahead"  # covers face the exit: a book held before the chest
    FLAT = "flat"  # covers face the floor: a book on a tray


@dataclass(frozen=True, slots=True)
class Lobe:
    """A bell of coupling along the way; places are shares of half the field's depth."""

    place: float
    width: float
    gain: float


_POST_LOBES = {
    Facing.MIXED: (Lobe(0.0, 1.0, 1.0),),
    Facing.ACROSS: (Lobe(0.0, 1.0, 1.0),),
    Facing.AHEAD: (Lobe(-0.7, 0.4, 0.8), Lobe(0.7, 0.4, 0.8)),
    Facing.FLAT: (Lobe(0.0, 1.0, 0.3),),
}
_FLOOR_LOBES = {
    Facing.MIXED: (Lobe(0.0, 0.8, 0.8),),
    Facing.ACROSS: (Lobe(0.0, 0.8, 0.3),),
    Facing.AHEAD: (Lobe(-0.6, 0.4, 0.6), Lobe(0.6, 0.4, 0.6)),
    Facing.FLAT: (Lobe(0.0, 0.8, 1.0),),
}


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes in metres; `antennas` is 2 (posts) or 3 (posts and floor)."""

    width_m: float = 0.9
    field_depth_m: float = 0.8
    beam_distance_m: float = 0.6
    body_depth_m: float = 0.4
    start_m: float = 1.0  # a walk begins and ends this far from the middle
    antennas: int = 2

    def __post_init__(self) -> None:
        if self.antennas not in (2, 3):
            raise ValueError(f"an aisle has 2 or 3 antennas, not {self.antennas}")

    @property
    def planes(self) -> tuple[int, ...]:
        """The numbers of the antennas."""
        return POSTS if self.antennas == len(POSTS) else (*POSTS, FLOOR)

    def beam_at(self, beam: Beam) -> float:
        half = self.beam_distance_m / 2
        return -half if beam is Beam.INNER else half


@dataclass(eq=False, slots=True)
class Walk:
    """One person with these books. `shielding` 1 is a bag held against the body, 0 a free one.

    `lateral_m` is the distance of the bag from antenna 1; None is the middle. With `turns_back` the
    person goes to the middle of the gate and back again. `packed`: the books lie on each other.
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
    facing: Facing = Facing.MIXED
    packed: bool = False
    legs: tuple[Leg, ...] = field(init=False)
    gains: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        geometry = self.geometry
        sign = 1.0 if self.direction is Direction.OUT else -1.0
        end = -sign * geometry.start_m if self.turns_back else sign * geometry.start_m
        places = [-sign * geometry.start_m, *([0.0] if self.turns_back else []), end]
        self.legs = way(places, self.speed_m_s, self.started_at)
        things = [tag.matter for tag in self.tags]
        # a bag is packed once; how its books lie follows from which bag it is
        lying = random.Random(self.walk_id)
        shaded = shadows(things, lying) if self.packed else [1.0] * len(things)
        self.gains = tuple(thing.clear * shade for thing, shade in zip(things, shaded, strict=True))

    @property
    def ended_at(self) -> float:
        return self.legs[-1].end

    def position_m(self, now: float) -> float | None:
        """Where the person is, or None before and after the walk."""
        for leg in self.legs:
            if leg.start <= now < leg.end:
                return leg.position(now)
        return None

    def coupling(self, antenna: int, now: float) -> float:
        """How well a paper book in the bag couples with one antenna."""
        x = self.position_m(now)
        if x is None:
            return 0.0
        share = x / (self.geometry.field_depth_m / 2)
        peak = self._peak(antenna)
        return max(
            peak * lobe.gain * math.exp(-_FALL * ((share - lobe.place) / lobe.width) ** 2)
            for lobe in self._lobes(antenna)
        )

    def coupled(self, antenna: int, now: float, least: float) -> list[Tag]:
        """The tags in the bag that couple with one antenna at least so well."""
        bag = self.coupling(antenna, now)
        if bag < least:
            return []
        return [tag for tag, gain in zip(self.tags, self.gains, strict=True) if bag * gain >= least]

    def breaks(self, beam: Beam) -> list[Span]:
        """When the body is in this beam."""
        return self._spans(self.geometry.beam_at(beam), self.geometry.body_depth_m / 2)

    def readable(self) -> list[Span]:
        """When at least one antenna gives a paper book in the bag enough power to answer."""
        spans = [span for antenna in self.geometry.planes for span in self.readable_by(antenna)]
        return joined(spans)

    def readable_by(self, antenna: int, gain: float = 1.0) -> list[Span]:
        """When this antenna gives a tag with this share of the coupling power to answer."""
        half = self.geometry.field_depth_m / 2
        spans: list[Span] = []
        for lobe in self._lobes(antenna):
            peak = self._peak(antenna) * lobe.gain * gain
            if peak > READ_COUPLING:
                reach = lobe.width * math.sqrt(math.log(peak / READ_COUPLING) / _FALL)
                spans += self._spans(lobe.place * half, reach * half)
        return joined(spans)

    def tag_readable_at(self, index: int) -> float | None:
        """When the tag with this index has power for the first time; None: never."""
        gain = self.gains[index]
        starts = [
            span.start
            for antenna in self.geometry.planes
            for span in self.readable_by(antenna, gain)
        ]
        return min(starts, default=None)

    def _lobes(self, antenna: int) -> tuple[Lobe, ...]:
        return (_FLOOR_LOBES if antenna == FLOOR else _POST_LOBES)[self.facing]

    def _peak(self, antenna: int) -> float:
        """Coupling at best; it falls in a straight line from one post to the other."""
        if antenna == FLOOR:
            return MIDDLE_COUPLING * (1.0 - self.shielding)
        width = self.geometry.width_m
        from_first = width / 2 if self.lateral_m is None else self.lateral_m
        distance = from_first if antenna == POSTS[0] else width - from_first
        return (1.0 - LATERAL_LOSS * distance / width) * (1.0 - self.shielding)

    def _spans(self, middle_m: float, half_m: float) -> list[Span]:
        spans = [leg.within(middle_m, half_m) for leg in self.legs]
        return joined([span for span in spans if span is not None])


def coupled(walks: Iterable[Walk], antenna: int, now: float, least: float) -> list[Tag]:
    """All tags in the aisle that couple with one antenna at least so well."""
    return [tag for walk in walks for tag in walk.coupled(antenna, now, least)]
