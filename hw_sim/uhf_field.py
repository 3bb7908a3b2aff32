"""The field of a UHF antenna: which tags lie in it and how far the reader's power carries."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hw_sim.field import READ_COUPLING, WRITE_COUPLING
from hw_sim.uhf_tag import UhfTag

FULL_POWER_DBM = 30
DECADE_DB = 40  # coupling is an amplitude both ways: 40 dB less power is a tenth of it


@dataclass(slots=True)
class _Lift:
    """A tag that will be taken away in the moment of its n-th written word."""

    tag: UhfTag
    words_left: int


class UhfField:
    """A UHF pad's antenna. The caller holds the world's lock."""

    def __init__(self, on_lifted: Callable[[UhfTag], None] | None = None) -> None:
        self.power_dbm = FULL_POWER_DBM
        self._resting: dict[str, tuple[UhfTag, float]] = {}
        self._lifts: list[_Lift] = []
        self._on_lifted = on_lifted

    def place(self, tag: UhfTag, coupling: float = 1.0) -> None:
        """Put a tag down (again, with a new coupling, if it lies there already)."""
        self._resting[tag.name] = (tag, coupling)

    def lift(self, tag: UhfTag) -> UhfTag | None:
        """Take a tag away; None if it does not lie here."""
        if self._resting.pop(tag.name, None) is None:
            return None
        self._lifts = [lift for lift in self._lifts if lift.tag is not tag]
        return tag

    def lift_during_write(self, tag: UhfTag, occurrence: int = 1) -> None:
        """Arrange that the tag leaves in the moment of its `occurrence`-th written word."""
        self._lifts.append(_Lift(tag, occurrence))

    def lying(self) -> list[tuple[UhfTag, float]]:
        """Every tag that lies here with its coupling, first placed first."""
        return list(self._resting.values())

    def tags(self) -> Sequence[UhfTag]:
        """Tags that can answer now."""
        least = READ_COUPLING * self._loss()
        return [tag for tag, coupling in self._resting.values() if coupling >= least]

    def reaches(self, tag: UhfTag) -> bool:
        """Does one word written now arrive? False: the tag's memory stays as it was."""
        if self._is_lifted_now(tag):
            self.lift(tag)
            if self._on_lifted is not None:
                self._on_lifted(tag)
        resting = self._resting.get(tag.name)
        return resting is not None and resting[1] >= WRITE_COUPLING * self._loss()

    def _loss(self) -> float:
        return float(10 ** ((FULL_POWER_DBM - self.power_dbm) / DECADE_DB))

    def _is_lifted_now(self, tag: UhfTag) -> bool:
        for lift in self._lifts:
            if lift.tag is tag:
                lift.words_left -= 1
                if lift.words_left == 0:
                    return True
        return False
