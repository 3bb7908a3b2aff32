"""Pictures of the kiosk for the documents: `python -m tests.kiosk.screens.pictures [FOLDER]`."""

import os
import sys
from pathlib import Path

from kiosk.__main__ import prepare
from tests.kiosk.screens import views

PANELS = {
    "1280x800": ((1280, 800), 149.0),
    "1024x600": ((1024, 600), 118.0),
    "600x1024": ((600, 1024), 118.0),
    "1920x1080": ((1920, 1080), 141.0),
    "1080x1920": ((1080, 1920), 141.0),
}
"""Panel: window size in pixels, pixels per inch."""

PICTURED = (
    "start",
    "pad_empty",
    "pad",
    "put_back",
    "returned",
    "done",
    "warning",
    "account",
    "access",
    "search",
    "found",
    "damage",
    "closed",
    "service",
    "problem",
)

LARGEST = (1920, 1920)
"""First size of the window: SDL's offscreen surface never grows beyond it."""


def take(folder: Path, panels: list[str], language: str) -> None:
    """One PNG per screen and panel."""
    from PIL import Image

    from tests.kiosk.screens.driver import open_on

    for panel in panels:
        driver = open_on(views.start(language), panel)
        for name in PICTURED:
            driver.show(views.SCREENS[name](language))
            Image.fromarray(driver.pixels()).save(folder / f"{name}-{panel}-{language}.png")
        driver.close()


def main() -> None:
    """All screens on two panels in Russian, for the documents."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    prepare(ppi=149, fullscreen=False, size=LARGEST)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    take(folder, sys.argv[2:3] or ["1280x800", "1080x1920"], (sys.argv[3:4] or ["ru"])[0])


if __name__ == "__main__":
    main()
