"""Two beams tell who went which way, also when people turn back or follow closely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circulation.messages import Direction
from gate.crossing import Aisle, BeamEdge, BeamName, edge, entering, expire, new_faults

WINDOW_S = 1.5
STEP_S = 0.2
EDGES = {
    "I": (BeamName.INNER, True),
    "i": (BeamName.INNER, False),
    "O": (BeamName.OUTER, True),
    "o": (BeamName.OUTER, False),
}


def play(story: str) -> tuple[Aisle, list[Direction]]:
    """`I` breaks the inner beam, `i` clears it, `O` and `o` the outer one; a letter each 0.2 s."""
    aisle, seen = Aisle(), []
    for number, letter in enumerate(story):
        beam, broken = EDGES[letter]
        event = BeamEdge(beam, broken, number * STEP_S)
        aisle, done = edge(aisle, event, window_s=WINDOW_S)
        seen.extend(done)
    aisle, late = expire(aisle, len(story) * STEP_S + 10, window_s=WINDOW_S)
    return aisle, [*seen, *late]


@pytest.mark.parametrize(
    ("story", "directions"),
    [
        ("IOio", [Direction.OUT]),
        ("OIoi", [Direction.IN]),
        ("IiOo", [Direction.OUT]),  # thin person: the first beam is clear before the second breaks
        ("OoIi", [Direction.IN]),
        ("IOoi", [Direction.TURNED_BACK]),
        ("OIio", [Direction.TURNED_BACK]),
        ("Ii", [Direction.TURNED_BACK]),
        ("IOoOio", [Direction.OUT]),  # hesitates, then goes on
        ("IOiIoiOo", [Direction.OUT, Direction.OUT]),  # a close follower
        ("IiIOioOo", [Direction.OUT, Direction.OUT]),
        ("IOioOIoi", [Direction.OUT, Direction.IN]),
    ],
)
def test_an_order_of_beams_is_a_direction(story: str, directions: list[Direction]) -> None:
    aisle, seen = play(story)

    assert seen == directions
    assert aisle.crossings == ()


def test_a_bouncing_level_is_no_second_person() -> None:
    _, seen = play("IIOOiioo")

    assert seen == [Direction.OUT]


def test_who_breaks_the_outer_beam_first_is_entering() -> None:
    coming, _ = edge(Aisle(), BeamEdge(BeamName.OUTER, True, 0.0), window_s=WINDOW_S)
    going, _ = edge(Aisle(), BeamEdge(BeamName.INNER, True, 0.0), window_s=WINDOW_S)
    both, _ = edge(coming, BeamEdge(BeamName.OUTER, False, 0.1), window_s=WINDOW_S)

    assert entering(coming)
    assert entering(both)
    assert not entering(going)
    assert not entering(Aisle())


def test_a_beam_broken_for_long_is_a_fault_said_once() -> None:
    aisle, _ = edge(Aisle(), BeamEdge(BeamName.INNER, True, 0.0), window_s=WINDOW_S)

    aisle, early = new_faults(aisle, 9.9, fault_s=10.0)
    aisle, due = new_faults(aisle, 10.0, fault_s=10.0)
    aisle, again = new_faults(aisle, 11.0, fault_s=10.0)

    assert (early, due, again) == ((), (BeamName.INNER,), ())


@given(st.lists(st.sampled_from("IiOo"), max_size=40))
def test_any_order_of_edges_ends_with_an_empty_aisle_or_a_broken_beam(story: list[str]) -> None:
    aisle, seen = play("".join(story))

    still_broken = dict(aisle.broken_since)
    assert len(seen) <= len(story)
    assert still_broken or not aisle.crossings
