"""A thread that delivers in rounds: at once when it is woken, soon after a failure, else seldom."""

import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


class Rounds:
    """`once` works and says how many seconds may pass until the next round.

    None: it did not get through, the next try is soon, then less and less soon. An exception is
    logged and counts as None: what waits on the disk must go on being delivered.
    """

    def __init__(
        self, name: str, once: Callable[[], float | None], *, first_s: float, longest_s: float
    ) -> None:
        """`first_s`, `longest_s`: pauses after a failure, doubling from the one to the other."""
        self._name = name
        self._once = once
        self._first_s = first_s
        self._longest_s = longest_s
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.turned_at = time.monotonic()
        """When the thread last went round: a call that hangs shows here."""

    @property
    def stopping(self) -> bool:
        """`stop` was called: a long round should come to its end."""
        return self._stopping

    def start(self) -> None:
        """Begin with a first round."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """End after the call that is under way. Harmless before `start`."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def wake(self) -> None:
        """There is something new; safe from any thread."""
        self._wake.set()

    def _run(self) -> None:
        patience_s = self._first_s
        while not self._stopping:
            self.turned_at = time.monotonic()
            pause_s = self._round()
            if pause_s is None:
                pause_s = patience_s
                patience_s = min(patience_s * 2, self._longest_s)
            else:
                patience_s = self._first_s
            self._wake.wait(pause_s)
            self._wake.clear()

    def _round(self) -> float | None:
        try:
            return self._once()
        except Exception:  # whatever it was, the next round may find it well again
            log.exception("round_failed", thread=self._name)
            return None
