"""What a person can see or hear at one moment: made by `present`, drawn by `screens`, spoken.

Every text is already in the person's language. A screen decides nothing: it draws a `View` and
emits action ids.
"""

from dataclasses import dataclass
from enum import StrEnum


class ScreenName(StrEnum):
    """The screens of the kiosk."""

    START = "start"
    CLASS = "class"  # between two pupils of a class session
    CLASS_LIST = "class_list"
    PAD = "pad"
    PUT_BACK = "put_back"
    DONE = "done"
    ACCOUNT = "account"
    ACCESS = "access"
    PROBLEM = "problem"
    PIN = "pin"
    SERVICE = "service"
    SEARCH = "search"  # the keys; what was found is FOUND
    FOUND = "found"
    DAMAGE = "damage"
    CLOSED = "closed"
    DARK = "dark"


class Weight(StrEnum):
    """How much an action stands out. One primary at most on a screen."""

    PRIMARY = "primary"
    PLAIN = "plain"
    SMALL = "small"


class Tone(StrEnum):
    """What a row or notice means; a screen gives each a colour and a sign, never colour alone."""

    BUSY = "busy"
    DONE = "done"
    WAIT = "wait"  # amber: the loan stands, the tag is still armed
    STOP = "stop"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Action:
    """Something the person may do now. The order in a View is focus order and spoken order."""

    id: str
    label: str
    spoken: str
    weight: Weight = Weight.PLAIN
    icon: str = ""
    enabled: bool = True
    short: str = ""  # one word for the youngest and for small panels; empty: the label is short
    on: bool | None = None  # a wish that is switched on or off; None: no switch


@dataclass(frozen=True, slots=True)
class Cover:
    """What a typographic cover is drawn from: same book, same face, everywhere."""

    title: str
    author: str
    section: str  # ББК section, picks the colour family


@dataclass(frozen=True, slots=True)
class Place:
    """Where a returned book is to be put: picture, words and colour say the same."""

    icon: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One copy in a list. `key` is stable for the copy's whole stay on the pad."""

    key: str
    title: str
    author: str
    note: str  # «Записано · до 14 октября», or the reason in words with its code
    tone: Tone
    cover: Cover | None = None  # None: a placeholder, the title has not come yet
    action: Action | None = None  # e.g. renew this one
    spoken: str = ""
    place: Place | None = None
    icon: str = ""  # instead of a cover, for what is no book


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence or two about what happened and what to do."""

    text: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class View:
    """The whole screen."""

    screen: ScreenName
    language: str
    title: str
    spoken: str
    subtitle: str = ""
    count: str = ""  # the one figure that matters: «4 книги»
    rows: tuple[Row, ...] = ()
    actions: tuple[Action, ...] = ()
    bar: tuple[Action, ...] = ()  # language, help: on every screen
    notice: Notice | None = None
    banner: str = ""  # along the upper edge: a class session stands, and how long still
    status: str = ""  # small line at the foot: «Нет связи», «Учебный считыватель»
    seconds_left: int | None = None
    seconds_total: int | None = None
    focus: int | None = None
    typed: str = ""  # on the screen with the keys
    # how this person wants it
    text_scale: float = 1.0
    contrast: bool = False
    low_reach: bool = False
    pictograms: bool = False
    speech: bool = False
    gain: float = 1.0  # of the voice
    private: bool = False  # headphones are in: what is spoken may hold names and titles
    guide: str = ""  # said once, when speech starts
    spoken_left: str = ""  # the countdown, at the few moments when it is said
