"""Lamps, buzzers and relays of a reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """One lamp, buzzer or relay as last ordered. `until` is monotonic seconds."""

    kind: int
    number: int
    mode: str
    seconds: float
    until: float


OUTPUT_KINDS = {0: "output", 4: "relay"}  # FEIG H20800, 72: bits 7-5 of OUT-NR
