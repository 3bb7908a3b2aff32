"""One real window for all screen tests: SDL's offscreen driver, no sound card, no animations."""

import os
from collections.abc import Iterator

import pytest

from kiosk.__main__ import prepare
from tests.kiosk.screens import views
from tests.kiosk.screens.pictures import LARGEST, PANELS

if not os.environ.get("DISPLAY"):
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
os.environ["SDL_AUDIODRIVER"] = "dummy"
prepare(ppi=149, fullscreen=False, size=LARGEST)

from kiosk.theme import Theme  # noqa: E402
from kiosk.view import View  # noqa: E402
from tests.kiosk.screens.driver import Driver, Open  # noqa: E402


@pytest.fixture
def open_kiosk() -> Iterator[Open]:
    """Opens the kiosk on a panel, showing a view; closes it afterwards."""
    opened: list[Driver] = []

    def open_on(view: View, panel: str = "1280x800") -> Driver:
        size, ppi = PANELS[panel]
        theme = Theme(ppi, reduced_motion=True)
        broken = views.problem(view.language)
        opened.append(Driver(view, size=size, theme=theme, broken=broken))
        return opened[-1]

    yield open_on
    for driver in opened:
        driver.close()
