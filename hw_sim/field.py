"""The field of one antenna: which tags lie in it, how well they couple, what a write meets."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw_sim.matter import above, heights_mm, shadows, turned
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


@dataclass(frozen=True, slots=True)
class Lie:
    """How an item lies: beside the others or on the pile, how turned, and what else weakens it."""

    coupling: float = 1.0
    piled: bool = False
    tilt_deg: float = 0.0


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
        self._resting: dict[bytes, tuple[Tag, Lie]] = {}  # a pile's lowest item first
        self._couplings: dict[bytes, float] = {}
        self._lifts: list[_Lift] = []
        self._quality = quality or AirQuality()
        self._chance = chance or random.Random(0)
        self._on_lifted = on_lifted

    def place(
        self, tag: Tag, coupling: float = 1.0, *, piled: bool = False, tilt_deg: float = 0.0
    ) -> None:
        """Put an item down (again, and on top of the pile, if it lies there already)."""
        if self._resting.pop(tag.uid, None) is None:
            tag.power_off()
        self._resting[tag.uid] = (tag, Lie(coupling, piled, tilt_deg))
        self._come_to_rest()

    def lift(self, uid: bytes) -> Tag | None:
        """Take a tag away; None if it does not lie here."""
        resting = self._resting.pop(uid, None)
        if resting is None:
            return None
        tag = resting[0]
        tag.power_off()
        self._come_to_rest()
        self._lifts = [lift for lift in self._lifts if lift.uid != uid]
        return tag

    def lift_during_write(self, uid: bytes, what: Written, occurrence: int = 1) -> None:
        """Arrange that the tag leaves in the moment of its `occurrence`-th write of this kind."""
        self._lifts.append(_Lift(uid, what, occurrence))

    def lying(self) -> list[tuple[Tag, float]]:
        """Every tag that lies here with its coupling, powered or not, first placed first."""
        return [(tag, self._couplings[uid]) for uid, (tag, _) in self._resting.items()]

    def tags(self) -> Sequence[Tag]:
        if not self.on:
            return []
        return [tag for tag, coupling in self.lying() if coupling >= READ_COUPLING]

    def heard(self, tags: Sequence[Tag]) -> list[Tag]:
        miss = self._quality.miss
        return [tag for tag in tags if miss == 0.0 or self._chance.random() >= miss]

    def reaches(self, tag: Tag, what: Written) -> bool:
        if self._is_lifted_now(tag, what):
            self.lift(tag.uid)
            if self._on_lifted is not None:
                self._on_lifted(tag)
            return False
        if not self.on or self._couplings.get(tag.uid, 0.0) < WRITE_COUPLING:
            return False
        failure = self._quality.write_failure
        return failure == 0.0 or self._chance.random() >= failure

    def switch(self, *, on: bool) -> None:
        self.on = on
        if not on:
            for tag, _ in self._resting.values():
                tag.power_off()

    def _come_to_rest(self) -> None:
        """Something was moved: the pile lies anew, and so do the shadows in it."""
        self._couplings = {
            uid: lie.coupling * turned(lie.tilt_deg) * tag.matter.clear
            for uid, (tag, lie) in self._resting.items()
        }
        pile = [tag for tag, lie in self._resting.values() if lie.piled]
        things = [tag.matter for tag in pile]
        shaded = shadows(things, self._chance)
        for tag, height, shade in zip(pile, heights_mm(things), shaded, strict=True):
            self._couplings[tag.uid] *= above(height) * shade
        for tag, coupling in self.lying():
            if coupling < READ_COUPLING:
                tag.power_off()

    def _is_lifted_now(self, tag: Tag, what: Written) -> bool:
        for lift in self._lifts:
            if lift.uid == tag.uid and lift.what is what:
                lift.writes_left -= 1
                if lift.writes_left == 0:
                    return True
        return False
