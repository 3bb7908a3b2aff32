"""The reader's own people counter tells how many crossed, also when it overflows or begins anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.people import Totals, crossed

WRAP = 2**32


@pytest.mark.parametrize(
    ("before", "now", "persons"),
    [
        (None, Totals(812, 790), Totals(0, 0)),  # what it counted before we looked is nobody's
        (Totals(812, 790), Totals(813, 792), Totals(1, 2)),
        (Totals(WRAP - 1, 5), Totals(1, 5), Totals(2, 0)),
        (Totals(812, 790), Totals(0, 0), Totals(0, 0)),  # switched off and on
    ],
)
def test_totals_become_persons(before: Totals | None, now: Totals, persons: Totals) -> None:
    assert crossed(before, now) == persons


@given(
    start=st.integers(0, WRAP - 1),
    steps=st.lists(st.integers(0, 50), max_size=30),
)
def test_nobody_is_lost_at_the_overflow(start: int, steps: list[int]) -> None:
    before, shown, counted = Totals(start, 0), start, 0
    for step in steps:
        shown = (shown + step) % WRAP
        now = Totals(shown, 0)
        counted += crossed(before, now).came_in
        before = now

    assert counted == sum(steps)
