"""Buttons for fingers: the press shows at once, the release acts, the finger may slide a little."""

from collections.abc import Callable, Sequence

from kivy.graphics import Color, SmoothLine
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
_FOCUS = "focus"
_PAD_MM, _ICON_MM = 5.0, 9.0
_BAR_ICON_MM, _BARE_ICON_MM, _PICTURE_MM = 7.0, 12.0, 15.0


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
    small = BooleanProperty(False)
    stacked = BooleanProperty(False)
    """Icon above the word, as in the bar and for the youngest."""
    switch = StringProperty()
    """The sign of a wish that is on or off."""
    icon_mm = NumericProperty(_ICON_MM)
    figure = BooleanProperty(False)
    """One large digit."""
    ground = ColorProperty()
    outline = ColorProperty()
    letters = ColorProperty()

    def __init__(self, action: Action, emit: Emit) -> None:
        super().__init__(size_hint=(None, None))
        self.action = action
        self._emit = emit
        self._brief, self._pictured = False, True
        self._take(action)
        self.fbind("pressed", self._paint)
        for trigger in ("pos", "size", "icon", "stacked", "icon_mm", "switch"):
            self.fbind(trigger, self._place)
        for trigger in ("pos", "size", "focused"):
            self.fbind(trigger, self._draw_focus)
        self.ids.caption.fbind("texture_size", self._place)

    def show(self, action: Action, *, focused: bool) -> None:
        """Draw this action from now on."""
        if action != self.action:
            self._take(action)
        self.focused = focused

    def say(self, *, brief: bool, pictured: bool = True) -> None:
        """In full, or in one word where there is no room for more or nobody who reads more.

        `pictured` False: the large picture for the youngest has no room either.
        """
        self._brief, self._pictured = brief, pictured
        theme, short = style.theme(), self.action.short or self.action.label
        pictured = pictured and theme.pictograms and not theme.low_reach and not self.small
        self.label = short if brief or theme.pictograms else self.action.label
        self.stacked = self.small or pictured
        self.icon_mm = _PICTURE_MM if pictured else (_BAR_ICON_MM if self.small else _ICON_MM)

    def be_bare(self) -> None:
        """The sign alone, large."""
        self.label, self.icon_mm = "", _BARE_ICON_MM

    def be_figure(self) -> None:
        """A digit in the middle, large."""
        self.figure = self.stacked = True

    def on_release(self) -> None:
        self._emit(self.action.id)

    def height_for(self, width: float) -> float:
        """How high the button must be for its caption at that width, at least a fingertip."""
        theme = style.theme()
        self.width = width
        pictured = self.stacked and not self.small
        least = theme.mm(30 if self.action.weight is Weight.PRIMARY or pictured else 20)
        words = self.ids.caption.fit(self._caption_width())
        if pictured:
            return float(max(least, words + theme.mm(_PICTURE_MM + 3)))
        return float(max(least, words + theme.mm(6)))

    def least_width(self) -> float:
        """The width at which no word of the caption has to be broken."""
        theme = style.theme()
        return self._widest_word() + theme.mm(2 * _PAD_MM + _ICON_MM + 3) + self._switch_width()

    def breaks_at(self, width: float) -> bool:
        """True when a word has no room at that width, even without its sign."""
        taken = style.theme().mm(_PAD_MM + _PAD_MM - 1) + self._switch_width()
        return not self.stacked and self._widest_word() > width - taken

    def _widest_word(self) -> float:
        theme = style.theme()
        words = self.label.split() or [""]
        return max(width_of(word, theme.body, bold=not self.small) for word in words)

    def _has_icon(self) -> bool:
        """A word is worth more than its picture: where both have no room, the picture goes."""
        room = self.width - style.theme().mm(2 * _PAD_MM + _ICON_MM + 2) - self._switch_width()
        return bool(self.icon) and self._widest_word() <= room

    def _take(self, action: Action) -> None:
        self.action = action
        self.icon, self.enabled = action.icon, action.enabled
        self.small = action.weight is Weight.SMALL
        self.switch = "" if action.on is None else ("on" if action.on else "off")
        self.say(brief=self._brief, pictured=self._pictured)
        self._paint()

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
        sign, caption, switch = self.ids.sign, self.ids.caption, self.ids.switch
        middle = self.y + self.height / 2  # Kivy's center and right would still be the old ones
        caption.fit(self._caption_width())
        switch.pos = (
            self.x + self.width - switch.width - theme.mm(_PAD_MM),
            middle - switch.height / 2,
        )
        if self.stacked:
            caption.halign = "center"
            words = caption.texture_size[1] if self.label else 0
            above = sign.height if self.icon else 0
            low = middle - (above + words) / 2
            sign.opacity = 1.0
            caption.pos = self.x + theme.mm(1), low
            sign.pos = self.x + (self.width - sign.width) / 2, low + words
            return
        sign.pos = self.x + theme.mm(_PAD_MM), middle - sign.height / 2
        sign.opacity = float(self._has_icon())
        right = self.x + self.width - theme.mm(_PAD_MM - 1) - self._switch_width()
        caption.pos = right - caption.width, middle - caption.height / 2

    def _draw_focus(self, *_: object) -> None:
        """The keypad stands on one button at most: the others carry no ring, not even unseen."""
        self.canvas.before.remove_group(_FOCUS)
        if not self.focused:
            return
        theme = style.theme()
        out, corner = theme.mm(1.4), theme.mm(6)
        width, height = self.width + theme.mm(2.8), self.height + theme.mm(2.8)
        ring = (self.x - out, self.y - out, width, height, corner)
        line = SmoothLine(width=theme.mm(1.2) / 2, rounded_rectangle=ring, group=_FOCUS)
        self.canvas.before.insert(0, line)
        self.canvas.before.insert(0, Color(*theme.focus, group=_FOCUS))

    def _caption_width(self) -> float:
        theme = style.theme()
        if self.stacked:
            return max(1.0, float(self.width) - theme.mm(2))
        icon = _ICON_MM + 3 if self._has_icon() else 0.0
        taken = theme.mm(_PAD_MM + icon + _PAD_MM - 1) + self._switch_width()
        return max(1.0, float(self.width) - taken)

    def _switch_width(self) -> float:
        return style.theme().mm(_ICON_MM + 3) if self.switch else 0.0


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
