"""Buttons for fingers: the press shows at once, the release acts, the finger may slide a little."""

from collections.abc import Callable, Sequence

from kivy.input.motionevent import MotionEvent
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.captions import width_of
from kiosk.view import Action, Weight

Emit = Callable[[str], None]
"""Takes the id of an action that a person chose."""

SLIDE_MM = 8.0  # how far a pressed finger may leave the button and still mean it
GAP_MM = 4.0
_PAD_MM, _ICON_MM = 5.0, 9.0


class Press(Widget):
    """A surface that calls `on_release` once per finger that was put on it and lifted from it."""

    pressed = BooleanProperty(False)
    enabled = BooleanProperty(True)

    def on_release(self) -> None:
        """What the press means; subclasses act here."""
        raise NotImplementedError

    def cancel(self) -> None:
        """The finger turned out to do something else, such as dragging the list."""
        self.pressed = False

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if self.enabled and not self.pressed and not touch.is_mouse_scrolling:
            touch.grab(self)
            self.pressed = True
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        if not self._near(touch.pos):
            self.cancel()
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        meant = self.pressed and self.enabled and self._near(touch.pos)
        self.pressed = False
        if meant:
            self.on_release()
        return True

    def _near(self, pos: tuple[float, float]) -> bool:
        slack = style.theme().mm(SLIDE_MM)
        x, y = pos
        return bool(
            self.x - slack <= x <= self.right + slack and self.y - slack <= y <= self.top + slack
        )


class ActButton(Press):
    """Draws one `Action` and emits its id."""

    label = StringProperty()
    icon = StringProperty()
    focused = BooleanProperty(False)
    stacked = BooleanProperty(False)
    """Icon above the word, as in the bar."""
    ground = ColorProperty()
    outline = ColorProperty()
    letters = ColorProperty()

    def __init__(self, action: Action, emit: Emit) -> None:
        super().__init__(size_hint=(None, None))
        self.action = action
        self._emit = emit
        self.show(action, focused=False)
        self.fbind("pressed", self._paint)
        for trigger in ("pos", "size", "icon", "stacked"):
            self.fbind(trigger, self._place)
        self.ids.caption.fbind("texture_size", self._place)

    def show(self, action: Action, *, focused: bool) -> None:
        """Draw this action from now on."""
        self.action = action
        self.label, self.icon, self.enabled = action.label, action.icon, action.enabled
        self.stacked = action.weight is Weight.SMALL
        self.focused = focused
        self._paint()

    def on_release(self) -> None:
        self._emit(self.action.id)

    def height_for(self, width: float) -> float:
        """How high the button must be for its caption at that width, at least a fingertip."""
        theme = style.theme()
        self.width = width
        least = theme.mm(30 if self.action.weight is Weight.PRIMARY else 20)
        return float(max(least, self.ids.caption.fit(self._caption_width()) + theme.mm(6)))

    def least_width(self) -> float:
        """The width at which no word of the caption has to be broken."""
        theme = style.theme()
        words = self.label.split() or [""]
        widest = max(width_of(word, theme.body, bold=True) for word in words)
        return widest + float(self.width) - self._caption_width() + theme.mm(1)

    def _paint(self, *_: object) -> None:
        theme = style.theme()
        if not self.enabled:
            self.ground, self.outline, self.letters = theme.paper, theme.line, theme.quiet
        elif self.action.weight is Weight.PRIMARY:
            self.ground = theme.brand_pressed if self.pressed else theme.brand
            self.outline, self.letters = self.ground, theme.surface
        else:
            self.ground = theme.brand_soft if self.pressed else theme.surface
            quiet_edge = self.action.weight is Weight.SMALL
            self.outline = theme.quiet if quiet_edge else theme.brand
            self.letters = theme.ink if quiet_edge else theme.brand

    def _place(self, *_: object) -> None:
        theme = style.theme()
        sign, caption = self.ids.sign, self.ids.caption
        middle = self.y + self.height / 2  # Kivy's center and right would still be the old ones
        caption.fit(self._caption_width())
        if self.stacked:
            caption.halign = "center"
            low = middle - (sign.height + caption.height) / 2
            caption.pos = self.x + theme.mm(1), low
            sign.pos = self.x + (self.width - sign.width) / 2, low + caption.height
            return
        sign.pos = self.x + theme.mm(_PAD_MM), middle - sign.height / 2
        right = self.x + self.width - theme.mm(_PAD_MM - 1)
        caption.pos = right - caption.width, middle - caption.height / 2

    def _caption_width(self) -> float:
        theme = style.theme()
        if self.stacked:
            return max(1.0, float(self.width) - theme.mm(2))
        icon = _ICON_MM + 3 if self.icon else 0.0
        return max(1.0, float(self.width) - theme.mm(_PAD_MM + icon + _PAD_MM - 1))


class Buttons(Widget):
    """Keeps one button per action id; subclasses place them."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), **kwargs)
        self.emit: Emit = lambda _: None
        self._buttons: dict[str, ActButton] = {}
        self.fbind("size", self.place)
        self.fbind("pos", self.place)

    def show(self, actions: Sequence[Action], focus: str | None) -> None:
        """Draw these actions, reusing the buttons that stay."""
        kept = {action.id for action in actions}
        for gone in self._buttons.keys() - kept:
            self.remove_widget(self._buttons.pop(gone))
        for action in actions:
            if action.id not in self._buttons:
                self._buttons[action.id] = ActButton(action, self._press)
                self.add_widget(self._buttons[action.id])
            self._buttons[action.id].show(action, focused=action.id == focus)
        self._buttons = {action.id: self._buttons[action.id] for action in actions}
        self.place()

    def place(self, *_: object) -> None:
        """Give each button its place."""
        raise NotImplementedError

    def fit(self, width: float) -> float:
        """Take this width; the height needed in pixels."""
        raise NotImplementedError

    def _press(self, action_id: str) -> None:
        self.emit(action_id)


class ActionStack(Buttons):
    """The screen's actions: plain ones above, the primary one lowest, at the thumb's side."""

    columns = NumericProperty(1)
    share_primary = BooleanProperty(False)
    """The primary action may have a neighbour, to leave more room to a list."""

    def fit(self, width: float) -> float:
        self.width = width
        gap = style.theme().mm(GAP_MM)
        heights = [self._height(line) for line in self._lines()]
        return sum(heights) + gap * max(0, len(heights) - 1)

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


class BarRow(Buttons):
    """Language and help: small buttons side by side, on every screen at the same place."""

    def fit(self, width: float) -> float:
        self.width = width
        return style.theme().mm(20) if self._buttons else 0.0

    def place(self, *_: object) -> None:
        if not self._buttons:
            return
        gap = style.theme().mm(GAP_MM)
        width = (self.width - gap * (len(self._buttons) - 1)) / len(self._buttons)
        for number, each in enumerate(self._buttons.values()):
            each.pos = self.x + number * (width + gap), self.y
            each.size = width, self.height
