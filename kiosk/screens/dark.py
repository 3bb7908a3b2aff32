"""Dark: a black panel at night; any touch wakes it and does nothing else."""

from kivy.properties import StringProperty

from kiosk.screens import style
from kiosk.screens.buttons import Emit, Press
from kiosk.screens.sheet import Sheet
from kiosk.view import View


class WholePanel(Press):
    """All of the glass is one button."""

    action = StringProperty()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.emit: Emit = lambda _: None

    def on_release(self) -> None:
        self.emit(self.action)


class DarkScreen(Sheet):
    """Nothing is drawn: an old panel's lamp may still be on behind it."""

    heeds_reach = False

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.panel.emit = emit
        self.ground = (0, 0, 0, 1)

    def stacked(self, view: View) -> tuple[()]:
        return ()

    def show_middle(self, view: View, focus: str | None) -> None:
        self.ids.panel.action = view.actions[0].id

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        """There is no middle."""

    def place(self, *_: object) -> None:
        """The button as large as the glass."""
        self.title = self.subtitle = self.count = self.status = ""
        self.ids.panel.pos, self.ids.panel.size = self.pos, self.size
