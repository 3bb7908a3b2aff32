"""The face of everything printed: Roboto, as in the kiosk, with all letters of Russia's languages.

It comes as a package of its own (Apache License 2.0), so that a bare machine prints Cyrillic.
"""

from functools import cache

from font_roboto import Roboto, RobotoBold
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "Roboto"
BOLD = "Roboto-Bold"


@cache
def register() -> None:
    """Make both faces known to reportlab; once is enough."""
    pdfmetrics.registerFont(TTFont(REGULAR, Roboto))
    pdfmetrics.registerFont(TTFont(BOLD, RobotoBold))
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR)


def width(text: str, size: float, face: str = REGULAR) -> float:
    """The width of a line in points."""
    register()
    return float(pdfmetrics.stringWidth(text, face, size))


def fit(text: str, room: float, size: float, face: str = REGULAR) -> str:
    """The text, or its beginning with an ellipsis, in a line of that many points."""
    if width(text, size, face) <= room:
        return text
    kept = text
    while kept and width(f"{kept.rstrip()}…", size, face) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…" if kept else ""


def wrap(text: str, room: float, size: float, most: int, face: str = REGULAR) -> list[str]:
    """The text in at most that many lines; the last one ends in an ellipsis when more is left."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and width(" ".join(words[: count + 1]), size, face) <= room:
            count += 1
        lines.append(fit(" ".join(words[:count]), room, size, face))
        words = words[count:]
    return [*lines, fit(" ".join(words), room, size, face)] if words else lines
