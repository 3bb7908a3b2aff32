"""The whole path on real bytes: tagged, borrowed, carried out, returned, carried out again."""

from pathlib import Path

import pytest

from hw_sim.stage import Stage
from hw_sim.story import Story
from tests.system.conftest import OpenLibrary

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def play(stage: Stage, pictures: Path) -> list[str]:
    stage.start_station()
    stage.start_drop()
    return [act().title for act in Story(stage, pictures).acts()]


ACTS = [
    "tag",
    "borrow",
    "silence",
    "return",
    "alarm",
    "early",
    "friendly",
    "heal",
    "drop",
    "count",
]


def test_loan_tag_gate_and_log_agree_on_the_sample_library(library: Stage, tmp_path: Path) -> None:
    told = play(library, tmp_path)

    assert told == ACTS
    pictures = sorted(tmp_path.glob("*.png"))
    assert [picture.name for picture in pictures] == [
        "0-tagged.png",
        "1-start.png",
        "2-borrowed.png",
        "3-returned.png",
        "4-lifted-too-early.png",
    ]
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_loan_tag_gate_and_log_agree_on_a_real_catalogue(
    open_library: OpenLibrary, real_catalogue: Path, tmp_path: Path
) -> None:
    with open_library(real_catalogue) as stage:
        assert play(stage, tmp_path) == ACTS
