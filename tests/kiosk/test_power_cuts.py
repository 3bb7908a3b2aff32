"""A power cut at any point of a checkout or a return loses nothing, doubles nothing, and is mended.

The kiosk is killed before and after every commit of its journal, every write to the tag and every
question to the controller, and started again with the book on the pad (`power_cuts.py`).
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import kiosk

ROOT = Path(kiosk.__file__).parent.parent
ALONE = ("borrow alone", "return alone")
FEWEST_BOUNDARIES = 8  # of the shortest flow; with fewer the knife does not cut any more


@pytest.mark.parametrize(
    ("flows", "rounds"),
    [
        pytest.param(ALONE, 1, id="alone, each once"),
        pytest.param(
            (*ALONE, "borrow", "return", "borrow a stack"),
            50,
            id="all, each 50 times",
            marks=[pytest.mark.long, pytest.mark.timeout(7200)],
        ),
    ],
)
def test_power_cut_at_every_write_loses_nothing_and_leaves_no_tag_unrepaired(
    tmp_path: Path, flows: tuple[str, ...], rounds: int
) -> None:
    command = [sys.executable, "-m", "tests.kiosk.power_cuts", "--folder", str(tmp_path / "cuts")]
    wanted = [word for flow in flows for word in ("--flow", flow)]

    done = subprocess.run(
        [*command, "--rounds", str(rounds), *wanted], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )

    verdicts = json.loads(done.stdout)
    assert [one for one in verdicts if one["problem"]] == []
    for flow in flows:
        mine = [one for one in verdicts if one["flow"] == flow]
        [whole] = [one for one in mine if one["boundary"] == 0]
        assert whole["passed"] >= FEWEST_BOUNDARIES
        assert sum(one["killed"] for one in mine) >= FEWEST_BOUNDARIES * rounds
        ended = [one for one in mine if not one["killed"] and one is not whole]
        assert all(one["passed"] < one["boundary"] for one in ended)  # there was nothing to cut
