"""One real window for all screen tests: SDL's offscreen driver, no sound card, no animations."""

import os
from collections.abc import Iterator

import pytest

from kiosk.__main__ import prepare
from tests.kiosk.screens.pictures import LARGEST

if not os.environ.get("DISPLAY"):
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
os.environ["SDL_AUDIODRIVER"] = "dummy"
prepare(ppi=149, fullscreen=False, size=LARGEST)

from kiosk.view import View  # noqa: E402
from tests.kiosk.screens.driver import Driver, Open, open_on  # noqa: E402


@pytest.fixture
def open_kiosk() -> Iterator[Open]:
    """Opens the kiosk on a panel, showing a view; closes it afterwards."""
    opened: list[Driver] = []

    def open_and_keep(view: View, panel: str = "1280x800") -> Driver:
        opened.append(open_on(view, panel))
        return opened[-1]

    yield open_and_keep
    for driver in opened:
        driver.close()
