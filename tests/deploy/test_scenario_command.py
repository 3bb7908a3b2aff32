"""`polka scenario`: aisle scenarios in words and as JSON, and what it says to a wrong name."""

import json

import pytest
from typer.testing import CliRunner

from deploy.commands.scenario import app


def test_scenarios_are_told_in_words_with_the_seed() -> None:
    done = CliRunner().invoke(app, ["n01", "g05", "--seed", "4"])

    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "seed 4"
    assert lines[1].startswith("passed  n01-walking-speed-one-tag")
    assert lines[2].startswith("so far  g05-weeks-of-trial")
    assert lines[-1].startswith("2 of 2 passed")


def test_scenarios_are_told_to_programs_line_by_line() -> None:
    done = CliRunner().invoke(app, ["g07", "--json"])

    told = json.loads(done.output)
    assert told["passed"] is True
    assert told["seed"] == 1
    assert told["evidence"][0].startswith("do walk, books A")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [([], "--all"), (["p01", "--all"], "--all"), (["nothing"], "there are: g01-a-dead-gate")],
)
def test_a_wrong_wish_is_refused_with_what_there_is(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(app, arguments)

    assert done.exit_code == 2
    assert says in done.output
