"""A picture of the pad: where the books go, and where the card. Drawn, so it fits any panel."""

from kivy.graphics import Color, SmoothLine, SmoothRoundedRectangle, SmoothTriangle
from kivy.properties import BooleanProperty
from kivy.uix.widget import Widget

from kiosk.covers import INK, face
from kiosk.screens import style
from kiosk.theme import Colour
from kiosk.view import Cover

_H = 100.0  # units of the drawing: the picture is scaled to the room it gets
_W, _W_WITH_CARD = 140.0, 176.0
_BOOKS = (  # left edge, lower edge, width, height, which face
    (38.0, 26.0, 64.0, 13.0, Cover("Атлас", "", "26")),
    (43.0, 39.0, 56.0, 11.0, Cover("Повести", "", "84")),
    (40.0, 50.0, 60.0, 9.0, Cover("Алгебра", "", "22")),
)


class PadPicture(Widget):
    """Three books on the pad and an arrow down; with a card beside it on the start screen."""

    with_card = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), **kwargs)
        for trigger in ("pos", "size", "with_card"):
            self.fbind(trigger, self._draw)

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        if min(self.size) < style.theme().mm(28):
            return
        theme = style.theme()
        with self.canvas:
            self._slab(theme.line, theme.brand)
            for left, low, width, height, cover in _BOOKS:
                self._book(left, low, width, height, face(cover).ground)
            self._arrow(70.0, theme.brand)
            if self.with_card:
                self._card(theme.brand, theme.surface)

    def _slab(self, table: Colour, pad: Colour) -> None:
        self._box(0, 6, self._span(), 6, table, 3)
        self._box(24, 12, 92, 14, pad, 5)
        Color(1, 1, 1, 0.25)
        self._box(32, 20, 76, 2, None, 1)

    def _book(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self._box(x, y, width, height - 0.8, colour, 2)
        self._box(x + 6, y + 2, width - 6, height - 4.8, INK, 1)
        self._box(x, y, 9, height - 0.8, colour, 2)

    def _arrow(self, x: float, colour: Colour) -> None:
        self._box(x - 4, 78, 8, 18, colour, 3)
        Color(*colour)
        points = [self._at(x - 12, 80), self._at(x + 12, 80), self._at(x, 66)]
        SmoothTriangle(points=[value for point in points for value in point])

    def _card(self, colour: Colour, surface: Colour) -> None:
        self._box(132, 12, 36, 6, colour, 3)
        self._box(128, 44, 44, 29, colour, 4)
        self._box(129.2, 45.2, 41.6, 26.6, surface, 3)
        self._box(134, 54, 11, 12, colour, 2)
        self._box(150, 62, 16, 3, colour, 1)
        self._box(150, 55, 11, 3, colour, 1)
        Color(*colour)
        for radius in (10.0, 17.0):  # the waves between card and reader
            x, y = self._at(150, 18)
            unit = self._unit()
            SmoothLine(circle=(x, y, radius * unit, -40, 40), width=0.9 * unit)

    def _box(
        self, x: float, y: float, width: float, height: float, colour: Colour | None, corner: float
    ) -> None:
        unit = self._unit()
        if colour is not None:
            Color(*colour)
        SmoothRoundedRectangle(
            pos=self._at(x, y), size=(width * unit, height * unit), radius=[corner * unit]
        )

    def _span(self) -> float:
        return _W_WITH_CARD if self.with_card else _W

    def _unit(self) -> float:
        return float(min(self.width / self._span(), self.height / _H))

    def _at(self, x: float, y: float) -> tuple[float, float]:
        unit = self._unit()
        left = self.x + (self.width - self._span() * unit) / 2
        low = self.y + (self.height - _H * unit) / 2
        return left + x * unit, low + y * unit
