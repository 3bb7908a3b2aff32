"""Scenario files: every complaint has one, a wrong one is refused in words, the page is current."""

import re
from pathlib import Path

import pytest

from hw_sim.scenarios.describe import DOCUMENT, as_markdown
from hw_sim.scenarios.runner import find
from hw_sim.scenarios.script import FOLDER, BadScenario, load, load_all

GOOD = """
title = "A book is lent"
complaint = "P1"
source = "us"
readers = ["Anna"]
books = { A = "book" }
steps = [{ do = "place", books = ["A"] }, { see = "row", books = ["A"], within_s = 2 }]
[end]
A = { loan = "Anna" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "x01-test.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_complaint_has_its_scenario() -> None:
    complaints = {scenario.complaint for scenario in load_all()}

    assert complaints >= {f"P{n}" for n in range(1, 26)} | {f"G{n}" for n in range(1, 8)}


def test_what_waits_for_another_issue_says_which_one_and_why() -> None:
    waiting = [scenario for scenario in load_all() if scenario.later]

    assert waiting
    assert all(re.match(r"issue \d: \w+", scenario.later) for scenario in waiting)


def test_every_scenario_looks_at_something() -> None:
    blind = [s.name for s in load_all() if not any("see " in step.words for step in s.steps)]

    assert blind == []


def test_the_page_of_scenarios_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == as_markdown(load_all()), (
        "run python -m hw_sim.scenarios.describe"
    )


def test_a_file_is_read_step_by_step(tmp_path: Path) -> None:
    scenario = load(written(tmp_path, GOOD))

    assert scenario.name == "x01-test"
    assert [step.words for step in scenario.steps] == [
        "do place, books A",
        "see row, books A, within_s 2",
    ]
    assert scenario.steps[1].within_s == 2


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('do = "plaze"', 'do = "place"', r"step 1 \(do plaze.*use one of place, lift"),
        ('see = "rows"', 'see = "row"', r"step 2 .*use one of row, no_row"),
        ('do = "place", colour = "red"', 'do = "place"', r"step 1 .*colour"),
        ('loan = "Boris"', 'loan = "Anna"', "nobody introduced Boris"),
        ('A = "bok"', 'A = "book"', "bok"),
        ("title = 5", 'title = "A book is lent"', "title"),
        ("steps = [{", "steps = [", "x01-test.toml"),
    ],
)
def test_a_file_that_cannot_be_played_is_refused_in_words(
    tmp_path: Path, wrong: str, right: str, says: str
) -> None:
    path = written(tmp_path, GOOD.replace(right, wrong))

    with pytest.raises(BadScenario, match=says):
        load(path)


def test_a_scenario_is_found_by_how_its_name_begins() -> None:
    assert find("p01").name == "p01-five-books-two-lifted"
    assert (FOLDER / f"{find('g07').name}.toml").exists()
    with pytest.raises(BadScenario, match=r"9 scenarios begin with 'p0'"):
        find("p0")
