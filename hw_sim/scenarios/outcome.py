"""How a scenario ended."""

from dataclasses import dataclass


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

    @property
    def passed(self) -> bool:
        return not self.problem

    @property
    def word(self) -> str:
        """`so far`: it passed as far as it goes today."""
        if not self.passed:
            return "FAILED"
        return "so far" if self.later else "passed"
