"""How long a new screen takes to be on the glass, in software GL, without motion.

From the event that changes the view to the frame that shows it; the first time with building the
screen, later with the screen kept.
"""

import os
import statistics
import time

from tests.bench.result import Result, at_most, percentile

ROUNDS = 8
PANEL = "1280x800"
NAMES = ("start", "pad", "account", "search", "found", "returned", "damage", "done", "access")


def measure_screens() -> list[Result]:
    """The p95 of a switch between screens that were shown before, and the median of a first one."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    from kiosk.__main__ import prepare
    from tests.kiosk.screens.pictures import LARGEST

    prepare(ppi=149, fullscreen=False, size=LARGEST)
    from tests.kiosk.screens import views
    from tests.kiosk.screens.driver import open_on

    driver = open_on(views.dark("ru"), PANEL)
    shown = [views.SCREENS[name]("ru") for name in NAMES]
    first = [_switch_ms(driver, view) for view in shown]
    later = [_switch_ms(driver, view) for _ in range(ROUNDS) for view in shown]
    driver.close()
    return [
        at_most("kiosk.screen_switch_p95", percentile(later, 0.95), "ms", limit=50),
        at_most("kiosk.screen_first_median", statistics.median(first), "ms", limit=150),
    ]


def _switch_ms(driver, view) -> float:
    from kivy.graphics.opengl import glFinish

    began = time.perf_counter()
    driver.shell.view = view
    driver.shell.wake()
    driver.frames()
    glFinish()  # the frame is drawn to its end
    took = time.perf_counter() - began
    driver.settle()
    return took * 1000
