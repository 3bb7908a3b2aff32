"""Damage: three large pictures, one of which says what is wrong with the book."""

from collections.abc import Sequence

from kiosk.screens import style
from kiosk.screens.buttons import ActButton, Buttons, Emit
from kiosk.screens.captions import width_of
from kiosk.screens.sheet import Sheet
from kiosk.view import Action, View

_GAP_MM, _HIGHEST_MM = 4.0, 70.0
_LEAST_MM, _REACHED_MM = 20.0, 44.0  # a higher one is out of reach for some
_PICTURE_MM, _SIGN_MM = 26.0, 9.0
_AROUND_MM = 6.0  # above the picture and below the words
_HARM = "harm:"


class Tiles(Buttons):
    """Side by side where there is width, below each other where there is not."""

    def fit(self, width: float) -> float:
        """Take this width; it is as high as it is told to be."""
        self.width = width
        return float(self.height)

    def place(self, *_: object) -> None:
        """Each as large as its share, the picture as large as the tile allows."""
        tiles = list(self._buttons.values())
        if not tiles:
            return
        theme = style.theme()
        gap = theme.mm(_GAP_MM)
        columns = len(tiles) if self._fit_beside(tiles) else 1
        lines = len(tiles) // columns
        wide = (self.width - gap * (columns - 1)) / columns
        reached = _LEAST_MM if columns == 1 else _REACHED_MM
        most = theme.mm(reached if theme.low_reach else _HIGHEST_MM)
        high = min(most, (self.height - gap * (lines - 1)) / lines)
        low = self.y if theme.low_reach else self.y + self.height - lines * (high + gap) + gap
        for number, tile in enumerate(tiles):
            column, line = number % columns, lines - 1 - number // columns
            tile.stacked = columns > 1
            words = tile.ids.caption.fit(wide - theme.mm(2))
            roomy = tile.stacked and high >= words + theme.mm(_PICTURE_MM + _AROUND_MM)
            tile.icon_mm = _PICTURE_MM if roomy else _SIGN_MM
            tile.size = wide, high
            tile.pos = self.x + column * (wide + gap), low + line * (high + gap)

    def _fit_beside(self, tiles: Sequence[ActButton]) -> bool:
        """No word would be broken in a tile of a third of the width."""
        theme = style.theme()
        room = (self.width - theme.mm(_GAP_MM) * (len(tiles) - 1)) / len(tiles) - theme.mm(3)
        words = (word for tile in tiles for word in tile.action.label.split())
        return all(width_of(word, theme.body, bold=True) <= room for word in words)


class DamageScreen(Sheet):
    """The pictures stand right above the rest, whatever the reach."""

    at_edge = True  # the pictures get the whole width
    heeds_reach = False
    spares = True

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.tiles.emit = emit

    def stacked(self, view: View) -> Sequence[Action]:
        return [action for action in view.actions if not action.id.startswith(_HARM)]

    def show_middle(self, view: View, focus: str | None) -> None:
        harms = [action for action in view.actions if action.id.startswith(_HARM)]
        self.ids.tiles.show(harms, focus)

    def middle_least(self) -> float:
        """A tall panel has the pictures below each other where their words are long."""
        return style.theme().mm(0 if self.wide else 3 * _LEAST_MM + 2 * _GAP_MM)

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        self.ids.tiles.pos, self.ids.tiles.size = (x, y), (width, height)
        self.ids.tiles.place()
