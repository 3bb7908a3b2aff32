"""The list of books: newest where the View puts it, moved by large keys or by a finger.

Not Kivy's ScrollView: that one holds a tap back for up to 0.2 s to see whether it becomes a drag,
and flings on, which children do not expect (reference: kivy/uix/scrollview.py, `_do_touch_up`).
"""

from collections.abc import Sequence

from kivy.clock import Clock
from kivy.graphics import ScissorPop, ScissorPush
from kivy.input.motionevent import MotionEvent
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.buttons import SLIDE_MM, ActButton, Emit, Press
from kiosk.screens.rows import BookRow
from kiosk.view import Row

GAP_MM = 2.0
KEY_MM = 20.0
KEY_GAP_MM = 3.0
_SPARE = 10  # rows of books that left the list, for those that come
_ROOM_BELOW_MM = 76.0  # a lower list would show only one book above the arrows


class ScrollKey(Press):
    """A large arrow beside the list."""

    icon = StringProperty()

    def __init__(self, shelf: "Shelf", icon: str, direction: int) -> None:
        super().__init__(size_hint=(None, None))
        self.icon = icon
        self._shelf = shelf
        self._direction = direction

    def on_release(self) -> None:
        self._shelf.page(self._direction)


class Window(Widget):
    """The part of the list one can see; a finger that moves in it drags the rows.

    Not Kivy's StencilView, which draws its area twice and then tests every pixel of the rows.
    """

    def __init__(self, shelf: "Shelf") -> None:
        super().__init__(size_hint=(None, None))
        self._shelf = shelf
        self._dragged: float | None = None
        with self.canvas.before:
            self._clip = ScissorPush(x=0, y=0, width=0, height=0)
        with self.canvas.after:
            ScissorPop()
        for trigger in ("pos", "size"):
            self.fbind(trigger, self._cut)

    def _cut(self, *_: object) -> None:
        self._clip.x, self._clip.y = round(self.x), round(self.y)
        self._clip.width = max(0, round(self.x + self.width) - self._clip.x)
        self._clip.height = max(0, round(self.y + self.height) - self._clip.y)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        touch.ud[self] = touch.y
        self._dragged = None
        return bool(super().on_touch_down(touch)) or True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return bool(super().on_touch_move(touch))
        if self._dragged is None and abs(touch.y - touch.ud[self]) < style.theme().mm(SLIDE_MM):
            return True
        if self._dragged is None:
            self._shelf.forget_presses()
            self._dragged = touch.ud[self]
        self._shelf.scroll_by(touch.y - self._dragged)
        self._dragged = touch.y
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        self._dragged = None
        return True


class Shelf(Widget):
    """Keeps one `BookRow` per key, so that a new book costs one new row and no other."""

    offset = NumericProperty(0.0)
    """How far the list is scrolled, in pixels from its top."""
    hidden = BooleanProperty(False)
    """Nothing of the list is drawn: there is none, or no room for a book."""
    keys_below = BooleanProperty(False)
    """Arrows under the list, for tall panels that have height and no width to spare."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(size_hint=(None, None), **kwargs)
        self.emit: Emit = lambda _: None
        self._rows: dict[str, BookRow] = {}
        self._spare: list[BookRow] = []
        self._window = Window(self)
        self._up = ScrollKey(self, "up", -1)
        self._down = ScrollKey(self, "down", 1)
        self.add_widget(self._window)
        self._content = 0.0
        self._below = False
        self._beside = False  # a low list has its arrows side by side
        self._soon = Clock.create_trigger(self.place, -1)  # before the next frame, not after it
        for trigger in ("pos", "size", "offset", "keys_below", "hidden"):
            self.fbind(trigger, self._soon)

    @property
    def buttons(self) -> list[ActButton]:
        """The rows' own buttons, from the top."""
        return [row.button for row in self._rows.values() if row.button is not None]

    @property
    def window(self) -> Widget:
        """What clips the rows."""
        return self._window

    @property
    def keys(self) -> tuple[ScrollKey, ScrollKey]:
        """The arrows up and down; they are in the tree while the list is longer than its window."""
        return self._up, self._down

    def show(self, rows: Sequence[Row], focus: str | None) -> None:
        """Draw these rows from the top; a new first row brings the list back to its top."""
        fresh = [row.key for row in rows if row.key not in self._rows]
        for gone in self._rows.keys() - {row.key for row in rows}:
            self._put_by(self._rows.pop(gone))
        self._rows = {row.key: self._row(row, focus) for row in rows}
        if rows and rows[0].key in fresh:
            self.offset = 0.0
        self.place()
        self._reveal(focus)
        if self.get_root_window() is not None:
            for key in fresh:
                self._rows[key].slide_in()

    def page(self, direction: int) -> None:
        """Move by what the window holds, less one row, so that the eye keeps its place."""
        step = max(self._window.height - style.theme().mm(22), self._window.height * 0.6)
        self.scroll_by(direction * step)

    def scroll_by(self, pixels: float) -> None:
        """Move the list; never past its ends."""
        self.offset = max(0.0, min(self._furthest(), self.offset + pixels))

    def forget_presses(self) -> None:
        """The finger drags: whatever it pressed in the list is not meant."""
        for button in self.buttons:
            button.cancel()

    def place(self, *_: object) -> None:
        """Put every row and the arrows in their places."""
        self._keep(self._window, shown=not self.hidden)
        if self.hidden:
            self._place_keys(longer=False)
            return
        strip = style.theme().mm(KEY_MM + KEY_GAP_MM)
        self._below = self.keys_below and self.height >= style.theme().mm(_ROOM_BELOW_MM)
        self._beside = self.height < style.theme().mm(2 * KEY_MM + KEY_GAP_MM)
        longer = self._height_at(self.width) > self.height
        width, height = self.width, self.height
        if longer and self._below:
            height -= strip
        elif longer:
            width -= strip * (2 if self._beside else 1)
        self._content = self._lay_rows(width, height)
        self.offset = max(0.0, min(self._furthest(), self.offset))
        self._place_keys(longer)

    def _row(self, row: Row, focus: str | None) -> BookRow:
        found = self._rows.get(row.key)
        if found is None:
            found = self._new_row(row)
            self._window.add_widget(found)
        found.show(row)
        if found.button is not None:
            found.button.focused = found.button.action.id == focus
        return found

    def _new_row(self, row: Row) -> BookRow:
        if self._spare:
            spare = self._spare.pop()
            spare.become(row)
            return spare
        built = BookRow(row, lambda action_id: self.emit(action_id))
        built.fbind("shift", self._soon)
        return built

    def _put_by(self, row: BookRow) -> None:
        self._window.remove_widget(row)
        if len(self._spare) < _SPARE:
            self._spare.append(row)

    def _reveal(self, focus: str | None) -> None:
        """Bring the row that the keypad stands on into the window."""
        for row in self._rows.values():
            if row.button is None or row.button.action.id != focus:
                continue
            above = row.y + row.height - (self._window.y + self._window.height)
            below = self._window.y - row.y
            self.scroll_by(-above if above > 0 else max(0.0, below))
            self.place()

    def _height_at(self, width: float) -> float:
        """Of all rows at that width, with the gaps between them."""
        gaps = style.theme().mm(GAP_MM) * max(0, len(self._rows) - 1)
        return gaps + sum(row.height_at(width) for row in self._rows.values())

    def _lay_rows(self, width: float, height: float) -> float:
        """Window and rows from the shelf's upper edge; the height of all rows."""
        gap = style.theme().mm(GAP_MM)
        top = self.y + self.height
        self._window.pos, self._window.size = (self.x, top - height), (width, height)
        top = start = top + self.offset
        for row in self._rows.values():
            top -= row.lay(self.x, top, width) + gap
        return float(start - top) - (gap if self._rows else 0.0)

    def _place_keys(self, longer: bool) -> None:
        for key in self.keys:
            self._keep(key, shown=longer)
        side, gap = style.theme().mm(KEY_MM), style.theme().mm(KEY_GAP_MM)
        if self._below:
            half = (self.width - gap) / 2
            self._up.pos, self._up.size = self.pos, (half, side)
            self._down.pos, self._down.size = (self.x + half + gap, self.y), (half, side)
        elif self._beside:
            x = self.x + self.width - 2 * side - gap
            self._up.pos, self._up.size = (x, self.y), (side, self.height)
            self._down.pos, self._down.size = (x + side + gap, self.y), (side, self.height)
        else:
            high = max(side, min(2 * side, (self.height - gap) / 2))
            x = self.x + self.width - side
            self._up.pos, self._up.size = (x, self.y + self.height - high), (side, high)
            self._down.pos, self._down.size = (x, self.y), (side, high)
        self._up.enabled = self.offset > 0
        self._down.enabled = self.offset < self._furthest()

    def _keep(self, part: Widget, *, shown: bool) -> None:
        if shown and part.parent is None:
            self.add_widget(part)
        elif not shown and part.parent is not None:
            self.remove_widget(part)

    def _furthest(self) -> float:
        return max(0.0, self._content - float(self._window.height))
