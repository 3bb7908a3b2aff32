"""docs/scenarios.md, written from the scenario files and the words they may use.

``python -m hw_sim.scenarios.describe`` writes it anew; a test holds it current.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel

from hw_sim.scenarios.script import Scenario, load_all
from hw_sim.scenarios.words import DOING, SEEING, Kind, Place

DOCUMENT = Path(__file__).parents[2] / "docs" / "scenarios.md"
_HEAD = """\
# Scenarios

What libraries complain of, played on the running product and judged. This page is written from
the files in `hw_sim/scenarios/files` by `python -m hw_sim.scenarios.describe`.

    polka scenario p01             play one, by its name or the beginning of it
    polka scenario --all           play them all; ends with 0 only if every one passed
    polka scenario p01 --evidence  tell every step, and how soon each sight came

A scenario of the **library** is played on real processes: broker, controller, kiosk and gate, with
simulated readers at their wires. A scenario of the **aisle** runs the gate's own core on virtual
time. At the end of each, loan, tag, ledger and log of every named copy must agree; until there is
a printer, the list on the screen stands for the receipt. `so far` means: it is played as far as
the product goes, and the other half belongs to the issue named.
"""
_FILE = """\
## Writing one

    title = "A book is lent"
    complaint = "P1"
    source = "who complained, and where"
    readers = ["Anna"]
    books = { A = "book" }

    steps = [
      { do = "present_card", readers = ["Anna"] },
      { do = "place", books = ["A"] },
      { see = "row", books = ["A"], tone = "done", within_s = 2 },
    ]

    [end]
    A = { loan = "Anna" }

A sight must come within 15 seconds (`within_s`) and then stay for `for_s`. What is not said of a
copy under `[end]` follows from its loan: lent once, disarmed, never alarmed.
"""


def as_markdown(scenarios: Sequence[Scenario]) -> str:
    """The whole page."""
    kinds = ", ".join(f"`{kind}`" for kind in Kind)
    parts = [
        _HEAD,
        "## What is played\n\n" + _table(scenarios),
        _FILE,
        f"Things: {kinds}.\n",
        "### What people do\n\n" + _vocabulary("do", DOING),
        "### What there is to be seen\n\n" + _vocabulary("see", SEEING),
    ]
    return "\n".join(parts)


def _table(scenarios: Sequence[Scenario]) -> str:
    lines = ["| name | what happens | where | source | state |", "|---|---|---|---|---|"]
    lines += [_line(scenario) for scenario in scenarios]
    return "\n".join(lines) + "\n"


def _line(scenario: Scenario) -> str:
    where = "aisle" if scenario.plays is Place.AISLE else "library"
    source = f"{scenario.source}: {scenario.norm}" if scenario.norm else scenario.source
    state = f"so far; {scenario.later}" if scenario.later else "complete"
    return f"| {scenario.name} | {scenario.title} | {where} | {source} | {state} |"


def _vocabulary(verb: str, words: Mapping[str, type[BaseModel]]) -> str:
    lines = [f"| `{verb}` | means | with |", "|---|---|---|"]
    for word, model in words.items():
        fields = ", ".join(f"`{name}`" for name in model.model_fields)
        lines.append(f"| `{word}` | {model.__doc__} | {fields} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(as_markdown(load_all()), encoding="utf-8")
