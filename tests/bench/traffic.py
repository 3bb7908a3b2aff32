"""Hours at a gate in seconds: people on virtual time, each judged against the physical model."""

import time

from hw_sim.gate_traffic import simulate
from tests.bench.result import Result, at_least, at_most

SECONDS = 10_000
SEED = 20_260_901
MINUTE_S = 60


def measure() -> list[Result]:
    """Scenario-seconds in one minute of wall clock, and what the gate missed or cried wolf at."""
    began = time.perf_counter()
    judged = simulate(SECONDS, SEED)
    took_s = time.perf_counter() - began
    wrong = judged.missed_but_readable + judged.false_alarms
    return [
        at_least("traffic.seconds_a_minute", SECONDS / took_s * MINUTE_S, "s", limit=SECONDS),
        at_most("traffic.wrong_verdicts", wrong, "", limit=1, goal=0),
    ]
