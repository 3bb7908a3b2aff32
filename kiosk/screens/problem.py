"""Problem: one large sign, what happened, what to do."""

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.sheet import Sheet
from kiosk.view import Tone, View


class ProblemScreen(Sheet):
    """The desk cannot go on: the sign has the tone of the notice; without one it just waits."""

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.notice.plain = True

    def show_middle(self, view: View, focus: str | None) -> None:
        tint = style.theme().tints[view.notice.tone if view.notice else Tone.BUSY]
        self.ids.big.icon, self.ids.big.color = tint.sign, tint.ink

    def middle_least(self) -> float:
        return 0.0  # the sign may shrink, the sentences not

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        theme = style.theme()
        big = self.ids.big
        big.font_size = max(1.0, min(height - theme.mm(4), width, theme.mm(56)))
        big.size = big.font_size, big.font_size
        ring = big.font_size / 12  # the set draws each sign with a twelfth of empty space around it
        big.pos = x - ring, y + height - big.height
