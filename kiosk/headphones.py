"""Are headphones plugged in? Asked of the kernel's list of sound cards. No Kivy.

A keypad for people who cannot see has its own jack and is a USB sound card of its own, which many
makes announce only while something is plugged in. Everybody else presses the marked key.
"""

from collections.abc import Callable
from pathlib import Path

Jack = Callable[[], bool]
"""True while headphones are plugged in."""

CARDS = Path("/proc/asound/cards")


def never() -> bool:
    """A kiosk without a headphone jack."""
    return False


def sound_card(name: str, cards: Path = CARDS) -> Jack:
    """Plugged in while the list of sound cards has a line with `name` in it."""

    def plugged() -> bool:
        try:
            return name in cards.read_text(encoding="utf-8", errors="replace")
        except OSError:  # no sound system at all
            return False

    return plugged
