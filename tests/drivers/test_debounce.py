"""Bouncing inputs on a clock of numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.debounce import BEAM_STABLE_S, Change, Debouncer


def play(edges, *, until, stable_s=BEAM_STABLE_S, initial=False):
    debouncer = Debouncer(stable_s=stable_s, initial=initial, at=0.0)
    changes = [debouncer.edge(level, at) for level, at in edges]
    changes.append(debouncer.settle(until))
    return [change for change in changes if change]


@pytest.mark.parametrize(
    ("edges", "until", "expected"),
    [
        ([], 1.0, []),
        ([(True, 0.1)], 0.119, []),
        ([(True, 0.1)], 0.121, [Change(True, 0.1)]),
        # a pulse shorter than the stable time is no passage
        ([(True, 0.1), (False, 0.11)], 1.0, []),
        # bouncing counts from the last bounce
        (
            [(True, 0.1), (False, 0.105), (True, 0.11), (False, 0.112), (True, 0.113)],
            1.0,
            [Change(True, 0.113)],
        ),
        # an edge told twice does not restart the time
        ([(True, 0.1), (True, 0.115)], 0.121, [Change(True, 0.1)]),
        # the next edge settles what stood before it
        ([(True, 0.1), (False, 0.2)], 0.221, [Change(True, 0.1), Change(False, 0.2)]),
        # edges handed in late keep their own time
        ([(True, 0.1), (False, 0.4), (True, 0.41)], 5.0, [Change(True, 0.1)]),
    ],
)
def test_beam(edges, until, expected):
    assert play(edges, until=until) == expected


def test_hand_operated_contact_takes_its_own_time():
    assert play([(True, 0.1)], until=0.14, stable_s=0.05) == []
    assert play([(True, 0.1)], until=0.151, stable_s=0.05) == [Change(True, 0.1)]


def test_due_at_says_when_to_look_again():
    debouncer = Debouncer(stable_s=0.02, initial=False, at=0.0)

    calm = debouncer.due_at
    debouncer.edge(True, 1.0)

    assert calm is None
    assert debouncer.due_at == pytest.approx(1.02)
    assert debouncer.settle(1.021) == Change(True, 1.0)
    assert debouncer.due_at is None


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0001, 0.2)), max_size=60))
def test_levels_alternate_and_times_rise_on_any_input(steps):
    at = 0.0
    edges = []
    for level, gap in steps:
        at += gap
        edges.append((level, at))

    changes = play(edges, until=at + 1)

    assert [c.level for c in changes] == [n % 2 == 0 for n in range(len(changes))]
    assert [c.at for c in changes] == sorted(c.at for c in changes)
