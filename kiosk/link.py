"""Whether this kiosk asks the controller or decides alone. It changes seldom: no flapping.

Alone only after several failures in a row over some seconds; back only after several answers in a
row over some seconds, and when nothing waits for the ledger any more: a ledger that has not heard
of the last loans would decide wrongly.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """How many in a row, and how long, in seconds."""

    failures: int = 2
    failing_s: float = 3.0
    answers: int = 3
    answering_s: float = 10.0


class Link:
    """Told of every failure, and of the answers that count. Safe from any thread."""

    def __init__(
        self,
        limits: LinkLimits,
        turned: Callable[[bool], None],
        *,
        unheard: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`turned(alone)` hears each change. `unheard`: something waits from an earlier life.

        Such a kiosk begins alone, and the first answer with nothing left to send ends it.
        """
        self._limits = limits
        self._turned = turned
        self._clock = clock
        self._lock = threading.Lock()
        self._alone = unheard
        self._wanted = 1 if unheard else limits.answers
        self._wanted_s = 0.0 if unheard else limits.answering_s
        self._count = 0  # of what speaks for a change, in a row
        self._since = 0.0

    @property
    def alone(self) -> bool:
        """True while nothing is asked of the controller."""
        return self._alone

    @property
    def in_doubt(self) -> bool:
        """True after a failure that does not suffice yet: find out soon."""
        return not self._alone and self._count > 0

    def failed(self) -> None:
        """Somebody asked the controller and got no answer."""
        with self._lock:
            if self._alone:
                self._count = 0
                self._wanted, self._wanted_s = self._limits.answers, self._limits.answering_s
                return
            turns = self._counts(self._limits.failures, self._limits.failing_s)
        self._turn(turns=turns, alone=True)

    def answered(self, *, waiting: int) -> None:
        """The controller answered; `waiting` operations it has not heard of yet."""
        with self._lock:
            if not self._alone:
                self._count = 0
                return
            turns = self._counts(self._wanted, self._wanted_s) and not waiting
        self._turn(turns=turns, alone=False)

    def shut_out(self) -> None:
        """The controller answered that it does not know this kiosk: it may not decide alone."""
        with self._lock:
            self._count = 0
        self._turn(turns=True, alone=False)

    def _counts(self, wanted: int, wanted_s: float) -> bool:
        now = self._clock()
        if not self._count:
            self._since = now
        self._count += 1
        return self._count >= wanted and now - self._since >= wanted_s

    def _turn(self, *, turns: bool, alone: bool) -> None:
        with self._lock:
            if not turns or self._alone is alone:
                return
            self._alone, self._count = alone, 0
            self._wanted, self._wanted_s = self._limits.answers, self._limits.answering_s
        self._turned(alone)
