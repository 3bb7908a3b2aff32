"""What is where on the glass: boxes of widgets as the person sees them, and the ink in them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from kivy.core.text import Label as CoreLabel
from kivy.core.window import Window
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from kiosk.screens.buttons import Press
from kiosk.screens.shelf import Shelf
from kiosk.screens.shelf import Window as Opening


class Box(NamedTuple):
    """Left, lower, right and upper edge in Kivy's window pixels."""

    left: float
    low: float
    right: float
    high: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right - 1
            and other.left < self.right - 1
            and self.low < other.high - 1
            and other.low < self.high - 1
        )

    def inside(self, other: "Box") -> bool:
        return (
            self.left >= other.left - 1
            and self.low >= other.low - 1
            and self.right <= other.right + 1
            and self.high <= other.high + 1
        )


@dataclass(frozen=True)
class Words:
    """One text as it is drawn."""

    label: Label
    box: Box


def box(widget: Widget) -> Box:
    left, low = widget.to_window(widget.x, widget.y)
    return Box(left, low, left + widget.width, low + widget.height)


def glass() -> Box:
    return Box(0, 0, *Window.system_size)


def shown(widget: Widget) -> bool:
    """Not scrolled out of the list's opening, even by a part."""
    parent = widget.parent
    while isinstance(parent, Widget) and parent.parent is not parent:
        if isinstance(parent, Opening) and not box(widget).inside(box(parent)):
            return False
        parent = parent.parent
    return True


def targets(root: Widget) -> list[Press]:
    """Everything a finger may press and can see whole."""
    return [each for each in root.walk(restrict=True) if isinstance(each, Press) and shown(each)]


def words(root: Widget) -> list[Words]:
    """Every text and sign that is drawn whole, with the box of its ink."""
    found = [
        each
        for each in root.walk(restrict=True)
        if isinstance(each, Label) and each.text and shown(each)
    ]
    return [Words(label, _ink_box(label)) for label in found]


def shelves(root: Widget) -> list[Shelf]:
    return [each for each in root.walk(restrict=True) if isinstance(each, Shelf)]


def contrast(pixels: np.ndarray, place: Box) -> float:
    """Contrast of the strongest ink in a box against its commonest colour (WCAG 2.2, 1.4.3)."""
    height = pixels.shape[0]
    part = pixels[
        max(0, int(height - place.high)) : int(height - place.low),
        max(0, int(place.left)) : int(place.right),
    ].astype(np.uint32)
    codes, counts = np.unique(part @ np.array([65536, 256, 1], np.uint32), return_counts=True)
    ground = _luminance(codes[counts.argmax()])
    inks = _luminance(codes[counts >= max(2, counts.max() // 2000)])
    lighter, darker = np.maximum(ground, inks), np.minimum(ground, inks)
    return float(((lighter + 0.05) / (darker + 0.05)).max())


def _luminance(codes: np.ndarray) -> np.ndarray:
    part = np.stack([codes >> 16 & 255, codes >> 8 & 255, codes & 255], axis=-1) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def _ink_box(label: Label) -> Box:
    """The texture, where Kivy draws it in its label: in the middle; a short line by its words."""
    x, y = label.to_window(*label.center)
    width, height = label.texture_size
    left = x - width / 2
    line = one_line(label, label.text)
    if line < width:
        left, width = left + (width - line) / 2 * (label.halign == "center"), line
    return Box(left, y - height / 2, left + width, y + height / 2)


def one_line(label: Label, text: str) -> float:
    """How wide the text is in the label's font, on one line."""
    core = CoreLabel(font_name=label.font_name, font_size=label.font_size, bold=label.bold)
    core.resolve_font_name()
    return float(core.get_extents(text)[0])
