"""One book in a list: its face, its title, what became of it."""

import math

from kivy.animation import Animation
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.buttons import ActButton, Emit
from kiosk.screens.captions import DESCENT, height_of, hyphenated, shorten, width_of
from kiosk.screens.places import PlaceSign
from kiosk.view import Row, Tone

LEAST_MM = 20.0
GRID_MM = 4.0
_COVER_MM, _BADGE_MM, _PAD_MM = 13.0, 3.0, 4.0  # the sign is a badge that looks out of the cover
_BUTTON_MM, _BUTTON_ICON_MM, _INSET_MM = 36.0, 7.0, 2.0
_LINE = 1.2  # height of a line in parts of the font size
_LOUD = (Tone.WAIT, Tone.STOP)  # tones whose note one must read to act: body size, own ground


class BookRow(Widget):
    """Draws one `Row`; the height follows the words, the width is given."""

    title = StringProperty()
    author = StringProperty()
    note = StringProperty()
    sign = StringProperty()
    loud = BooleanProperty(False)
    ground = ColorProperty((1, 1, 1, 1))
    edge = ColorProperty((1, 1, 1, 1))
    tone_ink = ColorProperty((0, 0, 0, 1))
    sign_scale = NumericProperty(1.0)
    shift = NumericProperty(0.0)
    """How far to the right of its place the row still is, while it slides in."""

    def __init__(self, row: Row, emit: Emit) -> None:
        super().__init__(size_hint=(None, None))
        self.row = row
        self._emit = emit
        self._button: ActButton | None = None
        self._sign: PlaceSign | None = None
        self._below = False  # button or sign below the words rather than beside them
        self._measured: tuple[Row, float] | None = None
        self._paint(row)

    def show(self, row: Row) -> None:
        """Draw this state of the copy from now on."""
        if row == self.row:
            return
        changed_tone = row.tone is not self.row.tone
        self.row = row
        self._paint(row)
        if changed_tone:
            self._pop_sign()

    def become(self, row: Row) -> None:
        """Be the row of another copy from now on, as if it were new: building one takes 5 ms."""
        Animation.cancel_all(self)
        self.shift, self.opacity, self.sign_scale = 0.0, 1.0, 1.0
        self.row = row
        self._paint(row)

    def slide_in(self) -> None:
        """Come from the pad's side and then stand still."""
        seconds = style.theme().slide_s
        if seconds:
            self.shift = self.width / 3
            self.opacity = 0
            Animation(shift=0, opacity=1, duration=seconds, t="out_cubic").start(self)

    def lay(self, x: float, top: float, width: float) -> float:
        """Stand at `x` with the upper edge at `top`; the row's height in pixels."""
        if self._measured != (self.row, width):
            self.width = width
            self.height = self._measure(width)
            self._measured = (self.row, width)
        self.pos = (x + self.shift, top - self.height)
        self._place()
        return float(self.height)

    @property
    def button(self) -> ActButton | None:
        """The row's own button, if there is something to do with this one copy."""
        return self._button

    def _paint(self, row: Row) -> None:
        theme = style.theme()
        tint = theme.tints[row.tone]
        self.loud = row.tone in _LOUD
        self.note, self.sign = row.note, tint.sign
        self.ground, self.tone_ink = tint.ground, tint.ink
        self.edge = theme.brand if theme.edge_mm else tint.ground
        self.ids.cover.show(row.cover, row.icon)
        self._show_button(row)
        self._show_place(row)

    def _show_place(self, row: Row) -> None:
        if row.place is None:
            if self._sign is not None:
                self.remove_widget(self._sign)
                self._sign = None
            return
        if self._sign is None:
            self._sign = PlaceSign()
            self.add_widget(self._sign)
        self._sign.show(row.place)

    def _show_button(self, row: Row) -> None:
        if row.action is None:
            if self._button is not None:
                self.remove_widget(self._button)
                self._button = None
            return
        if self._button is None:
            self._button = ActButton(row.action, self._emit)
            self.add_widget(self._button)
        self._button.show(row.action, focused=False)
        self._button.stacked = self._button.small = True
        self._button.icon_mm = _BUTTON_ICON_MM

    def height_at(self, width: float) -> float:
        """How high the row would be at that width; nothing is drawn for it."""
        theme, below = style.theme(), self._goes_below(width)
        room = self._text_room(width, below)
        note_px = theme.body if self.loud else theme.detail
        lines = height_of(self._title_at(room), theme.body, room)
        lines += height_of(self.note, note_px, room)
        grid = theme.mm(GRID_MM)
        high: float = max(theme.mm(LEAST_MM), math.ceil((lines + theme.mm(3)) / grid) * grid)
        end, inset = self._end_size()[1], theme.mm(_INSET_MM)
        if not end:
            return high
        return high + end + inset if below else max(end + 2 * inset, high)

    def _measure(self, width: float) -> float:
        self._below = self._goes_below(width)
        room = self._text_room(width, self._below)
        self.title = self._title_at(room)
        self.ids.title.fit(room)
        self.ids.note.fit(room)
        self._fit_author(room)
        return self.height_at(width)

    def _goes_below(self, width: float) -> bool:
        """The button or sign stands below the words rather than break a word beside it."""
        if not self._end_size()[0]:
            return False
        return self._widest_word() > self._text_room(width, below=False)

    def _title_at(self, room: float) -> str:
        font_px = style.theme().body
        title = hyphenated(self.row.title, font_px=font_px, width=room)
        return shorten(title, font_px=font_px, width=room, lines=2)

    def _end_size(self) -> tuple[float, float]:
        """Of the button or the sign at the row's end; 0, 0 without one.

        Large letters need a larger button; none is smaller than a fingertip.
        """
        if self._sign is not None:
            return self._sign.least_size()
        if self._button is None:
            return 0.0, 0.0
        theme = style.theme()
        words = width_of(self._button.label, theme.body) + theme.mm(2 * _PAD_MM)
        lines = theme.body * _LINE + theme.mm(_BUTTON_ICON_MM + 2 * _INSET_MM)
        return max(theme.mm(_BUTTON_MM), words), max(theme.mm(LEAST_MM), lines)

    def _widest_word(self) -> float:
        font_px = style.theme().body
        return max((width_of(word, font_px) for word in self.row.title.split()), default=0.0)

    def _fit_author(self, room: float) -> None:
        """The author follows the title where the line has room, else only the cover knows him."""
        theme = style.theme()
        taken = width_of(self.title, theme.body) + theme.mm(4)
        needed = width_of(self.row.author, theme.detail)
        self.author = self.row.author if self.row.author and taken + needed <= room else ""
        self.ids.author.fit(needed + 1)

    def _text_room(self, width: float, below: bool) -> float:
        theme = style.theme()
        taken = theme.mm(_INSET_MM + _COVER_MM + _BADGE_MM + 2 * _PAD_MM)
        end = self._end_size()[0]
        if end and not below:
            taken += end + theme.mm(_INSET_MM)
        return max(1.0, width - taken)

    def _place(self) -> None:
        theme, ids = style.theme(), self.ids
        wide, least = self._end_size()
        below = least + theme.mm(_INSET_MM) if self._below else 0.0
        middle = self.y + below + (self.height - below) / 2
        cover, sign, title, note = ids.cover, ids.sign, ids.title, ids.note
        cover.pos = self.x + theme.mm(_INSET_MM), middle - cover.height / 2
        sign.pos = cover.x + cover.width + theme.mm(_BADGE_MM) - sign.width, cover.y - theme.mm(1)
        left = cover.x + theme.mm(_COVER_MM + _BADGE_MM + _PAD_MM)
        note_height = note.texture_size[1] if self.note else 0
        low = middle - (title.texture_size[1] + note_height) / 2
        note.pos = left, low
        title.pos = left, low + note_height
        ids.author.pos = (
            left + width_of(self.title, theme.body) + theme.mm(_PAD_MM),
            title.y + DESCENT * (theme.body - theme.detail),  # one baseline
        )
        end = self._sign or self._button
        if end is not None:
            inset = theme.mm(_INSET_MM)
            end.size = wide, least if below else self.height - 2 * inset
            end.pos = self.x + self.width - wide - inset, self.y + inset

    def _pop_sign(self) -> None:
        seconds = style.theme().tick_s
        if seconds:
            Animation.cancel_all(self, "sign_scale")
            self.sign_scale = 0.3
            Animation(sign_scale=1.0, duration=seconds, t="out_back").start(self)
