"""How a scenario ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from hw_sim.scenarios.script import Scenario


class NotSo(AssertionError):
    """Something that should be seen was not; the message says what was seen instead."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scenario: what went as it should, step by step, and the first thing that did not."""

    name: str
    title: str
    complaint: str
    later: str
    seconds: float
    evidence: tuple[str, ...]
    problem: str = ""

    @classmethod
    def of(cls, scenario: Scenario, seconds: float, evidence: Sequence[str], problem: str) -> Self:
        """What became of `scenario` in that time."""
        return cls(
            name=scenario.name,
            title=scenario.title,
            complaint=scenario.complaint,
            later=scenario.later,
            seconds=seconds,
            evidence=tuple(evidence),
            problem=problem,
        )

    @property
    def passed(self) -> bool:
        return not self.problem

    @property
    def word(self) -> str:
        """`so far`: it passed as far as it goes today."""
        if not self.passed:
            return "FAILED"
        return "so far" if self.later else "passed"
