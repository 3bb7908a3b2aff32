"""Clean levels out of bouncing contacts: pure, on edges that carry their time.

A level counts once it has stood for `stable_s`. Nothing is thrown away before: gpiozero's
`bounce_time` drops edges of short pulses, and its mock pins ignore it.
"""

from dataclasses import dataclass
from typing import Final

BEAM_STABLE_S: Final = 0.02  # a hand-operated contact (button, flap) needs 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """A new level; `at` is the edge it has stood since, so order between inputs stays true."""

    level: bool
    at: float


class Debouncer:
    """One input. Times are monotonic seconds; edges may be handed in late, but in order."""

    def __init__(self, *, stable_s: float, initial: bool, at: float) -> None:
        self.stable_s = stable_s
        self.level = initial
        self.since = at
        self._raw = initial
        self._raw_at = at

    @property
    def due_at(self) -> float | None:
        """When `settle` will have something to say if no edge comes; None while all is calm."""
        return self._raw_at + self.stable_s if self._raw != self.level else None

    def edge(self, level: bool, at: float) -> Change | None:
        """The input changed to `level` at `at`; returns what had become valid before."""
        settled = self.settle(at)
        if level != self._raw:
            self._raw, self._raw_at = level, at
        return settled

    def settle(self, now: float) -> Change | None:
        """The change that has become valid by `now`, if any."""
        due_at = self.due_at
        if due_at is None or now < due_at:
            return None
        self.level, self.since = self._raw, self._raw_at
        return Change(self.level, self.since)
