"""The first of September: every pupil of a school gets a stack of textbooks, 19,199 loans in all.

Each round lends them three ways: one by one (a sample), a pupil's stack to a request, a class to a
request; all by one desk, with every rule, token, event and kept answer, and a commit per request.
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
    """Seconds for the whole school, and the rate against one-by-one checkouts of the same round."""
    with workspace() as folder:
        world = make_world(folder)
        rounds = [_round(world, number) for number in range(ROUNDS)]
    singly, stacks, classes = (list(column) for column in zip(*rounds, strict=True))
    by_stack, by_class = middle(stacks, singly), middle(classes, singly)
    seconds = sorted(TEXTBOOKS / rate for rate in classes)[ROUNDS // 2]
    return [
        at_most("september.19199_loans_by_class", seconds, "s", limit=_WITHIN_S),
        at_least(
            "september.class_to_one_by_one",
            classes[by_class],
            "/s",
            limit=singly[by_class],
            goal=8,
        ),
        at_least(
            "september.stack_to_one_by_one", stacks[by_stack], "/s", limit=singly[by_stack], goal=4
        ),
    ]


def _round(world: World, number: int) -> tuple[float, float, float]:
    """Loans a second: one by one, by stack, by class."""
    rates = []
    for most in (17, _CLASS):
        database = world.folder / f"september-{number}-{most}.db"
        shutil.copy(world.database, database)
        with serving.controller(world, database):
            checkouts(world, first=0, count=_WARM, clients=1)
            one = checkouts(world, first=_WARM, count=_SAMPLE, clients=1)
            many = sets(world, world.class_sets(), clients=1, most=most)
            rates.append((one.rate, many.rate))
    (one_before, by_stack), (one_after, by_class) = rates
    return (one_before + one_after) / 2, by_stack, by_class
