"""Access: how this person wants the kiosk, one large switch per wish."""

from collections.abc import Sequence

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.sheet import Sheet
from kiosk.view import Action, View


class AccessScreen(Sheet):
    """The switches stand in the middle; with low reach they stand in the strip with the rest."""

    at_edge = True

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.switches.emit = emit
        self.ids.switches.columns = 2

    def stacked(self, view: View) -> Sequence[Action]:
        return [action for action in view.actions if action.on is None]

    def show_middle(self, view: View, focus: str | None) -> None:
        in_strip = self.wide and style.theme().low_reach
        switches = [action for action in view.actions if action.on is not None]
        self.ids.switches.show(() if in_strip else switches, focus)
        self.ids.big.icon = "access" if in_strip else ""

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        switches, big = self.ids.switches, self.ids.big
        switches.height = switches.fit_within(width, height)
        low = y if style.theme().low_reach else y + height - switches.height
        switches.pos = x, low
        big.font_size = max(1.0, min(height, width, style.theme().mm(56)))
        big.size = big.font_size, big.font_size
        big.pos = x, y + height - big.height
