"""Waiting for an absolute moment with a small error."""

import time

SPIN_S = 0.0002  # Linux wakes a sleeper some 60 to 150 us late; the rest is waited out awake


def sleep_until(deadline: float) -> None:
    """Return at `deadline` (monotonic seconds), or at once if it has passed."""
    rest = deadline - time.monotonic() - SPIN_S
    if rest > 0:
        time.sleep(rest)
    while time.monotonic() < deadline:
        pass
