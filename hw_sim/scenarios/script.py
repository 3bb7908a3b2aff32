"""A scenario as a librarian writes it: a TOML file of books, readers, steps and an end to judge.

A file that cannot be understood is refused with a sentence that names the file and the step.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from gate.security import Security
from hw_sim.scenarios.words import DOING, NOBODY, SEEING, Act, Body, Kind, Names, Place, Seconds

FOLDER = Path(__file__).parent / "files"


class BadScenario(ValueError):
    """A scenario file that cannot be played; the message says which step and what to do."""


class Step(Body):
    """One line. A sight must come `within_s` and then stay for `for_s`."""

    words: str
    act: Act
    within_s: Seconds = 15.0
    for_s: Seconds = 0.0


class End(Body):
    """What must be true of one copy when the scenario is over; the rest follows from the loan."""

    loan: str = NOBODY
    tag: Literal["armed", "disarmed"] | None = None
    ledger: str | None = None
    checked_out: Annotated[int, Field(ge=0)] | None = None
    returned: Annotated[int, Field(ge=0)] = 0
    alarmed: Annotated[int, Field(ge=0)] = 0


class Scenario(Body):
    """One file. `later` says which half belongs to an issue that is not done yet."""

    name: str
    title: str
    complaint: str
    source: str
    norm: str = ""
    plays: Place = Place.LIBRARY
    later: str = ""
    readers: Names = ()
    odd_readers: Annotated[Names, Field(max_length=3)] = ()  # with odd values in every field
    books: Annotated[dict[str, Kind], Field(default_factory=dict)]
    antennas: Annotated[int, Field(ge=2, le=3)] = 2
    security: Security = Security.AFI  # aisle only: what the library arms its tags with
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    end: Annotated[dict[str, End], Field(default_factory=dict)]


def load(path: Path) -> Scenario:
    """One scenario from its file; `BadScenario` when it cannot be played."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        steps = [_step(number, line) for number, line in enumerate(raw.pop("steps", ()), start=1)]
        scenario = Scenario(name=path.stem, steps=tuple(steps), **raw)
    except (tomllib.TOMLDecodeError, ValidationError, BadScenario, TypeError) as error:
        raise BadScenario(f"{path.name}: {error}") from error
    _check_names(scenario)
    return scenario


def load_all(folder: Path = FOLDER) -> list[Scenario]:
    """Every scenario of a folder, in the order of their names."""
    return [load(path) for path in sorted(folder.glob("*.toml"))]


def _step(number: int, line: dict[str, Any]) -> Step:
    words = ", ".join(f"{key} {_plain(value)}" for key, value in line.items())
    common = {key: line.pop(key) for key in ("within_s", "for_s") if key in line}
    verbs: Mapping[str, type[Act]] = DOING if "do" in line else SEEING
    verb = line.pop("do", None) or line.pop("see", None)
    if verb not in verbs:
        raise BadScenario(f"step {number} ({words}): use one of {', '.join(verbs)}")
    try:
        return Step(words=words, act=verbs[verb](**line), **common)
    except ValidationError as error:
        raise BadScenario(f"step {number} ({words}): {error}") from error


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "+".join(_plain(each) for each in value) or "nothing"
    return str(value)


def _check_names(scenario: Scenario) -> None:
    known = {*scenario.books, *scenario.readers, *scenario.odd_readers, NOBODY}
    used = set(scenario.end) | {end.loan for end in scenario.end.values()}
    for step in scenario.steps:
        for key in ("books", "readers"):
            used |= set(getattr(step.act, key, ()))
        used |= {getattr(step.act, "reader", NOBODY)}
        used |= {name for bag in getattr(step.act, "followers", ()) for name in bag}
    if unknown := sorted(used - known):
        raise BadScenario(f"{scenario.name}: nobody introduced {', '.join(unknown)}")
