"""Steps the real kiosk app frame by frame in the test's own thread, on SDL's offscreen driver."""

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np
from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels
from kivy.uix.widget import Widget

from hw_sim import touch
from kiosk.app import KioskApp, Shell, Voice
from kiosk.keys import DEFAULT_KEYS, Keypad
from kiosk.narrator import Saying
from kiosk.screens import style
from kiosk.theme import Theme
from kiosk.view import View
from tests.kiosk.screens import views
from tests.kiosk.screens.pictures import PANELS


class Open(Protocol):
    """The fixture `open_kiosk`: opens the kiosk on a panel of `pictures.PANELS`."""

    def __call__(self, view: View, panel: str = ...) -> "Driver": ...


class ScriptedShell:
    """A shell that shows the views it is told to and remembers what was chosen."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.acts: list[str] = []
        self.keys: list[str] = []
        self.speaking: list[bool] = []
        self.started = self.stopped = False
        self.wake: Callable[[], None] = lambda: None

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.stopped = True

    def act(self, action_id: str) -> None:
        self.acts.append(action_id)

    def key(self, name: str) -> None:
        self.keys.append(name)

    def heard(self, *, speaking: bool) -> None:
        self.speaking.append(speaking)

    def tick(self) -> None:
        """A script has no time."""

    def on_ready(self, callback: Callable[[], None]) -> None:
        self.wake = callback

    def drain(self) -> View:
        return self.view


class ListeningVoice:
    """Remembers what it is told to say."""

    def __init__(self) -> None:
        self.sayings: list[Saying] = []

    def say(self, saying: Saying) -> None:
        self.sayings.append(saying)


class Driver:
    """One app in the one window that a process has."""

    _providers_added = False

    def __init__(
        self,
        view: View,
        *,
        size: tuple[int, int],
        theme: Theme,
        broken: View,
        shell: Shell | None = None,
        voice: Voice | None = None,
    ) -> None:
        """Without a shell the script of `view`; without a voice one that only listens."""
        Clock._max_fps = 0  # no sleep between frames
        if tuple(Window.system_size) != size:
            Window.size = size
        self.shell = ScriptedShell(view)
        self.voice = ListeningVoice()
        self.app = KioskApp(
            shell or self.shell,
            theme,
            keypad=Keypad(DEFAULT_KEYS),
            voice=voice or self.voice,
            broken=broken,
            closable=False,
        )
        self.app._run_prepare()  # what run() does before it loops
        if not Driver._providers_added:  # each call adds the input providers once more
            runTouchApp(embedded=True)
            Driver._providers_added = True
        self.settle()

    @property
    def theme(self) -> Theme:
        """The theme of the view that is shown."""
        return style.theme()

    def show(self, view: View) -> None:
        """As when an event came from a reader: the shell calls from outside."""
        self.shell.view = view
        self.shell.wake()
        self.settle()

    def frames(self, count: int = 1) -> None:
        for _ in range(count):
            EventLoop.idle()  # clock, input, layout, draw
            Window.mainloop()  # polls SDL; idle() alone does not

    def until(self, happened: Callable[[View], bool], timeout_s: float = 60.0) -> View:
        """Frames until the view on the glass is so."""
        end = time.monotonic() + timeout_s
        while True:
            self.frames()
            view = self.app.sheet.view
            if view is not None and happened(view):
                return view
            assert time.monotonic() < end, view
            time.sleep(0.005)  # the readers' threads want the processor, too

    def settle(self, limit: int = 120) -> None:
        quiet = 0
        for _ in range(limit):
            quiet = 0 if Window.canvas.needs_redraw else quiet + 1
            self.frames()
            if quiet >= 3:
                return
        raise AssertionError("the screen never came to rest")

    def press(self, widget: Widget) -> None:
        x, y = self._middle(widget)
        touch.press(x, y)
        self.frames(2)

    def release(self, widget: Widget) -> None:
        x, y = self._middle(widget)
        touch.release(x, y)
        self.settle()

    def tap(self, widget: Widget) -> None:
        self.press(widget)
        self.release(widget)

    def hit(self, scancode: int) -> None:
        """Press and release a key of the keypad."""
        touch.key(scancode, down=True)
        self.frames(2)
        touch.key(scancode, down=False)
        self.settle()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Slide a finger between two points given in Kivy's window pixels."""
        top = Window.height - 1
        touch.press(start[0], top - start[1])
        self.frames(2)
        for part in (0.25, 0.5, 0.75, 1.0):
            x, y = (a + (b - a) * part for a, b in zip(start, end, strict=True))
            touch.move(x, top - y)
            self.frames()
        touch.release(end[0], top - end[1])
        self.settle()

    def pixels(self) -> np.ndarray:
        """What is on the glass: rows from the top, RGB."""
        Window.dispatch("on_draw")
        width, height = Window.system_size
        raw = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        return np.frombuffer(raw, np.uint8).reshape(height, width, 3)[::-1]

    def close(self) -> None:
        self.app.dispatch("on_stop")
        for child in Window.children[:]:
            Window.remove_widget(child)
        type(self.app)._running_app = None

    def _middle(self, widget: Widget) -> tuple[float, float]:
        x, y = widget.to_window(*widget.center)
        return x, Window.height - 1 - y


def open_on(view: View, panel: str) -> Driver:
    """The kiosk on one of `pictures.PANELS`, without motion."""
    size, ppi = PANELS[panel]
    theme = Theme(ppi, reduced_motion=True)
    return Driver(view, size=size, theme=theme, broken=views.problem(view.language))
