"""A person in the aisle, on virtual time: order of beams, depth of the field, bags and speeds."""

import pytest

from hw_sim.aisle import Beam, Direction, Walk
from hw_sim.field import READ_COUPLING


@pytest.mark.parametrize(
    ("direction", "order"),
    [(Direction.OUT, [Beam.INNER, Beam.OUTER]), (Direction.IN, [Beam.OUTER, Beam.INNER])],
)
def test_beams_break_in_the_order_of_the_way(direction: Direction, order: list[Beam]) -> None:
    walk = Walk(1, (), direction, 1.5, started_at=100.0)

    breaks = {beam: walk.breaks(beam) for beam in Beam}

    assert sorted(Beam, key=lambda beam: breaks[beam][0].start) == order
    first, second = (breaks[beam][0] for beam in order)
    # beams 0.6 m apart, a body 0.4 m deep, at 1.5 m/s
    assert second.start - first.start == pytest.approx(0.4)
    assert first.end - first.start == pytest.approx(0.4 / 1.5)


@pytest.mark.parametrize(
    ("speed_m_s", "readable_s"), [(1.0, 0.8), (1.5, 0.5333), (2.0, 0.4), (3.0, 0.2667)]
)
def test_a_bag_is_readable_as_long_as_the_field_is_deep(
    speed_m_s: float, readable_s: float
) -> None:
    walk = Walk(1, (), Direction.OUT, speed_m_s, started_at=0.0)

    (span,) = walk.readable()

    assert span.end - span.start == pytest.approx(readable_s, abs=0.001)
    for antenna in (1, 2):
        assert walk.coupling(antenna, span.start - 0.01) < READ_COUPLING
        assert walk.coupling(antenna, span.start + 0.01) > READ_COUPLING


def test_the_first_beam_breaks_before_the_bag_is_readable() -> None:
    walk = Walk(1, (), Direction.IN, 1.5, started_at=0.0)

    assert walk.breaks(Beam.OUTER)[0].start < walk.readable()[0].start


def test_coupling_rises_and_falls_and_is_best_at_the_near_antenna() -> None:
    walk = Walk(1, (), Direction.OUT, 1.0, started_at=0.0, lateral_m=0.1)

    couplings = [walk.coupling(1, t / 10) for t in range(20)]

    assert max(couplings) == couplings[10] > walk.coupling(2, 1.0)
    assert couplings[:11] == sorted(couplings[:11])
    assert couplings[10:] == sorted(couplings[10:], reverse=True)


def test_a_shielded_bag_is_never_readable() -> None:
    walk = Walk(1, (), Direction.OUT, 1.5, started_at=0.0, shielding=1.0)

    assert walk.readable() == []


def test_who_turns_back_breaks_the_inner_beam_twice_and_the_outer_never() -> None:
    walk = Walk(1, (), Direction.OUT, 1.0, started_at=0.0, turns_back=True)

    assert [len(walk.breaks(beam)) for beam in (Beam.INNER, Beam.OUTER)] == [2, 0]
    (span,) = walk.readable()
    assert span.end - span.start == pytest.approx(0.8), (
        "in to the middle and out again, without a break"
    )


def test_nobody_is_anywhere_before_and_after_the_walk() -> None:
    walk = Walk(1, (), Direction.OUT, 1.0, started_at=10.0)

    assert [walk.position_m(t) for t in (9.9, 10.0, 11.0, 12.0)] == [None, -1.0, 0.0, None]
