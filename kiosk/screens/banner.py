"""The strip along the upper edge of every screen that says whose session stands, and how long."""

from kivy.properties import StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style

_PAD_MM, _SIDE_MM = 2.0, 5.0


class Banner(Widget):
    """Nothing at all without text."""

    text = StringProperty()

    def __init__(self) -> None:
        style.load_beside(__file__)
        super().__init__(size_hint=(None, None))

    def fit(self, width: float) -> float:
        """The height that the words need in this width, in pixels; 0 without words."""
        theme = style.theme()
        words = float(self.ids.words.fit(width - 2 * theme.mm(_SIDE_MM)))
        return words + 2 * theme.mm(_PAD_MM) if words else 0.0
