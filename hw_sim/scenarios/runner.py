"""Plays scenarios, each where it belongs, and tells how they ended."""

from collections.abc import Iterator, Sequence

from hw_sim.scenarios import aisle_player, library_player
from hw_sim.scenarios.outcome import Outcome
from hw_sim.scenarios.script import FOLDER, BadScenario, Scenario, load
from hw_sim.scenarios.theatre import Theatre
from hw_sim.scenarios.words import (
    Place,
)


def find(name: str) -> Scenario:
    """One scenario by its name or the beginning of it, e.g. `p01`; `BadScenario` else."""
    found = sorted(FOLDER.glob(f"{name}*.toml"))
    exact = [path for path in found if path.stem == name]
    if len(exact or found) != 1:
        known = ", ".join(path.stem for path in sorted(FOLDER.glob("*.toml")))
        raise BadScenario(f"{len(found)} scenarios begin with {name!r}; there are: {known}")
    return load((exact or found)[0])


def play_all(scenarios: Sequence[Scenario], seed: int) -> Iterator[Outcome]:
    """Those of the aisle first, then one library is started for all the others."""
    for scenario in scenarios:
        if scenario.plays is Place.AISLE:
            yield aisle_player.play(scenario, seed)
    in_library = [each for each in scenarios if each.plays is Place.LIBRARY]
    if not in_library:
        return
    with Theatre(seed) as theatre:
        for scenario in in_library:
            yield library_player.play(theatre, scenario)
