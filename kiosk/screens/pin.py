"""Pin: a number pad as on a telephone, for the librarian's door."""

from collections.abc import Sequence

from kiosk.screens import style
from kiosk.screens.buttons import Buttons, Emit
from kiosk.screens.sheet import Sheet
from kiosk.view import Action, View, Weight

_LEAST_MM, _GAP_MM, _WIDEST_MM, _HIGHEST_MM = 20.0, 3.0, 40.0, 28.0
_LOW_MM = 3 * _LEAST_MM + 2 * _GAP_MM  # where there is no room for four rows


class NumberPad(Buttons):
    """1 to 9 in three rows; erase and 0 below them, or beside them on a low panel."""

    def show(self, actions: Sequence[Action], focus: str | None) -> None:
        """Digits large, the key that erases as a sign."""
        super().show(actions, focus)
        for each in self._buttons.values():
            if each.icon:
                each.stacked = True
                each.be_bare()
            else:
                each.be_figure()

    def fit(self, width: float) -> float:
        """Take this width; it is as high as it is told to be."""
        self.width = width
        return float(self.height)

    def place(self, *_: object) -> None:
        """Each key at least as large as a fingertip, and no larger than a hand."""
        theme = style.theme()
        gap = theme.mm(_GAP_MM)
        beside = self.height < theme.mm(4 * _LEAST_MM + 3 * _GAP_MM)
        columns, rows = (4, 3) if beside else (3, 4)
        wide = min(theme.mm(_WIDEST_MM), (self.width - gap * (columns - 1)) / columns)
        high = min(theme.mm(_HIGHEST_MM), (self.height - gap * (rows - 1)) / rows)
        nine = [divmod(number, 3) for number in range(9)]
        zero, erase = ((0, 3), (1, 3)) if beside else ((3, 1), (3, 0))
        for each, (row, column) in zip(self._buttons.values(), [*nine, zero, erase], strict=False):
            low = self.y + self.height - (row + 1) * high - row * gap
            each.pos, each.size = (self.x + column * (wide + gap), low), (wide, high)


class PinScreen(Sheet):
    """The digits are keys of the pad; what was entered shows as dots."""

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.pad.emit = emit

    heeds_reach = False  # a librarian's, and a low panel has no room for it

    def middle_least(self) -> float:
        return style.theme().mm(_LOW_MM)  # the keys do not grow with the letters

    def stacked(self, view: View) -> Sequence[Action]:
        return [action for action in view.actions if action.weight is Weight.PRIMARY]

    def show_middle(self, view: View, focus: str | None) -> None:
        keys = [action for action in view.actions if action.weight is not Weight.PRIMARY]
        self.ids.pad.show(keys, focus)

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        self.ids.pad.size = (width, height)
        self.ids.pad.pos = (x, y)
