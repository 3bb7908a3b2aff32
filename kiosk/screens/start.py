"""Start: what this desk does, in one picture, and the first choices."""

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.sheet import Sheet
from kiosk.view import View


class StartScreen(Sheet):
    """Nobody is here yet: nothing personal is drawn."""

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)

    def show_middle(self, view: View, focus: str | None) -> None:
        """The picture never changes."""

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        self.ids.picture.pos, self.ids.picture.size = (x, y), (width, height)
