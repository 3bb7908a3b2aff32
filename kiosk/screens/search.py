"""Search: the words that are being typed, and one key for each letter.

The keys take the whole panel: 36 fingertips of 20 mm fill a 10.1-inch one. So there is no bar and
no title here; what the title says stands where the words will stand.
"""

from collections.abc import Sequence

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.screens import style
from kiosk.screens.buttons import ActButton, Buttons, Emit
from kiosk.screens.captions import width_of
from kiosk.screens.sheet import Sheet
from kiosk.view import Action, View

KEY_MM = 20.0
_GAP_MM, _WIDEST_MM, _HIGHEST_MM = 1.5, 34.0, 28.0
_TOP_MM, _BACK_MM, _PAD_MM = 30.0, 24.0, 4.0
_TOP_KEYS = 2
_CURSOR = "|"


class TypedLine(Widget):
    """One or two lines with what was typed; its end is what counts, so its beginning is cut."""

    text = StringProperty()
    written = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        self._words = self._hint = ""
        super().__init__(**kwargs)

    def show(self, words: str, hint: str) -> None:
        """These words, or the hint where there are none."""
        self._words, self._hint, self.written = words, hint, bool(words)
        self.lay()

    def lay(self) -> None:
        """Cut the words to the room there is."""
        theme, caption = style.theme(), self.ids.words
        room = max(1.0, self.width - 2 * theme.mm(_PAD_MM))
        text = self._words + _CURSOR if self.written else self._hint
        while self.written and len(text) > 2 and width_of(text, theme.body) > room:
            text = text[1:]
        self.text = text
        caption.fit(room)
        middle = self.y + (self.height - caption.texture_size[1]) / 2
        caption.pos = self.x + theme.mm(_PAD_MM), middle


class LetterPad(Buttons):
    """The keys in the order of the alphabet, in as many columns as fingertips have room."""

    def show(self, actions: Sequence[Action], focus: str | None) -> None:
        """Letters large; the other keys as signs or as keyboards write them."""
        super().show(actions, focus)
        for each in self._buttons.values():
            if each.icon:
                each.stacked = True
                each.be_bare()
            else:
                each.say(brief=True)
                each.be_figure()

    def fit(self, width: float) -> float:
        """Take this width; it is as high as it is told to be."""
        self.width = width
        return float(self.height)

    def place(self, *_: object) -> None:
        """From the upper left; the last three keys end the last line."""
        keys = list(self._buttons.values())
        if not keys:
            return
        theme = style.theme()
        gap = theme.mm(_GAP_MM)
        columns = self._columns(len(keys))
        rows = -(-len(keys) // columns)
        wide = min(theme.mm(_WIDEST_MM), (self.width - gap * (columns - 1)) / columns)
        high = min(theme.mm(_HIGHEST_MM), (self.height - gap * (rows - 1)) / rows)
        top = self.y + self.height
        for number, key in enumerate(keys):
            row, column = divmod(number, columns)
            key.size = wide, high
            key.pos = self.x + column * (wide + gap), top - (row + 1) * high - row * gap

    def _columns(self, count: int) -> int:
        """As few lines as there can be, their keys as wide as can be."""
        theme = style.theme()
        gap = theme.mm(_GAP_MM)
        most = max(1, int((self.width + gap) // (theme.mm(KEY_MM) + gap)))
        lines = -(-count // most)
        return -(-count // lines)


class TopKeys(Buttons):
    """Find and back beside the words, the primary one outermost, signs above their words."""

    def fit(self, width: float) -> float:
        """Take no more than this width, and only what the words need; the height in pixels."""
        theme = style.theme()
        gap = theme.mm(_PAD_MM)
        self.width = min(width, sum(self._wide(each) + gap for each in self._buttons.values()))
        return theme.mm(_TOP_MM)

    def place(self, *_: object) -> None:
        """From the right."""
        gap, right = style.theme().mm(_PAD_MM), self.x + self.width
        for each in self._buttons.values():
            wide = self._wide(each)
            each.pos, each.size = (right - wide, self.y), (wide, self.height)
            right -= wide + gap

    def _wide(self, button: ActButton) -> float:
        theme = style.theme()
        button.say(brief=True, pictured=False)
        button.stacked = True
        words = width_of(button.label, theme.body, bold=True) + theme.mm(_PAD_MM)
        return max(theme.mm(_BACK_MM), words)


class SearchScreen(Sheet):
    """Words and two buttons above, keys below."""

    heeds_reach = False  # the keys fill the panel, and begin at its lower edge

    def __init__(self, emit: Emit) -> None:
        style.load_beside(__file__)
        super().__init__(emit)
        self.ids.pad.emit = self.ids.top.emit = emit

    def stacked(self, view: View) -> Sequence[Action]:
        return ()

    def show_middle(self, view: View, focus: str | None) -> None:
        self.ids.top.show(view.actions[:_TOP_KEYS], focus)
        self.ids.pad.show(view.actions[_TOP_KEYS:], focus)
        said = view.notice.text if view.notice else ""
        self.ids.line.show("" if said else view.typed, said or view.title)
        self.ids.notice.show(None)  # said where the words stand

    def place_middle(self, x: float, y: float, width: float, height: float) -> None:
        """The whole screen is its middle."""

    def place(self, *_: object) -> None:
        """Words and buttons along the upper edge, the keys in all the rest."""
        if self.view is None:
            return
        self.title = self.subtitle = self.count = ""
        theme, ids = style.theme(), self.ids
        margin = self._margin()
        x, width = self.x + margin, self.width - 2 * margin
        high = ids.top.fit(width)
        low, top = self.y + margin, self.y + self.height - margin - high
        ids.top.pos, ids.top.height = (x + width - ids.top.width, top), high
        ids.top.place()
        ids.line.pos, ids.line.size = (x, top), (width - ids.top.width, high)
        ids.line.lay()
        ids.pad.pos, ids.pad.size = (x, low), (width, top - theme.mm(_GAP_MM) - low)
        ids.pad.place()
