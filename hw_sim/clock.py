"""Virtual time: acts in the order of their moments, and a clock that jumps from one to the next."""

import heapq
import itertools
from collections.abc import Callable

Act = Callable[[], None]


class VirtualClock:
    """Seconds since its start. Nothing waits: `run_until` costs what the acts cost."""

    def __init__(self) -> None:
        self.now = 0.0
        self._order = itertools.count()  # acts of one moment keep the order they were arranged in
        self._due: list[tuple[float, int, Act]] = []

    def at(self, moment: float, act: Act) -> None:
        """Arrange an act; `ValueError` for a moment that is over."""
        if moment < self.now:
            raise ValueError(f"{moment:.3f} s is over, it is {self.now:.3f} s")
        heapq.heappush(self._due, (moment, next(self._order), act))

    def after(self, seconds: float, act: Act) -> None:
        """Arrange an act so many seconds from now."""
        self.at(self.now + seconds, act)

    def run_until(self, moment: float) -> None:
        """Do everything that is due up to and including `moment`; then it is `moment`."""
        while self._due and self._due[0][0] <= moment:
            self.now, _, act = heapq.heappop(self._due)
            act()
        self.now = max(self.now, moment)
