"""The first of September: every pupil of a school gets a stack of textbooks, 19,199 loans in all.

A round lends them by classes, thirty pupils to a request, and a sample of books one by one: all at
one desk, with every rule, token, event and kept answer, and a commit per request.
"""

import shutil

from tests.bench import serving
from tests.bench.http import middle
from tests.bench.http_load import checkouts, sets
from tests.bench.http_world import TEXTBOOKS, World, make_world
from tests.bench.result import Result, at_least, at_most
from tests.bench.workspace import workspace

ROUNDS = 3
_WITHIN_S = 5.0
_SAMPLE = 400
_CLASS = 512  # lines: thirty pupils
_WARM = 50


def measure() -> list[Result]:
    """Seconds for the whole school, and the rate against one-by-one checkouts of the same round.

    Other programs only add to a time, so the shortest of the rounds is the school's.
    """
    with workspace() as folder:
        world = make_world(folder)
        rounds = [_round(world, number) for number in range(ROUNDS)]
    singly, classes = (list(column) for column in zip(*rounds, strict=True))
    usual = middle(classes, singly)
    seconds = TEXTBOOKS / max(classes)
    return [
        at_most("september.19199_loans", seconds, "s", limit=_WITHIN_S),
        at_least("september.to_one_by_one", classes[usual], "/s", limit=singly[usual], goal=8),
    ]


def _round(world: World, number: int) -> tuple[float, float]:
    """Loans a second: one by one before and after, and by classes."""
    database = world.folder / f"september-{number}.db"
    shutil.copy(world.database, database)
    with serving.controller(world, database):
        checkouts(world, first=0, count=_WARM, clients=1)
        before = checkouts(world, first=_WARM, count=_SAMPLE, clients=1)
        classes = sets(world, world.class_sets(), clients=1, most=_CLASS)
        after = checkouts(world, first=_WARM + _SAMPLE, count=_SAMPLE, clients=1)
    return (before.rate + after.rate) / 2, classes.rate
