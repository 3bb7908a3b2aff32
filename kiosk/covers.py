"""The face of a book without a cover picture: same book, same face. Pure choice, no drawing.

The colour family comes from the section of the ББК (Library-bibliographical classification, tables
for school and popular libraries), the shade from a checksum of title and author, the large letter
from the title.
"""

import zlib
from dataclasses import dataclass

from kiosk.theme import Colour, rgb
from kiosk.view import Cover

INK = rgb("#FFF8EA")

_FAMILIES: dict[str, tuple[str, ...]] = {
    "2": ("#2F6B4F", "#456A2C", "#1E6A5C"),  # natural sciences
    "22": ("#2A4F8F", "#34619B", "#3B4C9A"),  # mathematics, physics
    "3": ("#37576B", "#2E5E7E", "#4B5675"),  # engineering
    "4": ("#5D6522", "#456A2C", "#6B6020"),  # farming
    "5": ("#1B6B75", "#2D6A6A", "#3C6B88"),  # health
    "6": ("#8A5A14", "#7B5B2A", "#94551C"),  # society, history
    "7": ("#7A5230", "#6B5A33", "#85502F"),  # education, sport, media
    "8": ("#5B3F7A", "#6B3F73", "#4C4385"),  # language and letters
    "84": ("#8C2F39", "#A0432A", "#6E3558", "#7A3B2E"),  # fiction
    "85": ("#96386A", "#A03A50", "#7F3F83"),  # art
    "86": ("#4A5568", "#5A4F6B", "#3F5A66"),  # religion, philosophy, psychology
    "9": ("#4B5A4A", "#5A564A", "#465B63"),  # reference
}
_SAME_FAMILY = {"87": "86", "88": "86", "1": "9"}
_UNKNOWN = "9"


@dataclass(frozen=True, slots=True)
class Face:
    """What is painted: ground and darker spine, letter and rule in `INK`, how high the rule is."""

    ground: Colour
    spine: Colour
    initial: str
    rule_high: bool


def face(cover: Cover) -> Face:
    """The face of this book, the same each time and on each machine."""
    mark = zlib.crc32(f"{cover.title}\n{cover.author}".encode())
    shades = _FAMILIES[_family(cover.section)]
    ground = rgb(shades[mark % len(shades)])
    return Face(ground, darker(ground, 0.72), _initial(cover.title), rule_high=bool(mark >> 8 & 1))


def _family(section: str) -> str:
    digits = section.strip()
    for length in (2, 1):
        key = _SAME_FAMILY.get(digits[:length], digits[:length])
        if key in _FAMILIES:
            return key
    return _UNKNOWN


def _initial(title: str) -> str:
    """First letter or digit of the title: quotation marks and dashes are no faces."""
    return next((char.upper() for char in title if char.isalnum()), "")


def darker(colour: Colour, light: float) -> Colour:
    """The colour with this share of its light."""
    red, green, blue, alpha = colour
    return red * light, green * light, blue * light, alpha
