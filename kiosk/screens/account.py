"""Account: what the person has at home, overdue ones as the View orders them."""

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.sheet import Sheet
from kiosk.view import View


class AccountScreen(Sheet):
    """A list with a button per copy where something can be done with it."""

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.shelf.emit = emit

    def show_middle(self, view: View, focus: str | None) -> None:
        self.ids.shelf.show(view.rows, focus)
        self.ids.empty.icon = "" if view.rows else "shelf"

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        least = self.middle_least()
        self.ids.shelf.hidden = height < least
        self.ids.shelf.pos, self.ids.shelf.size = (x, y), (width, max(height, least))
        self.ids.empty.center = (x + width / 2, y + height / 2)
