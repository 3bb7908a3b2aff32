"""A scanner that pretends to be a keyboard, told from a person who types on one (pure).

A scanner sends a key every few milliseconds and Enter at the end; nobody types like that. Measured
numbers differ by make, so both limits are arguments.
"""

from dataclasses import dataclass
from typing import Final

from drivers.scanners.codes import MAX_CODE, Scan

MAX_GAP_S: Final = 0.04  # scanners 1 to 15 ms, slow Bluetooth 30; fast typists 60 and more
MIN_LENGTH: Final = 4  # two keys struck together come as fast as a scanner's
ENTER: Final = "\n"


@dataclass(frozen=True, slots=True)
class Typed:
    """A line that a person typed and ended with Enter; `at` monotonic seconds."""

    text: str
    at: float


class KeyBursts:
    """Feed it every character with its time; Enter is ``\\n``."""

    def __init__(self, *, max_gap_s: float = MAX_GAP_S, min_length: int = MIN_LENGTH) -> None:
        self._max_gap_s = max_gap_s
        self._min_length = min_length
        self._line = ""  # since the last Enter
        self._burst = 0  # how many characters at its end came like a scanner's
        self._last_at = 0.0

    def key(self, char: str, at: float) -> Scan | Typed | None:
        """What this key completes. What was typed before a scan on the same line is dropped."""
        fast = at - self._last_at <= self._max_gap_s
        self._last_at = at
        if char == ENTER:
            return self._end(at, fast=fast)
        self._burst = self._burst + 1 if fast else 1
        self._line = (self._line + char)[-MAX_CODE:]
        self._burst = min(self._burst, len(self._line))
        return None

    def _end(self, at: float, *, fast: bool) -> Scan | Typed | None:
        line, burst = self._line, self._burst
        self._line, self._burst = "", 0
        if fast and burst >= self._min_length:
            return Scan(line[-burst:], at)
        return Typed(line, at) if line else None
