"""What Kivy reads before it is imported, and what a window shows when all else fails."""

import os
import signal
from collections.abc import Callable

from kiosk.i18n import load_texts
from kiosk.view import Notice, ScreenName, Tone, View

AFTER_FIRST_FRAME_S = 0.3  # what nobody needs in the first frame is made after it


def prepare(*, ppi: float, fullscreen: bool, size: tuple[int, int]) -> None:
    """Everything Kivy reads at import; must be called before `kiosk.app` is imported.

    The flags keep Kivy from reading our command line, writing into the home folder and adding log
    handlers; they count when present, whatever their value.
    """
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_DPI=str(round(ppi)),
    )
    from kivy.config import Config

    width, height = size
    Config.set("graphics", "width", str(width))
    Config.set("graphics", "height", str(height))
    Config.set("graphics", "fullscreen", "auto" if fullscreen else "0")
    # Edges are smoothed by the Smooth* instructions; multisampling would double the cost of
    # software rendering for nothing.
    Config.set("graphics", "multisamples", "0")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "kivy_clock", "free_only")  # its free events wake the loop between frames
    # Kivy's defaults deliver each finger twice on a Pi: as SDL's mouse and from evdev.
    Config.remove_option("input", "%(name)s")
    Config.set("input", "mouse", "mouse,disable_multitouch")


def end_when_told(stop: Callable[[], None]) -> None:
    """SIGTERM and SIGINT call `stop` between two frames, never within one. Of the main thread."""
    from kivy.clock import Clock

    end = Clock.create_trigger(lambda _: stop())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end())


def broken_view(language: str) -> View:
    """What is shown while the program ends because of a mistake in itself."""
    texts = load_texts(language)
    title = texts.say("The terminal is out of order for now")
    ask = texts.say("Please go to the librarian: we will gladly help")
    return View(
        screen=ScreenName.PROBLEM,
        language=language,
        title=title,
        spoken=f"{title}. {ask}",
        notice=Notice(ask, Tone.STOP),
    )
