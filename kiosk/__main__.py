"""Sets Kivy's environment before Kivy is imported, then runs the kiosk: `python -m kiosk`."""

import os


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
    # Kivy's defaults deliver each finger twice on a Pi: as SDL's mouse and from evdev.
    Config.remove_option("input", "%(name)s")
    Config.set("input", "mouse", "mouse,disable_multitouch")
