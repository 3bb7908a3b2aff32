"""The sentence about what happened, the strip of time that is left, and the one large figure."""

from kivy.animation import Animation
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.captions import DESCENT
from kiosk.view import Notice

FIGURE_MM = 16.0  # height of the line on which the large figure stands
_PAD_MM, _SIGN_MM = 4.0, 10.0


class NoticeCard(Widget):
    """One `Notice` in its tone: sign, words and colour. Height 0 when there is none."""

    text = StringProperty()
    sign = StringProperty()
    ground = ColorProperty((0, 0, 0, 0))
    edge = ColorProperty((0, 0, 0, 0))
    tone_ink = ColorProperty((0, 0, 0, 0))
    plain = BooleanProperty(False)
    """Words only, without card and sign: for a screen that shows the sign large."""

    def on_kv_post(self, _base_widget: Widget) -> None:
        """Sign and words exist now: they follow the card."""
        for trigger in ("pos", "size"):
            self.fbind(trigger, self._place)

    def show(self, notice: Notice | None) -> None:
        """Draw the notice, or nothing."""
        if notice is None:
            self.text = self.sign = ""
            self.ground = self.edge = (0, 0, 0, 0)
        else:
            theme = style.theme()
            tint = theme.tints[notice.tone]
            self.text, self.sign = notice.text, tint.sign
            self.ground, self.tone_ink = tint.ground, tint.ink
            self.edge = tint.ink if theme.edge_mm else tint.ground

    def fit(self, width: float) -> float:
        """Take this width; the height needed in pixels."""
        if not self.text:
            return 0.0
        theme = style.theme()
        self.width = width
        words = self.ids.text.fit(width - self._indent() - (0 if self.plain else theme.mm(_PAD_MM)))
        return float(words if self.plain else max(theme.mm(16), words + theme.mm(6)))

    def _indent(self) -> float:
        return 0.0 if self.plain else style.theme().mm(_PAD_MM + _SIGN_MM + _PAD_MM)

    def _place(self, *_: object) -> None:
        theme, text, sign = style.theme(), self.ids.text, self.ids.sign
        middle = self.y + self.height / 2  # center_y would still be the old one here
        sign.pos = self.x + theme.mm(_PAD_MM), middle - sign.height / 2
        text.pos = self.x + self._indent(), middle - text.height / 2


class Countdown(Widget):
    """The time that is left, as a strip that shrinks."""

    part = NumericProperty(1.0)
    shown = BooleanProperty(False)

    def show(self, seconds_left: int | None, seconds_total: int | None) -> None:
        """Draw `seconds_left` of `seconds_total`, or nothing."""
        counting = seconds_left is not None and bool(seconds_total)
        part = max(0.0, min(1.0, (seconds_left or 0) / (seconds_total or 1))) if counting else 1.0
        smooth = self.shown and counting and part < self.part and style.theme().slide_s > 0
        self.shown = counting
        Animation.cancel_all(self, "part")
        if smooth:
            Animation(part=part, duration=1.0).start(self)
        else:
            self.part = part

    def fit(self, width: float) -> float:
        """Take this width; the height needed in pixels."""
        self.width = width
        return style.theme().mm(4) if self.shown else 0.0


class Figure(Widget):
    """«4 книги»: the figure large, the word beside it on the same line."""

    text = StringProperty()
    number = StringProperty()
    word = StringProperty()

    def on_kv_post(self, _base_widget: Widget) -> None:
        """The labels exist now: follow their sizes."""
        for trigger in ("pos", "size"):
            self.fbind(trigger, self._place)
        for each in (self.ids.number, self.ids.word):
            each.fbind("texture_size", self._place)

    def fit(self, width: float) -> float:
        """Take this width; the height needed in pixels."""
        self.width = width
        return style.theme().mm(FIGURE_MM) if self.text else 0.0

    def on_text(self, _: Widget, text: str) -> None:
        """Part the figure from its word; a text without a figure is all word."""
        first, _blank, rest = text.partition(" ")
        self.number, self.word = (first, rest) if first.isdecimal() else ("", text)

    def least_width(self) -> float:
        """The width of figure and word on their line."""
        number, word = self.ids.number, self.ids.word
        number.update()
        word.update()
        return self._word_left() + float(word.texture_size[0])

    def _word_left(self) -> float:
        number = self.ids.number
        return float(number.texture_size[0]) + style.theme().mm(3) if self.number else 0.0

    def _place(self, *_: object) -> None:
        theme, number, word = style.theme(), self.ids.number, self.ids.word
        number.pos = self.x, self.y + (self.height - number.texture_size[1]) / 2
        word.x = self.x + self._word_left()
        word.y = number.y + DESCENT * (theme.number - theme.title)
