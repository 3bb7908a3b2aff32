"""Closed: the library is shut, and when it opens."""

from kiosk.screens import style
from kiosk.screens.problem import ProblemScreen
from kiosk.view import View


class ClosedScreen(ProblemScreen):
    """As calm as thanks: nothing is wrong, it is only late."""

    def show_middle(self, view: View, focus: str | None) -> None:
        self.ids.big.icon, self.ids.big.color = "closed", style.theme().brand
