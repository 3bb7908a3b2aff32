"""Words on the glass, and measuring them before they are drawn."""

from functools import lru_cache

from kivy.core.text import Label as CoreLabel
from kivy.uix.label import Label

FONT = "Roboto"
DESCENT = 0.244
"""Baseline above the lower edge of a line, in parts of the font size (hhea table of Roboto)."""


_KEPT = 512  # measurements: some screens full of words


class Letters(Label):
    """Text that is drawn only when it changed, and before the frame that shows it.

    Kivy hands letters to OpenGL in the middle of the frame, where each upload makes OpenGL finish
    what was drawn so far: ten changed texts cost a frame ten times (40 ms here in software).
    """

    def __init__(self, **kwargs: object) -> None:
        self._stale = True
        super().__init__(**kwargs)

    def texture_update(self, *_: object) -> None:
        """Draw the letters and hand them over."""
        self._stale = False
        self._trigger_texture.cancel()
        self._label.texture = None  # the old one may still be drawn from: writing it would wait
        super().texture_update()
        if self.texture is not None:
            self.texture.bind()

    def update(self) -> None:
        """Draw what changed since it was drawn last, without waiting for the next frame."""
        if self._stale:
            self.texture_update()

    def _trigger_texture_update(self, *changed: object) -> None:
        self._stale = True
        super()._trigger_texture_update(*changed)


class Caption(Letters):
    """Text that wraps to its width and is as high as its lines."""

    def fit(self, width: float) -> float:
        """Take this width; the height needed in pixels, 0 without text."""
        self.width = max(1.0, width)
        self.update()
        return float(self.texture_size[1]) if self.text else 0.0


@lru_cache(_KEPT)
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


_VOWELS = frozenset("аеёиоуыэюяaeiouy")


def hyphenated(text: str, *, font_px: float, width: float) -> str:
    """The text with every word that is wider than a line parted by hyphens between syllables."""
    words = (_parted(word, font_px, width) for word in text.split(" "))
    return " ".join(words)


def _parted(word: str, font_px: float, width: float) -> str:
    if width_of(word, font_px) <= width:
        return word
    fitting = [
        place
        for place in range(3, len(word) - 2)
        if _is_syllable_end(word, place) and width_of(word[:place] + "-", font_px) <= width
    ]
    if not fitting:
        return word
    head, tail = word[: fitting[-1]], word[fitting[-1] :]
    return f"{head}-\n{_parted(tail, font_px, width)}"


def _is_syllable_end(word: str, place: int) -> bool:
    """After a vowel and before a consonant with its vowel: «экспе-ри-мен»; never before ь or ъ."""
    before, after = word[place - 1].lower(), word[place : place + 2].lower()
    return before in _VOWELS and after[0] not in _VOWELS and after[1] in _VOWELS


@lru_cache(_KEPT)
def _lines(text: str, font_px: float, width: float) -> int:
    one = CoreLabel(font_name=FONT, font_size=font_px).get_extents("Щ")[1]
    return round(height_of(text, font_px, width) / float(one))


@lru_cache(_KEPT)
def height_of(text: str, font_px: float, width: float) -> float:
    """Height of the lines that the text takes at that width, in pixels; 0 without text."""
    label = CoreLabel(text=text, font_name=FONT, font_size=font_px, text_size=(width, None))
    return float(label.render()[1])
