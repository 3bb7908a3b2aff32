"""The kiosk's window: draws and speaks what the shell says, hands it what fingers and keys choose.

Import only after `kiosk.__main__.prepare`: Kivy reads its environment at import.
"""

from collections.abc import Callable
from typing import Protocol

import structlog
from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager
from kivy.clock import Clock, ClockEvent
from kivy.core.window import Window
from kivy.uix.widget import Widget

from drivers.supervisor import Supervisor
from kiosk.keys import Keypad
from kiosk.narrator import Saying, narrate
from kiosk.panel import AFTER_FIRST_FRAME_S
from kiosk.screens import style
from kiosk.screens.access import AccessScreen
from kiosk.screens.account import AccountScreen
from kiosk.screens.banner import Banner
from kiosk.screens.closed import ClosedScreen
from kiosk.screens.damage import DamageScreen
from kiosk.screens.dark import DarkScreen
from kiosk.screens.pad import PadScreen
from kiosk.screens.pin import PinScreen
from kiosk.screens.problem import ProblemScreen
from kiosk.screens.putback import PutBackScreen
from kiosk.screens.search import SearchScreen
from kiosk.screens.sheet import Sheet
from kiosk.screens.start import StartScreen
from kiosk.screens.thanks import ThanksScreen
from kiosk.theme import Theme
from kiosk.view import ScreenName, View

log = structlog.get_logger(__name__)

FRAMES_S, RESTING_FRAMES_S = 100.0, 30.0
"""The most frames a second: each empty one costs 0.3 ms, all day long. Events wait for none."""
_RESTING = (ScreenName.START, ScreenName.CLOSED, ScreenName.DARK)
TICK_S = 0.25  # the session counts whole seconds: four looks a second never skip one
SAME_PRESS_S = 0.5  # EN 301 549, 5.8: an identical press within half a second is not meant
BROKEN_S = 5.0  # long enough to read "call the librarian" before the process ends and is restarted

SCREENS: dict[ScreenName, type[Sheet]] = {
    ScreenName.START: StartScreen,
    ScreenName.CLASS: StartScreen,
    ScreenName.CLASS_LIST: AccountScreen,  # a button per pupil
    ScreenName.PAD: PadScreen,
    ScreenName.PUT_BACK: PutBackScreen,
    ScreenName.DONE: ThanksScreen,
    ScreenName.ACCOUNT: AccountScreen,
    ScreenName.ACCESS: AccessScreen,
    ScreenName.PROBLEM: ProblemScreen,
    ScreenName.PIN: PinScreen,
    ScreenName.SEARCH: SearchScreen,
    ScreenName.FOUND: AccountScreen,
    ScreenName.DAMAGE: DamageScreen,
    ScreenName.CLOSED: ClosedScreen,
    ScreenName.DARK: DarkScreen,
    ScreenName.SERVICE: AccountScreen,  # a list with actions beside it, like an account
}


class Shell(Protocol):
    """What the window needs of the thin shell around the session."""

    def start(self) -> None:
        """Open readers and connections."""

    def stop(self) -> None:
        """Close them; nothing calls back afterwards."""

    def act(self, action_id: str) -> None:
        """A person chose this action of the last view."""

    def key(self, name: str) -> None:
        """This key of the keypad was pressed."""

    def heard(self, *, speaking: bool) -> None:
        """The voice began to speak, or came to its end."""

    def tick(self) -> None:
        """Time went on."""

    def on_ready(self, callback: Callable[[], None]) -> None:
        """Call back, from any thread, whenever events wait."""

    def drain(self) -> View:
        """Work off what waits and say what is to be seen now."""


class Voice(Protocol):
    """What speaks."""

    def say(self, saying: Saying) -> None:
        """Say this next, or at once when it interrupts; returns at once."""


class KioskApp(App):
    """One window, one shell. `failed` tells afterwards whether it ended by an exception."""

    def __init__(
        self,
        shell: Shell,
        theme: Theme,
        *,
        keypad: Keypad,
        voice: Voice | None,
        broken: View,
        closable: bool,
        later: Callable[[], None] = lambda: None,
    ) -> None:
        """`broken` is shown when the program itself fails; `closable`: the window may be closed.

        `later`: work that nobody needs in the first frame.
        """
        super().__init__()
        self.failed = False
        self._shell = shell
        self._theme = theme
        self._keypad = keypad
        self._voice = voice
        self._said: View | None = None
        self._next: View | None = None  # stepped already, drawn with the next frame
        self._broken = broken
        self._closable = closable
        self._later = later
        self._sheets: dict[ScreenName, Sheet] = {}
        self._ending: ClockEvent | None = None
        self._ahead: ClockEvent | None = None
        self._supervisor = Supervisor()
        self._last_press: tuple[str, float] = ("", -SAME_PRESS_S)

    def build(self) -> Widget:
        """An empty frame as large as the window; the first view fills it."""
        style.use(self._theme)
        Window.clearcolor = self._theme.paper
        self._frame = Widget()
        self._banner = Banner()
        self._frame.fbind("size", self._fill)
        return self._frame

    def on_start(self) -> None:
        """Open the shell and show the first view in the first frame."""
        Window.bind(on_request_close=self._on_close)
        Window.bind(on_key_down=self._on_key_down, on_key_up=self._on_key_up)
        Window.bind(on_flip=self._on_first_frame)
        self._handler = _LastWords(self)
        ExceptionManager.add_handler(self._handler)
        self._ticks = Clock.schedule_interval(self._tick, TICK_S)
        # The one thing other threads may do with Kivy. A free event does not wait for a frame.
        self._wake = Clock.create_trigger_free(self._work)
        self._draw = Clock.create_trigger(lambda _: self._show_next(), -1)
        self._shell.on_ready(self._wake)
        self._shell.start()
        self.show(self._shell.drain())
        self._supervisor.ready()

    def on_stop(self) -> None:
        """Close the shell; clock events of a stopped app would live on."""
        self._ticks.cancel()
        for event in (self._ahead, self._ending):
            if event is not None:
                event.cancel()
        self._wake.cancel()
        self._draw.cancel()
        ExceptionManager.remove_handler(self._handler)
        Window.unbind(on_request_close=self._on_close)
        Window.unbind(on_key_down=self._on_key_down, on_key_up=self._on_key_up)
        Window.unbind(on_flip=self._on_first_frame)
        self._shell.stop()
        self._supervisor.stopping()

    def open_settings(self, *_: object) -> bool:
        """F1 opens nothing on a kiosk."""
        return False

    @property
    def sheet(self) -> Sheet:
        """The screen that is shown."""
        (found,) = (each for each in self._frame.children if isinstance(each, Sheet))
        return found

    def show(self, view: View) -> None:
        """Draw and speak the view; costs nothing when it is the one on the glass."""
        self._speak(view)
        _pace(view)
        self._wear(self._theme.wear(view))
        sheet = self._sheet_of(view.screen)
        if sheet.parent is None:
            self._frame.clear_widgets()
            self._frame.add_widget(sheet)
            self._frame.add_widget(self._banner)
            self._fill()
        if self._banner.text != view.banner:
            self._banner.text = view.banner
            self._fill()
        sheet.render(view)

    def _sheet_of(self, screen: ScreenName) -> Sheet:
        if screen not in self._sheets:
            self._sheets[screen] = SCREENS[screen](self._act)
        return self._sheets[screen]

    def _on_first_frame(self, *_: object) -> None:
        Window.unbind(on_flip=self._on_first_frame)
        self._ahead = Clock.schedule_once(self._prepare, AFTER_FIRST_FRAME_S)

    def _prepare(self, _: float) -> None:
        """What the first book of the day must not wait for."""
        self._sheet_of(ScreenName.PAD)
        self._later()

    def _speak(self, view: View) -> None:
        saying = narrate(self._said, view) if view is not self._said else None
        self._said = view
        if saying is not None and self._voice is not None:
            self._voice.say(saying)

    def _wear(self, theme: Theme) -> None:
        """Widgets are built with their theme: another one builds the screens anew."""
        if theme == style.theme():
            return
        style.use(theme)
        Window.clearcolor = theme.paper
        self._sheets.clear()
        self._frame.clear_widgets()
        self._banner = Banner()

    def fail(self) -> None:
        """Something broke that should not: say so on the glass, then end for a restart."""
        self.failed = True
        self._ticks.cancel()
        self.show(self._broken)
        self._ending = Clock.schedule_once(lambda _: self.stop(), BROKEN_S)

    def _act(self, action_id: str) -> None:
        now = Clock.get_time()
        last_id, last_at = self._last_press
        self._last_press = (action_id, now)
        if self.failed or (action_id == last_id and now - last_at < SAME_PRESS_S):
            return
        self._shell.act(action_id)
        self._drain()

    def _on_key_down(self, _window: object, _symbol: int, scancode: int, *_: object) -> bool:
        key = self._keypad.down(scancode, Clock.get_time())
        if key is not None and not self.failed:
            self._shell.key(key)
            self._drain()
        return True  # Kivy's own answers to keys (F1, Escape) are not for a kiosk

    def _on_key_up(self, _window: object, _symbol: int, scancode: int, *_: object) -> bool:
        self._keypad.up(scancode)
        return True

    def _work(self, _: float) -> None:
        """Step the session at once, so that its orders go out; draw once for all of this frame."""
        if not self.failed:
            self._next = self._shell.drain()
            self._draw()

    def _show_next(self) -> None:
        if self._next is not None and not self.failed:
            self.show(self._next)

    def _drain(self) -> None:
        if not self.failed:
            self._wake.cancel()  # before the queue is emptied: who posts later wakes again
            self._draw.cancel()
            self.show(self._shell.drain())

    def _tick(self, _: float) -> None:
        self._shell.tick()
        self._drain()
        self._supervisor.alive()  # here and nowhere else: a frozen loop or an endless queue is seen

    def _fill(self, *_: object) -> None:
        frame = self._frame
        high = self._banner.fit(frame.width)
        self._banner.size = frame.width, high
        self._banner.pos = frame.x, frame.y + frame.height - high
        for sheet in frame.children:
            if sheet is not self._banner:
                sheet.pos, sheet.size = frame.pos, (frame.width, frame.height - high)

    def _on_close(self, *_: object) -> bool:
        return not self._closable


def _pace(view: View) -> None:
    """Kivy has no word for another pace than the one it began with; 0 is a test's, without any."""
    if Clock._max_fps:
        Clock._max_fps = RESTING_FRAMES_S if view.screen in _RESTING else FRAMES_S


class _LastWords(ExceptionHandler):
    """Logs the first exception and keeps the window for the sentence; a second one ends at once."""

    def __init__(self, app: KioskApp) -> None:
        super().__init__()
        self._app = app

    def handle_exception(self, exception: BaseException) -> int:
        if self._app.failed or not isinstance(exception, Exception):
            return int(ExceptionManager.RAISE)
        log.error("kiosk_failed", exc_info=exception)
        self._app.fail()
        return int(ExceptionManager.PASS)
