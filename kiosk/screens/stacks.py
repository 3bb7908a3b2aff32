"""Where the buttons of a screen stand: in a stack, along the lower edge, in the bar."""

from collections.abc import Sequence

from kivy.properties import BooleanProperty, NumericProperty

from kiosk.screens import style
from kiosk.screens.buttons import GAP_MM, ActButton, Buttons
from kiosk.screens.captions import width_of
from kiosk.view import Weight

BAR_CELL_MM = 34.0
BAR_MM = 20.0
_REACH_MM = 44.0  # two lines of fingertips and the gap between them


class ActionStack(Buttons):
    """The screen's actions: plain ones above, the primary one lowest, at the thumb's side."""

    columns = NumericProperty(1)
    brief = BooleanProperty(False)
    """One word on each button."""
    share_primary = BooleanProperty(False)
    """The primary action may have a neighbour, to leave more room to a list."""

    def fit(self, width: float) -> float:
        self.width = width
        gap = style.theme().mm(GAP_MM)
        heights = [self._height(line) for line in self._lines()]
        return sum(heights) + gap * max(0, len(heights) - 1)

    def fit_within(self, width: float, most: float) -> float:
        """As `fit`, with one word on each button where more would be too high or break a word."""
        for brief, pictured in ((style.theme().low_reach, True), (True, True), (True, False)):
            self.say(brief=brief, pictured=pictured)
            height = self.fit(width)
            if height <= most and not self._breaks_words():
                break
        return height

    def _breaks_words(self) -> bool:
        return any(each.breaks_at(self._width(line)) for line in self._lines() for each in line)

    def say(self, *, brief: bool, pictured: bool) -> None:
        """Words on the buttons in full or in one word, beside a sign or below a picture."""
        self.brief = brief
        for each in self._buttons.values():
            each.say(brief=brief, pictured=pictured)

    def place(self, *_: object) -> None:
        gap = style.theme().mm(GAP_MM)
        bottom = self.y
        for line in reversed(self._lines()):
            width, height = self._width(line), self._height(line)
            for number, each in enumerate(line):
                each.pos, each.size = (self.x + number * (width + gap), bottom), (width, height)
            bottom += height + gap

    def _lines(self) -> list[list[ActButton]]:
        """Plain ones first; side by side only where no word would be broken."""
        buttons = sorted(
            self._buttons.values(), key=lambda each: each.action.weight is Weight.PRIMARY
        )
        lines: list[list[ActButton]] = []
        for each in reversed(buttons):  # from the lowest line, so that an odd one stands on top
            if lines and self._may_join(lines[0]) and self._fit_beside([each, *lines[0]]):
                lines[0].insert(0, each)
            else:
                lines.insert(0, [each])
        return lines

    def _may_join(self, line: list[ActButton]) -> bool:
        if line[-1].action.weight is Weight.PRIMARY:
            alone = len(self._buttons) % 2 == 1  # the plain ones make pairs among themselves
            return bool(self.share_primary and not alone and len(line) < self.columns)
        return bool(len(line) < self.columns)

    def _fit_beside(self, line: list[ActButton]) -> bool:
        return all(each.least_width() <= self._width(line) for each in line)

    def _width(self, line: list[ActButton]) -> float:
        return float(self.width - style.theme().mm(GAP_MM) * (len(line) - 1)) / len(line)

    def _height(self, line: list[ActButton]) -> float:
        return max(each.height_for(self._width(line)) for each in line)


class ReachStrip(Buttons):
    """The actions along the lower edge, for a person who cannot reach higher.

    The primary one at the thumb's side, as high as the strip; the plain ones above the bar, for
    which the strip leaves room.
    """

    side = NumericProperty(0)
    """Width of the primary action."""

    def fit(self, width: float) -> float:
        self.width = width
        theme = style.theme()
        self.side = min(width * 0.3, theme.mm(96))
        for each in self._buttons.values():
            pictured = each.action.weight is Weight.PRIMARY  # the others are too low for it
            each.say(brief=True, pictured=pictured)
        above = len(self._lines()) * theme.mm(BAR_MM + GAP_MM)
        return float(max(theme.mm(_REACH_MM), theme.mm(BAR_MM) + above))

    def place(self, *_: object) -> None:
        theme = style.theme()
        gap, high = theme.mm(GAP_MM), theme.mm(BAR_MM)
        room = self.width - self.side - gap
        for each in self._buttons.values():
            if each.action.weight is Weight.PRIMARY:
                each.pos = self.x + self.width - self.side, self.y
                each.size = self.side, theme.mm(_REACH_MM)
        low = self.y + high + gap
        for line in reversed(self._lines()):
            width = (room - gap * (len(line) - 1)) / len(line)
            for number, each in enumerate(line):
                each.pos, each.size = (self.x + number * (width + gap), low), (width, high)
            low += high + gap

    def _lines(self) -> list[list[ActButton]]:
        """All in one line where the words fit, if need be without their signs; else in two."""
        plain = [
            each for each in self._buttons.values() if each.action.weight is not Weight.PRIMARY
        ]
        gap = style.theme().mm(GAP_MM)
        room = self.width - self.side - gap
        if not plain:
            return []
        width = (room - gap * (len(plain) - 1)) / len(plain)
        if not any(each.breaks_at(width) for each in plain):
            return [plain]
        half = (len(plain) + 1) // 2
        return [line for line in (plain[:half], plain[half:]) if line]


class BarRow(Buttons):
    """Language, letters, contrast, wishes and help: on every screen at the same place.

    Words below the signs where every word has room; otherwise large signs alone.
    """

    def fit(self, width: float) -> float:
        self.width = width
        return style.theme().mm(BAR_MM) if self._buttons else 0.0

    def place(self, *_: object) -> None:
        buttons = list(self._buttons.values())
        if not buttons:
            return
        gap = style.theme().mm(GAP_MM)
        width = (self.width - gap * (len(buttons) - 1)) / len(buttons)
        self._say(buttons, width)
        for number, each in enumerate(buttons):
            each.pos = self.x + number * (width + gap), self.y
            each.size = width, self.height

    def _say(self, buttons: Sequence[ActButton], width: float) -> None:
        theme = style.theme()
        widest = max(width_of(each.action.label, theme.body) for each in buttons)
        for each in buttons:
            if widest + theme.mm(3) > width:
                each.be_bare()
            else:
                each.say(brief=False)
