"""Where a returned book goes, as a coloured sign at the end of its row: picture, words, colour."""

from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.captions import width_of
from kiosk.view import Place

_ICON_MM, _PAD_MM = 9.0, 2.0
_LEAST_WIDE_MM, _LEAST_HIGH_MM = 36.0, 20.0


class PlaceSign(Widget):
    """Draws one `Place`; nobody presses it."""

    text = StringProperty()
    icon = StringProperty()
    ground = ColorProperty((0, 0, 0, 0))

    def __init__(self) -> None:
        super().__init__(size_hint=(None, None))
        for trigger in ("pos", "size", "text"):
            self.fbind(trigger, self._place)

    def show(self, place: Place) -> None:
        """Draw this place from now on."""
        self.text, self.icon = place.text, place.icon
        self.ground = style.theme().tints[place.tone].ink

    def least_size(self) -> tuple[float, float]:
        """Width at which no word is broken, and the height that goes with it."""
        theme = style.theme()
        pad = theme.mm(_PAD_MM)
        widest = max(width_of(word, theme.body) for word in self.text.split())
        width = max(theme.mm(_LEAST_WIDE_MM), widest + 2 * pad)
        words = self.ids.caption.fit(width - 2 * pad + 1)
        return width, max(theme.mm(_LEAST_HIGH_MM), theme.mm(_ICON_MM) + words + pad)

    def _place(self, *_: object) -> None:
        caption, sign = self.ids.caption, self.ids.sign
        words = caption.fit(self.width - 2 * style.theme().mm(_PAD_MM) + 1)
        low = self.y + (self.height - words - sign.height) / 2
        caption.height = words
        caption.pos = self.x + (self.width - caption.width) / 2, low
        sign.pos = self.x + (self.width - sign.width) / 2, low + words
