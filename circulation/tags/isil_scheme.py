"""The ISIL scheme of ISO 28560-2: owner codes in groups of 5 bits (letters) and 4 bits (digits).

Three character sets; a latch changes the set for good, a shift for one character. A text starts in
upper case and its last byte is filled with ones, which read as a shift that nothing follows.
"""

from string import ascii_lowercase, ascii_uppercase, digits
from typing import Final, Literal

from circulation.tags.bits import to_bits, to_bytes

_Set = Literal["upper", "lower", "digit"]

_WIDTH: Final[dict[_Set, int]] = {"upper": 5, "lower": 5, "digit": 4}
_CHARS: Final[dict[_Set, str]] = {
    "upper": "-" + ascii_uppercase + ":",
    "lower": "-" + ascii_lowercase + "/",
    "digit": digits + "-:",
}
_LATCH: Final[dict[_Set, dict[_Set, int]]] = {
    "upper": {"lower": 28, "digit": 30},
    "lower": {"upper": 28, "digit": 30},
    "digit": {"upper": 12, "lower": 14},
}
_SHIFT_AFTER_LATCH = 1  # in every set the shift code is the latch code plus one
_MOST_TAIL_BITS = 7


def expand_isil(data: bytes) -> str | None:
    """The text, or None when the bits left at the end are not the filling."""
    bits = to_bits(data)
    text = ""
    at = 0
    latched: _Set = "upper"
    current: _Set = "upper"
    tail = 0
    while at + _WIDTH[current] <= len(bits):
        code = int(bits[at : at + _WIDTH[current]], 2)
        at += _WIDTH[current]
        if code < len(_CHARS[current]):
            text += _CHARS[current][code]
            current, tail = latched, at
            continue
        current, is_latch = _changed_set(current, code)
        latched = current if is_latch else latched
        tail = at if is_latch else tail
    filling = bits[tail:]
    return text if len(filling) <= _MOST_TAIL_BITS and "0" not in filling else None


def compact_isil(text: str) -> bytes | None:
    """The spelling that looks one run ahead, or None for a character the scheme has not."""
    bits = ""
    current: _Set = "upper"
    for at, char in enumerate(text):
        if char in _CHARS[current]:
            bits += _code(current, char)
            continue
        target = next((name for name, chars in _CHARS.items() if char in chars), None)
        if target is None:
            return None
        latch = _LATCH[current][target]
        if _run_length(text[at:], target, current) > 1:
            bits += f"{latch:0{_WIDTH[current]}b}"
            current = target
        else:
            bits += f"{latch + _SHIFT_AFTER_LATCH:0{_WIDTH[current]}b}"
        bits += _code(target, char)
    return to_bytes(bits, filling="1" * _MOST_TAIL_BITS)


def _changed_set(current: _Set, code: int) -> tuple[_Set, bool]:
    for target, latch in _LATCH[current].items():
        if code in (latch, latch + _SHIFT_AFTER_LATCH):
            return target, code == latch
    raise AssertionError(f"code {code} of set {current}")  # the tables above leave no other code


def _code(name: _Set, char: str) -> str:
    return f"{_CHARS[name].index(char):0{_WIDTH[name]}b}"


def _run_length(text: str, target: _Set, current: _Set) -> int:
    """How many characters from here on are in `target` and not in `current`."""
    length = 0
    for char in text:
        if char not in _CHARS[target] or char in _CHARS[current]:
            break
        length += 1
    return length
