"""Who crossed, from the totals of a reader's own people counter. Pure: totals in, persons out.

A counter tells afterwards and never who is on the way: a gate that has only this cannot know that
somebody is coming in with a secured book, and alarms.
"""

from dataclasses import dataclass

_WRAP = 2**32  # FEIG event 77 carries four totals of 4 bytes each
_MOST_AT_ONCE = 1_000  # more cannot pass between two polls: the counter was set anew


@dataclass(frozen=True, slots=True)
class Totals:
    """What one aisle's counter shows."""

    came_in: int
    went_out: int


def crossed(before: Totals | None, now: Totals) -> Totals:
    """The persons since; none for the first look, and none when the counter was set anew."""
    if before is None:
        return Totals(0, 0)
    came_in = (now.came_in - before.came_in) % _WRAP
    went_out = (now.went_out - before.went_out) % _WRAP
    if max(came_in, went_out) > _MOST_AT_ONCE:
        return Totals(0, 0)
    return Totals(came_in, went_out)
