"""How one person wants the kiosk: larger, darker, lower, slower, in pictures, aloud. Pure.

Part of the session's state, and gone with the session: the next reader finds the kiosk as it is.
"""

from dataclasses import dataclass, replace

TEXT_SCALES = (1.0, 1.25, 1.5)
"""At 1.5 a capital one must read is 7.2 mm high: EN 301 549, 5.1.4 asks 0.7° of the eye."""

LOUDNESS_STEPS = 4
_STEP_DB = 6.0  # three steps are the 18 dB between softest and loudest of EN 301 549, 5.1.3.12


@dataclass(frozen=True, slots=True)
class Access:
    """One person's wishes; the defaults are those of everybody else."""

    text_scale: float = 1.0
    contrast: bool = False
    low_reach: bool = False
    speech: bool = False
    extra_time: bool = False
    pictograms: bool = False
    loudness: int = 1  # of the voice, from 0 to LOUDNESS_STEPS - 1

    @property
    def time_factor(self) -> int:
        """By how much every idle time is longer."""
        return 2 if self.extra_time else 1

    @property
    def gain(self) -> float:
        """The voice's volume, 1 for the loudest."""
        return float(10 ** (-_STEP_DB * (LOUDNESS_STEPS - 1 - self.loudness) / 20))


def next_text_scale(access: Access) -> Access:
    """One size up; after the largest the smallest again."""
    place = TEXT_SCALES.index(access.text_scale)
    return replace(access, text_scale=TEXT_SCALES[(place + 1) % len(TEXT_SCALES)])


def louder(access: Access, steps: int) -> Access:
    """The voice that many steps louder, or softer for a negative number, within its range."""
    loudness = max(0, min(LOUDNESS_STEPS - 1, access.loudness + steps))
    return replace(access, loudness=loudness)
