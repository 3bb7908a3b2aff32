"""The field of one antenna: which tags lie in it, how well they couple, what a write meets."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw_sim.tag import Tag

READ_COUPLING = 0.3  # below it the tag has no power and is silent
WRITE_COUPLING = (
    0.5  # a write needs more energy than a read (FEIG H20800, status 03: "too much distance")
)


class Written(StrEnum):
    """What a write is about, as `lift_during_write` counts it."""

    AFI = "afi"
    BLOCK = "block"
    DSFID = "dsfid"
    EAS = "eas"
    LOCK = "lock"


@dataclass(frozen=True, slots=True)
class AirQuality:
    """Chances of trouble per tag and act (hardware notes 6.2); zero means a quiet day."""

    miss: float = 0.0
    write_failure: float = 0.0


class Antenna(Protocol):
    """What a reader model needs: tags with power, and whether a write reaches them."""

    def tags(self) -> Sequence[Tag]:
        """Tags that can answer now."""
        ...

    def heard(self, tags: Sequence[Tag]) -> list[Tag]:
        """Those of `tags` whose answers arrive whole in one inventory."""
        ...

    def reaches(self, tag: Tag, what: Written) -> bool:
        """Does this write arrive with enough energy? False: the tag's memory stays as it was."""
        ...

    def switch(self, *, on: bool) -> None:
        """Field on or off; off takes the power from every tag."""
        ...


@dataclass(slots=True)
class _Lift:
    """A tag that will be taken away in the moment of its n-th write of one kind."""

    uid: bytes
    what: Written
    writes_left: int


class Field:
    """A pad's antenna. The caller holds the world's lock."""

    def __init__(
        self,
        *,
        quality: AirQuality | None = None,
        chance: random.Random | None = None,
        on_lifted: Callable[[Tag], None] | None = None,
    ) -> None:
        self.on = True
        self._resting: dict[bytes, tuple[Tag, float]] = {}
        self._lifts: list[_Lift] = []
        self._quality = quality or AirQuality()
        self._chance = chance or random.Random(0)
        self._on_lifted = on_lifted

    def place(self, tag: Tag, coupling: float = 1.0) -> None:
        """Put a tag down (again, with a new coupling, if it lies there already)."""
        if tag.uid not in self._resting:
            tag.power_off()
        self._resting[tag.uid] = (tag, coupling)

    def lift(self, uid: bytes) -> Tag | None:
        """Take a tag away; None if it does not lie here."""
        resting = self._resting.pop(uid, None)
        if resting is None:
            return None
        tag = resting[0]
        tag.power_off()
        self._lifts = [lift for lift in self._lifts if lift.uid != uid]
        return tag

    def lift_during_write(self, uid: bytes, what: Written, occurrence: int = 1) -> None:
        """Arrange that the tag leaves in the moment of its `occurrence`-th write of this kind."""
        self._lifts.append(_Lift(uid, what, occurrence))

    def lying(self) -> list[tuple[Tag, float]]:
        """Every tag that lies here with its coupling, powered or not, first placed first."""
        return list(self._resting.values())

    def tags(self) -> Sequence[Tag]:
        if not self.on:
            return []
        return [tag for tag, coupling in self._resting.values() if coupling >= READ_COUPLING]

    def heard(self, tags: Sequence[Tag]) -> list[Tag]:
        miss = self._quality.miss
        return [tag for tag in tags if miss == 0.0 or self._chance.random() >= miss]

    def reaches(self, tag: Tag, what: Written) -> bool:
        if self._is_lifted_now(tag, what):
            self.lift(tag.uid)
            if self._on_lifted is not None:
                self._on_lifted(tag)
            return False
        resting = self._resting.get(tag.uid)
        if not self.on or resting is None or resting[1] < WRITE_COUPLING:
            return False
        failure = self._quality.write_failure
        return failure == 0.0 or self._chance.random() >= failure

    def switch(self, *, on: bool) -> None:
        self.on = on
        if not on:
            for tag, _ in self._resting.values():
                tag.power_off()

    def _is_lifted_now(self, tag: Tag, what: Written) -> bool:
        for lift in self._lifts:
            if lift.uid == tag.uid and lift.what is what:
                lift.writes_left -= 1
                if lift.writes_left == 0:
                    return True
        return False
