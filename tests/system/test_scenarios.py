"""Every scenario of the library, played on one set of real processes."""

from collections.abc import Iterator

import pytest

from hw_sim.scenarios.library_player import play
from hw_sim.scenarios.script import Scenario, load_all
from hw_sim.scenarios.theatre import Theatre
from hw_sim.scenarios.words import Place

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

SEED = 1
IN_LIBRARY = [scenario for scenario in load_all() if scenario.plays is Place.LIBRARY]


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    with Theatre(SEED) as theatre:
        yield theatre


@pytest.mark.parametrize("scenario", IN_LIBRARY, ids=lambda scenario: scenario.name)
def test_scenario(theatre: Theatre, scenario: Scenario) -> None:
    """People walk in real time, and a busy machine may halt one in the gate: he goes once more."""
    outcome = play(theatre, scenario)
    if not outcome.passed:
        print("played again after:", *outcome.evidence, outcome.problem, sep="\n")  # noqa: T201
        outcome = play(theatre, scenario)

    assert outcome.passed, "\n".join([f"seed {SEED}", *outcome.evidence, outcome.problem])
