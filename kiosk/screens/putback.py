"""Put back: a book was lifted before its tag was silenced. One thing to do, told in amber."""

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.pad import PadScreen
from kiosk.view import Tone

_ROWS_SHARE = 0.55  # of a tall middle, for the books; the rest shows where they go
_PICTURE_MM = 40.0


class PutBackScreen(PadScreen):
    """The books in question on top, and the pad with its arrow where there is room."""

    def __init__(self, emit: Emit) -> None:
        super().__init__(emit)
        self.ground = style.theme().tints[Tone.WAIT].ground

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        picture = height * (1 - _ROWS_SHARE)
        if self.wide or picture < style.theme().mm(_PICTURE_MM):
            super().place_middle(x, y, width, height)
            return
        super().place_middle(x, y + picture, width, height - picture)
        self.ids.picture.pos, self.ids.picture.size = (x, y), (width, picture)
