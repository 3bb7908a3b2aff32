"""Words on the glass, and measuring them before they are drawn."""

from kivy.core.text import Label as CoreLabel
from kivy.uix.label import Label

FONT = "Roboto"
DESCENT = 0.244
"""Baseline above the lower edge of a line, in parts of the font size (hhea table of Roboto)."""


class Caption(Label):
    """Text that wraps to its width and is as high as its lines."""

    def fit(self, width: float) -> float:
        """Take this width; the height needed in pixels, 0 without text."""
        self.width = max(1.0, width)
        self.texture_update()
        return float(self.texture_size[1]) if self.text else 0.0


def width_of(text: str, font_px: float, *, bold: bool = False) -> float:
    """Width of one line, in pixels."""
    label = CoreLabel(font_name=FONT, font_size=font_px, bold=bold)
    label.resolve_font_name()  # or bold would be measured as regular
    return float(label.get_extents(text)[0])


def shorten(text: str, *, font_px: float, width: float, lines: int) -> str:
    """The text, or as many of its first words as that many lines hold, ended by «…»."""
    if _lines(text, font_px, width) <= lines:
        return text
    words = text.split()
    while len(words) > 1:
        words.pop()
        shorter = " ".join(words).rstrip(" ,.:;/—–-") + "…"
        if _lines(shorter, font_px, width) <= lines:
            return shorter
    return text


def _lines(text: str, font_px: float, width: float) -> int:
    label = CoreLabel(text=text, font_name=FONT, font_size=font_px, text_size=(width, None))
    height = label.render()[1]
    one = label.get_extents("Щ")[1]
    return round(float(height) / float(one))
