"""A person in the aisle, on virtual time: order of beams, depth of the field, bags and speeds."""

import pytest

from hw_sim.aisle import Beam, Direction, Facing, Geometry, Walk
from hw_sim.field import READ_COUPLING
from hw_sim.matter import BOOKLET
from hw_sim.tag import blank_tag


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


@pytest.mark.parametrize(
    ("facing", "antennas", "is_read"),
    [
        (Facing.ACROSS, 2, True),
        (Facing.AHEAD, 2, True),
        (Facing.FLAT, 2, False),
        (Facing.FLAT, 3, True),
    ],
)
def test_a_book_carried_flat_needs_the_third_plane(
    facing: Facing, antennas: int, is_read: bool
) -> None:
    geometry = Geometry(antennas=antennas)

    walk = Walk(1, (), Direction.OUT, 1.5, started_at=0.0, geometry=geometry, facing=facing)

    assert bool(walk.readable()) is is_read


def test_a_book_that_faces_the_exit_is_read_before_and_behind_the_post() -> None:
    walk = Walk(1, (), Direction.OUT, 1.0, started_at=0.0, facing=Facing.AHEAD)

    before, behind = walk.readable()

    assert before.end < 1.0 < behind.start, "the person is in the middle at 1.0 s"


def test_spans_agree_with_the_coupling_at_every_moment() -> None:
    walk = Walk(1, (), Direction.OUT, 1.0, started_at=0.0, lateral_m=0.2, facing=Facing.AHEAD)

    for step in range(2000):
        now = (step + 0.5) / 1000
        couples = walk.coupling(1, now) >= READ_COUPLING
        assert couples is any(span.contains(now) for span in walk.readable_by(1))


def test_booklets_packed_together_shade_each_other_for_the_whole_walk() -> None:
    tags = [blank_tag(bytes.fromhex("E00401") + n.to_bytes(5, "big")) for n in range(6)]
    for tag in tags:
        tag.matter = BOOKLET

    loose = Walk(1, tags, Direction.OUT, 1.5, started_at=0.0)
    packed = Walk(1, tags, Direction.OUT, 1.5, started_at=0.0, packed=True)

    assert len(loose.coupled(1, 0.667, READ_COUPLING)) == 6
    assert len(packed.coupled(1, 0.667, READ_COUPLING)) < 6
    assert packed.tag_readable_at(2) is None
