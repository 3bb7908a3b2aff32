"""The tokens of the look: colours, type and millimetres on the glass. No Kivy here.

Sizes are millimetres because a finger and an eye are: the panel's pixels per inch turn them into
pixels once, in `Theme.mm`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from kiosk.view import Tone, View

Colour = tuple[float, float, float, float]
"""Red, green, blue, alpha from 0 to 1, as OpenGL takes them."""

MM_PER_INCH = 25.4
ROBOTO_CAP = 0.71
"""Height of a capital in Roboto as a part of the font size (measured on rendered text)."""


def rgb(code: str) -> Colour:
    """A colour from ``#RRGGBB``."""
    red, green, blue = bytes.fromhex(code.removeprefix("#"))
    return red / 255, green / 255, blue / 255, 1.0


@dataclass(frozen=True, slots=True)
class Tint:
    """How a tone looks: its ink, the ground it stands on and its sign (a name in `icons`)."""

    ink: Colour
    ground: Colour
    sign: str


SURFACE = rgb("#FFFFFF")

TINTS: dict[Tone, Tint] = {
    Tone.BUSY: Tint(rgb("#55606E"), SURFACE, "busy"),
    Tone.DONE: Tint(rgb("#1D7A3E"), SURFACE, "done"),
    Tone.WAIT: Tint(rgb("#9A5B00"), rgb("#FFF3D6"), "wait"),
    Tone.STOP: Tint(rgb("#A8281E"), rgb("#FDECEA"), "stop"),
    Tone.INFO: Tint(rgb("#1F5FA8"), SURFACE, "info"),
}

_BLACK, _WHITE, _YELLOW = rgb("#000000"), rgb("#FFFFFF"), rgb("#FFD400")
_TINTS_ON_BLACK: dict[Tone, Tint] = {
    Tone.BUSY: Tint(_WHITE, _BLACK, "busy"),
    Tone.DONE: Tint(rgb("#7BE39A"), _BLACK, "done"),
    Tone.WAIT: Tint(rgb("#FFC14D"), _BLACK, "wait"),
    Tone.STOP: Tint(rgb("#FF9C8F"), _BLACK, "stop"),
    Tone.INFO: Tint(rgb("#93C9FF"), _BLACK, "info"),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """The day theme on one panel, as one person wants it."""

    ppi: float
    reduced_motion: bool = False
    text_scale: float = 1.0
    low_reach: bool = False
    pictograms: bool = False

    paper: ClassVar[Colour] = rgb("#F6F3EC")
    surface: ClassVar[Colour] = SURFACE
    ink: ClassVar[Colour] = rgb("#1C2430")
    quiet: ClassVar[Colour] = rgb("#55606E")
    brand: ClassVar[Colour] = rgb("#0E5A63")
    brand_pressed: ClassVar[Colour] = rgb("#093F46")
    brand_soft: ClassVar[Colour] = rgb("#DDEAE9")
    line: ClassVar[Colour] = rgb("#DCD6C8")
    focus: ClassVar[Colour] = rgb("#1F5FA8")
    tints: ClassVar[Mapping[Tone, Tint]] = TINTS
    edge_mm: ClassVar[float] = 0.0  # cards stand out by their ground
    face_light: ClassVar[float] = 1.0  # how bright the faces of books are

    def __post_init__(self) -> None:
        if not 40 <= self.ppi <= 600:
            raise ValueError(
                f"a panel of {self.ppi} pixels per inch cannot be right: "
                "divide its width in pixels by its width in inches"
            )

    def wear(self, view: View) -> "Theme":
        """The theme for this view, on the same panel."""
        kind = ContrastTheme if view.contrast else Theme
        return kind(self.ppi, self.reduced_motion, view.text_scale, view.low_reach, view.pictograms)

    def mm(self, length: float) -> float:
        """Pixels for a length in millimetres, whole, so that edges stay sharp."""
        return float(round(length * self.ppi / MM_PER_INCH))

    def font(self, capital: float) -> float:
        """Font size in pixels that makes a Roboto capital that many millimetres high."""
        return float(round(capital / ROBOTO_CAP * self.ppi / MM_PER_INCH))

    @property
    def title(self) -> float:
        """What the screen is about."""
        return self.font(7.0 * (1 + (self.text_scale - 1) / 2))  # it is large as it is

    @property
    def body(self) -> float:
        """Everything one must read to act."""
        return self.font(4.8 * self.text_scale)

    @property
    def detail(self) -> float:
        """What one may skip."""
        return self.font(3.6 * self.text_scale)

    @property
    def number(self) -> float:
        """The one figure that matters."""
        return self.font(12.0)

    @property
    def slide_s(self) -> float:
        """Seconds a new row takes to slide in."""
        return 0.0 if self.reduced_motion else 0.18

    @property
    def tick_s(self) -> float:
        """Seconds a sign takes to appear."""
        return 0.0 if self.reduced_motion else 0.22


@dataclass(frozen=True, slots=True)
class ContrastTheme(Theme):
    """Black, white and yellow, for eyes that need 7:1."""

    paper: ClassVar[Colour] = _BLACK
    surface: ClassVar[Colour] = _BLACK
    ink: ClassVar[Colour] = _WHITE
    quiet: ClassVar[Colour] = _WHITE
    brand: ClassVar[Colour] = _YELLOW
    brand_pressed: ClassVar[Colour] = rgb("#FFF0A0")
    brand_soft: ClassVar[Colour] = rgb("#4A3E00")
    line: ClassVar[Colour] = rgb("#8A7A2A")
    focus: ClassVar[Colour] = _WHITE
    tints: ClassVar[Mapping[Tone, Tint]] = _TINTS_ON_BLACK
    edge_mm: ClassVar[float] = 0.5
    face_light: ClassVar[float] = 0.55
