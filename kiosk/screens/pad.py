"""Pad: the books that lie on it, one row each; an empty pad shows where to put them."""

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.sheet import Sheet
from kiosk.view import View


class PadScreen(Sheet):
    """Borrowing and returning look alike: the words differ, and they come in the View."""

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.shelf.emit = emit

    def show_middle(self, view: View, focus: str | None) -> None:
        self.ids.shelf.show(view.rows, focus)

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        empty = self.view is None or not self.view.rows
        least = self.middle_least()
        self.ids.shelf.hidden = empty or height < least
        self.ids.shelf.pos, self.ids.shelf.size = (x, y), (width, max(height, least))
        self.ids.picture.pos = (x, y)
        self.ids.picture.size = (width, height) if empty else (0, 0)

    def place_picture(self, x: float, y: float, width: float, height: float) -> None:
        small = self.ids.small_picture
        shown = self.view is not None and bool(self.view.rows)
        small.pos, small.size = (x, y), ((width, height) if shown else (0, 0))
