"""Who crossed the aisle, and which way, from two beams. Pure: edges and times in, crossings out.

Two beams stand one behind the other: INNER on the library's side, OUTER on the street's side. A
person breaks them in order, and each break is joined to the other beam's break before it, so that
close followers are counted one by one. Turning back shows when the second beam clears while the
first is still broken, or when the second beam is never broken at all.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from circulation.messages import Direction


class BeamName(StrEnum):
    """Which beam of an aisle."""

    INNER = "inner"
    OUTER = "outer"


@dataclass(frozen=True, slots=True)
class BeamEdge:
    """A beam was broken or cleared, debounced, at a monotonic time in seconds."""

    beam: BeamName
    broken: bool
    at: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """One person on the way: the beam that broke first, and how far he got."""

    first: BeamName
    since: float
    first_clear_at: float | None = None
    second_broken: bool = False
    drew_back: bool = False


@dataclass(frozen=True, slots=True)
class Aisle:
    """The persons on their way, oldest first, and which beams are broken since when."""

    crossings: tuple[Crossing, ...] = ()
    broken_since: tuple[tuple[BeamName, float], ...] = ()
    faulty: frozenset[BeamName] = frozenset()


def entering(aisle: Aisle) -> bool:
    """True while somebody comes in from the street and nobody can be on the way out.

    Who enters is read between the outer beam and the inner one. A broken inner beam may be a second
    person's: one who follows somebody who looked in and turned back is joined to his break.
    """
    firsts = {crossing.first for crossing in aisle.crossings}
    inner_is_broken = BeamName.INNER in dict(aisle.broken_since)
    return firsts == {BeamName.OUTER} and not inner_is_broken


def edge(aisle: Aisle, event: BeamEdge, *, window_s: float) -> tuple[Aisle, tuple[Direction, ...]]:
    """Take one edge. Returns the aisle and the directions of the persons who finished."""
    if event.broken == (event.beam in dict(aisle.broken_since)):
        return aisle, ()  # the level did not change
    if event.broken:
        return _break(aisle, event, window_s), ()
    return _clear(aisle, event)


def expire(aisle: Aisle, now: float, *, window_s: float) -> tuple[Aisle, tuple[Direction, ...]]:
    """Give up on those who broke one beam and never reached the second within the window."""
    gone = tuple(c for c in aisle.crossings if _given_up(c, now, window_s))
    kept = tuple(c for c in aisle.crossings if c not in gone)
    return replace(aisle, crossings=kept), (Direction.TURNED_BACK,) * len(gone)


def new_faults(aisle: Aisle, now: float, *, fault_s: float) -> tuple[Aisle, tuple[BeamName, ...]]:
    """Beams that have just been broken for too long: something stands there, or a cable is cut.

    Whoever seemed to stand in such a beam is nobody: a cut cable must not look like a person who
    comes in for ever, because then no book that goes out would alarm.
    """
    stuck = frozenset(beam for beam, since in aisle.broken_since if now - since >= fault_s)
    fresh = tuple(sorted(stuck - aisle.faulty))
    if not fresh:
        return replace(aisle, faulty=stuck) if stuck != aisle.faulty else aisle, ()
    kept = tuple(c for c in aisle.crossings if c.first not in fresh or c.first_clear_at is not None)
    return replace(aisle, faulty=stuck, crossings=kept), fresh


def _given_up(crossing: Crossing, now: float, window_s: float) -> bool:
    cleared = crossing.first_clear_at
    return cleared is not None and not crossing.second_broken and now - cleared > window_s


def _break(aisle: Aisle, event: BeamEdge, window_s: float) -> Aisle:
    levels = (*aisle.broken_since, (event.beam, event.at))
    for number, crossing in enumerate(aisle.crossings):
        if _awaits(crossing, event, window_s):
            reached = replace(crossing, second_broken=True, drew_back=False)
            return replace(
                aisle, crossings=_put(aisle.crossings, number, reached), broken_since=levels
            )
    started = Crossing(event.beam, event.at)
    return replace(aisle, crossings=(*aisle.crossings, started), broken_since=levels)


def _awaits(crossing: Crossing, event: BeamEdge, window_s: float) -> bool:
    if crossing.first is event.beam or crossing.second_broken:
        return False
    cleared = crossing.first_clear_at
    return cleared is None or event.at - cleared <= window_s


def _clear(aisle: Aisle, event: BeamEdge) -> tuple[Aisle, tuple[Direction, ...]]:
    levels = tuple(pair for pair in aisle.broken_since if pair[0] is not event.beam)
    aisle = replace(aisle, broken_since=levels, faulty=aisle.faulty - {event.beam})
    for number, crossing in enumerate(aisle.crossings):
        if crossing.second_broken and crossing.first is not event.beam:
            return _second_clear(aisle, number, crossing)
        if crossing.first is event.beam and crossing.first_clear_at is None:
            return _first_clear(aisle, number, crossing, event.at)
    return aisle, ()


def _second_clear(
    aisle: Aisle, number: int, crossing: Crossing
) -> tuple[Aisle, tuple[Direction, ...]]:
    if crossing.first_clear_at is None:
        back = replace(crossing, second_broken=False, drew_back=True)
        return replace(aisle, crossings=_put(aisle.crossings, number, back)), ()
    way = Direction.OUT if crossing.first is BeamName.INNER else Direction.IN
    return replace(aisle, crossings=_put(aisle.crossings, number, None)), (way,)


def _first_clear(
    aisle: Aisle, number: int, crossing: Crossing, at: float
) -> tuple[Aisle, tuple[Direction, ...]]:
    if crossing.drew_back:
        gone = replace(aisle, crossings=_put(aisle.crossings, number, None))
        return gone, (Direction.TURNED_BACK,)
    cleared = replace(crossing, first_clear_at=at)
    return replace(aisle, crossings=_put(aisle.crossings, number, cleared)), ()


def _put(
    crossings: tuple[Crossing, ...], number: int, new: Crossing | None
) -> tuple[Crossing, ...]:
    middle = () if new is None else (new,)
    return (*crossings[:number], *middle, *crossings[number + 1 :])
