"""From the keys of a keypad to what they mean. Pure.

By scancode, the place of a key, not by what is printed on it: the same keypad works under any
keyboard layout (USB HID Usage Tables 1.12, table 12: Keyboard/Keypad page, which SDL follows).
"""

from collections.abc import Mapping

from kiosk.events import Key

DEFAULT_KEYS: Mapping[Key, tuple[int, ...]] = {
    Key.NEXT: (81, 79),  # arrow down, arrow right
    Key.PREVIOUS: (82, 80),  # arrow up, arrow left
    Key.PRESS: (40, 88),  # Enter, Enter of the number block
    Key.BACK: (41, 42),  # Escape, Backspace
    Key.HELP: (58,),  # F1
    Key.SPEECH: (59,),  # F2
    Key.LOUDER: (128, 87),  # volume up, plus of the number block
    Key.QUIETER: (129, 86),  # volume down, minus of the number block
}
SAME_KEY_S = 0.5  # EN 301 549, 5.8: a second identical press within this time is not meant
_MAY_FOLLOW_AT_ONCE = (Key.NEXT, Key.PREVIOUS, Key.LOUDER, Key.QUIETER)  # these only step


class Keypad:
    """Makes one `Key` of each press: a key held down repeats nothing (EN 301 549, 5.7)."""

    def __init__(self, keys: Mapping[Key, tuple[int, ...]]) -> None:
        """`keys`: the scancodes of each `Key`; `ValueError` when two keys claim one of them."""
        self._meaning: dict[int, Key] = {}
        for key, codes in keys.items():
            for code in codes:
                if code in self._meaning:
                    raise ValueError(f"scancode {code} is {self._meaning[code]} and {key}")
                self._meaning[code] = key
        self._held: set[int] = set()
        self._last: tuple[Key | None, float] = (None, 0.0)

    def down(self, scancode: int, now: float) -> Key | None:
        """What this press means, at `now` in seconds; None for nothing."""
        key = self._meaning.get(scancode)
        if key is None or scancode in self._held:
            return None
        self._held.add(scancode)
        last, at = self._last
        self._last = (key, now)
        if key is last and now - at < SAME_KEY_S and key not in _MAY_FOLLOW_AT_ONCE:
            return None
        return key

    def up(self, scancode: int) -> None:
        """The key was let go."""
        self._held.discard(scancode)
