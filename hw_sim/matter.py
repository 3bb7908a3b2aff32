"""What a tag is stuck on and where, and what that does to its coupling. Pure, one table of numbers.

A tag without help couples 1 with the antenna it lies on. Everything else is a factor: the material
under it, how it is turned, how high it lies above the pad's loop, and the tags at the same spot of
the neighbours in a pile, which detune it and hide behind it. None of these is drawn anew at each
inventory: a tag in a shadow stays there until somebody moves the pile.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LOOP_RADIUS_MM = 300.0
"""Of a pad's antenna. Chosen so that the tenth ordinary book of a pile can still be written."""
DETUNING_REACH_MM = 8.0
"""Over this distance the disturbance between two tags at one spot falls to 1/e. An assumption."""
DETUNING = 1.5
"""Disturbance of two tags that touch, exactly over each other. An assumption."""
LEAST_OVERLAP = 0.7
"""People put books down askew: tags at one spot overlap by this share at least."""


class Spot(StrEnum):
    """Where on its item a tag sits. Tags at different spots do not disturb each other.

    At least three positions are in use, so that piles stay readable (PV-Supa help).
    """

    SPINE = "spine"
    MIDDLE = "middle"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Matter:
    """An item as a field feels it: `clear` 1 is paper, 0 is foil; the tag is on the back cover."""

    spot: Spot = Spot.MIDDLE
    thickness_mm: float = 25.0
    clear: float = 1.0


BOOK = Matter()
BOOKLET = Matter(thickness_mm=2.0)
DISC = Matter(thickness_mm=1.2, clear=0.7)  # the metal layer of a CD behind a ring tag
METAL_COVER = Matter(clear=0.1)
MATTERS = {"book": BOOK, "booklet": BOOKLET, "disc": DISC, "metal cover": METAL_COVER}
"""By the words a scenario uses."""


def turned(tilt_deg: float) -> float:
    """Flux through a tag that is turned out of the antenna's plane; 90 degrees catch nothing."""
    return abs(math.cos(math.radians(tilt_deg)))


def above(height_mm: float) -> float:
    """Field on the axis of the pad's loop, by Biot and Savart, as a share of that in its plane."""
    return float((1 + (height_mm / LOOP_RADIUS_MM) ** 2) ** -1.5)


def heights_mm(pile: Sequence[Matter]) -> list[float]:
    """How high each item's tag lies when these lie on each other, lowest first."""
    below = 0.0
    heights = []
    for item in pile:
        heights.append(below)
        below += item.thickness_mm
    return heights


def shadows(pile: Sequence[Matter], chance: random.Random) -> list[float]:
    """What the neighbours leave of each tag's coupling, drawn once for as long as the pile lies."""
    heights = heights_mm(pile)
    disturbed = [0.0] * len(pile)
    for lower in range(len(pile)):
        for upper in range(lower + 1, len(pile)):
            if pile[lower].spot is not pile[upper].spot:
                continue
            overlap = chance.uniform(LEAST_OVERLAP, 1.0)
            distance = heights[upper] - heights[lower]
            share = DETUNING * overlap * math.exp(-distance / DETUNING_REACH_MM)
            disturbed[lower] += share
            disturbed[upper] += share
    return [1 / (1 + amount) for amount in disturbed]
