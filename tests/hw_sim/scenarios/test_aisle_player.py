"""Gate scenarios on virtual time: all of them pass, and one that is wrong fails."""

import pytest

from hw_sim.scenarios.aisle_player import play
from hw_sim.scenarios.script import Scenario, Step, load_all
from hw_sim.scenarios.words import Kind, Place, SeeGate, Wait, Walk, Wiggle

AISLE = [scenario for scenario in load_all() if scenario.plays is Place.AISLE]


def scenario(*acts, books: dict[str, Kind]) -> Scenario:
    steps = tuple(Step(words=type(act).__name__, act=act) for act in acts)
    about = {"name": "x", "title": "x", "complaint": "x", "source": "x"}
    return Scenario(**about, plays=Place.AISLE, books=books, steps=steps)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("told", AISLE, ids=lambda scenario: scenario.name)
def test_gate_scenario(told: Scenario, seed: int) -> None:
    outcome = play(told, seed)

    assert outcome.passed, f"seed {seed}: {outcome.problem}"


def test_an_alarm_that_nobody_expected_fails_the_scenario() -> None:
    outcome = play(scenario(Walk(books=("A",)), Wait(seconds=5), books={"A": Kind.BOOK}), 1)

    assert outcome.problem == "A alarmed, and nobody expected it"
    assert outcome.word == "FAILED"


def test_a_verdict_that_is_not_so_fails_the_scenario() -> None:
    silent = SeeGate(books=("A",), verdict="silent")

    outcome = play(scenario(Walk(books=("A",)), silent, books={"A": Kind.BOOK}), 1)

    assert outcome.problem == "the verdict on A is alarm, not silent"


def test_what_the_aisle_does_not_know_is_said() -> None:
    outcome = play(scenario(Wiggle(books=("A",)), books={"A": Kind.BOOK}), 1)

    assert "the aisle knows walk, wait and see gate" in outcome.problem
