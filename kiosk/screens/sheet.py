"""The skeleton of every screen: two columns on a wide panel, one on a tall one.

A sheet places its parts itself instead of nesting box layouts: what stands where is then readable
in one place, and a new row costs one pass, not five.
"""

from collections.abc import Sequence
from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.buttons import Emit
from kiosk.screens.captions import width_of
from kiosk.screens.notices import FIGURE_MM
from kiosk.screens.stacks import BAR_CELL_MM
from kiosk.view import Action, View

GAP_MM = 4.0
MIDDLE_LEAST_MM = 24.0  # less than this shows nobody anything
_SIDE_SHARE = 0.30  # of a wide panel's width, for the column of buttons
_SIDE_LEAST_MM, _SIDE_MOST_MM = 70.0, 96.0
_TALL_MM = 260.0  # a one-column panel of this height has room for books and for a large button


class Sheet(Widget):
    """Draws what all screens share; a screen adds the middle and says where a picture goes."""

    title = StringProperty()
    subtitle = StringProperty()
    count = StringProperty()
    status = StringProperty()
    wide = BooleanProperty(True)
    ground = ColorProperty()
    at_edge = False
    """On a wide panel the actions stand along the lower edge, whatever the reach."""
    heeds_reach = True
    """Low reach moves everything that is pressed into the lower part of the panel."""

    spares = False
    """Greeting and title go for the middle even where there is no notice."""

    def __init__(self, emit: Emit, **kwargs: object) -> None:
        super().__init__(ground=style.theme().paper, **kwargs)
        self.view: View | None = None
        self.ids.actions.emit = self.ids.bar.emit = self.ids.strip.emit = emit
        self._soon = Clock.create_trigger(self.place, -1)
        for trigger in ("pos", "size"):
            self.fbind(trigger, self._soon)

    def on_size(self, _: Widget, size: tuple[float, float]) -> None:
        """Two columns on a wide panel."""
        self.wide = size[0] > size[1]
        if self.view is not None:
            self._show(self.view)

    def render(self, view: View) -> None:
        """Draw this view from now on."""
        if view == self.view:
            return
        self.view = view
        self._show(view)
        self.place()

    def _show(self, view: View) -> None:
        self.count, self.status = view.count, view.status
        focus = _focused(view)
        self.ids.notice.show(view.notice)
        self.ids.countdown.show(view.seconds_left, view.seconds_total)
        low, edge = self._is_low(), self._is_at_edge()
        standing = view.actions if low and self.wide else self.stacked(view)
        self.ids.strip.show(standing if edge else (), focus)
        self.ids.actions.show(() if edge else standing, focus)
        self.ids.bar.show(view.bar, focus)
        self.show_middle(view, focus)

    def stacked(self, view: View) -> Sequence[Action]:
        """The actions that stand in the stack; a screen may keep some for its middle."""
        return view.actions

    def show_middle(self, view: View, focus: str | None) -> None:
        """Draw the part of the view that only this screen has; `focus` is the focused action."""
        raise NotImplementedError

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        """Put the screen's own part into the room that is left."""
        raise NotImplementedError

    def place_picture(self, x: float, y: float, width: float, height: float) -> None:
        """Room left in the side column of a wide panel, for a small picture."""

    def place(self, *_: object) -> None:
        """Put every part in its place."""
        if self.view is None:
            return
        self.title, self.subtitle = self.view.title, self.view.subtitle
        self.count = self.view.count
        if self._is_at_edge():
            self._along_the_edge()
        elif self.wide:
            self._two_columns()
        else:
            self._one_column()

    def _is_at_edge(self) -> bool:
        return self.wide and (self.at_edge or self._is_low())

    def _is_low(self) -> bool:
        return self.heeds_reach and style.theme().low_reach

    def _margin(self) -> float:
        theme = style.theme()
        return theme.mm(8 if min(self.width, self.height) > theme.mm(150) else 5)

    def _two_columns(self) -> None:
        theme, ids = style.theme(), self.ids
        margin, gap = self._margin(), theme.mm(GAP_MM)
        side = self._side()
        lead = self.width - 2 * margin - theme.mm(6) - side
        x, bottom, high = self.x + margin, self.y + margin, self.y + self.height - margin
        low = self._foot(x, bottom, lead)
        self._spare(high - low, lead)
        top = self._hang(self._head(), x, high, lead)
        self.place_middle(x, low, lead, top - low)

        x = self.x + self.width - margin - side
        figure = ids.figure.fit(side)
        ids.actions.columns = 1
        ids.actions.height = ids.actions.fit_within(side, high - bottom - figure - gap)
        ids.actions.pos = x, bottom
        top = self._hang((ids.figure,), x, high, side)
        low = bottom + ids.actions.height + (gap if ids.actions.height else 0)
        self.place_picture(x, low, side, top - low)

    def _along_the_edge(self) -> None:
        """Everything a finger needs in the lower part, the rest above it."""
        theme, ids = style.theme(), self.ids
        margin, gap = self._margin(), theme.mm(GAP_MM)
        x, width, bottom = self.x + margin, self.width - 2 * margin, self.y + margin
        ids.strip.height = ids.strip.fit(width)
        ids.strip.pos = x, bottom
        ids.bar.height = ids.bar.fit(width - ids.strip.side - gap)
        ids.bar.pos = x, bottom
        low = bottom + max(ids.strip.height, ids.bar.height) + gap
        low = self._put_status(x, low, width)
        high = self.y + self.height - margin
        self._spare(high - low, width)
        top = self._head_with_figure(x, high, width)
        top = self._hang((ids.notice, ids.countdown), x, top, width)
        self.place_middle(x, low, width, top - low)
        self.place_picture(x, low, 0, 0)

    def _one_column(self) -> None:
        theme, ids = style.theme(), self.ids
        margin, gap = self._margin(), theme.mm(GAP_MM)
        x, width, bottom = self.x + margin, self.width - 2 * margin, self.y + margin
        high = self.y + self.height - margin
        low = self._put_bar(x, bottom, width)
        reach = self._is_low()  # then the status has to stand above what fingers need
        low = low if reach else self._put_status(x, low, width)
        ids.actions.columns = 2
        crowded = self.view is not None and len(self.view.rows) > 0
        ids.actions.share_primary = reach or (crowded and self.height < theme.mm(_TALL_MM))
        ids.actions.height = ids.actions.fit_within(width, (high - low) / 2)
        ids.actions.pos = x, low
        low += ids.actions.height + gap if ids.actions.height else 0
        low = self._put_status(x, low, width) if reach else low
        self._spare(high - low, width)
        top = self._head_with_figure(x, high, width)
        top = self._hang((ids.notice, ids.countdown), x, top, width)
        self.place_middle(x, low, width, top - low)
        self.place_picture(x, low, 0, 0)

    def _side(self) -> float:
        """Width of the column of buttons."""
        theme = style.theme()
        larger = 1 + (theme.text_scale - 1) / 4
        least, most = theme.mm(_SIDE_LEAST_MM * larger), theme.mm(_SIDE_MOST_MM)
        return float(min(max(self.width * _SIDE_SHARE, least), most))

    def _spare(self, room: float, width: float) -> None:
        """Large letters on a small panel: the greeting goes, then the title, for what matters.

        Where that does not help either, the list is hidden and the title may stay.
        """
        least = self.middle_least()
        title = self.title
        for part in ("", "subtitle", "title"):
            if part:
                setattr(self, part, "")
            if room - self._head_height(width) >= least or not (
                self.spares or self.ids.notice.text
            ):
                return
        self.title = title
        if room < self._head_height(width):
            self.title = ""

    def _head_height(self, width: float) -> float:
        gap = style.theme().mm(GAP_MM)
        return float(sum(high + gap for high in (each.fit(width) for each in self._head()) if high))

    def middle_least(self) -> float:
        """A lower middle shows nobody anything."""
        theme = style.theme()
        return theme.mm(MIDDLE_LEAST_MM * theme.text_scale)

    def _head_with_figure(self, x: float, top: float, width: float) -> float:
        """Title and name, the figure beside one of them where it fits: that leaves room for books.

        Returns the upper edge of what is left.
        """
        theme, ids = style.theme(), self.ids
        if not self.title:  # no room even for that
            self.count = ""
        room = ids.figure.least_width() + theme.mm(GAP_MM)
        if not self.count:
            return self._hang((ids.title, ids.subtitle), x, top, width)
        if width_of(self.title, theme.title, bold=True) + room <= width:
            rise = theme.mm(3)  # the figure's capitals stand higher than the title's
            below = self._hang((ids.title, ids.subtitle), x, top - rise, width)
            self._put_figure(x + width, ids.title.y, room)  # both stand on one line
            return below
        if width_of(self.subtitle, theme.body) + room <= width:
            top = self._hang((ids.title,), x, top, width)
            self._put_figure(x + width, top - theme.mm(FIGURE_MM), room)
            ids.subtitle.height = ids.subtitle.fit(width - room)
            ids.subtitle.pos = x, top - ids.subtitle.height
            return float(ids.figure.y) - theme.mm(GAP_MM)
        return self._hang((ids.title, ids.subtitle, ids.figure), x, top, width)

    def _put_figure(self, right: float, low: float, room: float) -> None:
        figure = self.ids.figure
        figure.height = figure.fit(room - style.theme().mm(GAP_MM))
        figure.pos = right - figure.width, low

    def _foot(self, x: float, y: float, width: float) -> float:
        """The bar, and above it the status; the lower edge of what is left."""
        return self._put_status(x, self._put_bar(x, y, width), width)

    def _put_bar(self, x: float, y: float, width: float) -> float:
        """The upper edge of the bar, with its gap."""
        theme, ids = style.theme(), self.ids
        count = len(self.view.bar) if self.view else 0
        gap = theme.mm(GAP_MM)
        room = min(width, count * theme.mm(BAR_CELL_MM) + max(0, count - 1) * gap)
        ids.bar.height = ids.bar.fit(room)
        ids.bar.pos = x, y
        return float(y + (ids.bar.height + gap if count else 0))

    def _put_status(self, x: float, y: float, width: float) -> float:
        """The upper edge of the status line, if there is one."""
        status = self.ids.status
        status.height = status.fit(width)
        status.pos = x, y
        return float(y + (status.height + style.theme().mm(GAP_MM) / 2 if self.status else 0))

    def _head(self) -> Sequence[Any]:
        return self.ids.title, self.ids.subtitle, self.ids.notice, self.ids.countdown

    def _hang(self, parts: Sequence[Any], x: float, top: float, width: float) -> float:
        """Hang the parts below each other; the upper edge of what is left."""
        gap = style.theme().mm(GAP_MM)
        for part in parts:
            height = part.fit(width)
            part.height, part.pos = height, (x, top - height)
            close = part is self.ids.title and self.subtitle  # these two belong together
            top -= height + gap * (bool(height) and not close)
        return top


def _focused(view: View) -> str | None:
    """The id of the action that the keypad stands on: screen, then rows, then bar."""
    if view.focus is None:
        return None
    in_rows = (row.action for row in view.rows if row.action is not None)
    return (*view.actions, *in_rows, *view.bar)[view.focus].id
