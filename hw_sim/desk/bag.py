"""One bag: what is in it, and on which side of the gate it is. Time is an argument."""

from dataclasses import dataclass, field
from enum import StrEnum

from hw_sim.aisle import Direction, Walk


class Whereabouts(StrEnum):
    """The bag's side of the gate."""

    INSIDE = "inside"
    WALKING = "walking"
    OUTSIDE = "outside"


@dataclass(slots=True)
class Bag:
    """`uids` in the order the books were put in."""

    uids: list[str] = field(default_factory=list)
    _walk: Walk | None = None
    _is_outside: bool = False

    def where(self, now: float) -> Whereabouts:
        """Where the bag is; a walk that has ended counts as done."""
        if self._walk is not None and now < self._walk.ended_at:
            return Whereabouts.WALKING
        return Whereabouts.OUTSIDE if self._is_outside else Whereabouts.INSIDE

    def direction(self, now: float) -> Direction:
        """The way through the gate from where the bag is."""
        return Direction.IN if self.where(now) is Whereabouts.OUTSIDE else Direction.OUT

    def put(self, uid: str) -> None:
        if uid not in self.uids:
            self.uids.append(uid)

    def take(self, uid: str) -> None:
        if uid in self.uids:
            self.uids.remove(uid)

    def leave_with(self, walk: Walk) -> None:
        """Somebody walks with the bag; who turns back ends where he began."""
        self._walk = walk
        if not walk.turns_back:
            self._is_outside = walk.direction is Direction.OUT
