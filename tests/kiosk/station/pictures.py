"""Pictures of the station: `python -m tests.kiosk.station.pictures [FOLDER] [LANGUAGE]`."""

import os
import sys
from pathlib import Path

from kiosk.__main__ import prepare
from tests.kiosk.screens.pictures import LARGEST


def take(folder: Path, language: str) -> None:
    """One PNG per screen, on a PC's panel."""
    from PIL import Image

    from tests.kiosk.screens.driver import open_on
    from tests.kiosk.station import views

    driver = open_on(views.number(language), "1280x800")
    for name, make in views.SCREENS.items():
        driver.show(make(language))
        Image.fromarray(driver.pixels()).save(folder / f"{name}-1280x800-{language}.png")
    driver.close()


def main() -> None:
    """All screens in Russian."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    prepare(ppi=110, fullscreen=False, size=LARGEST)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    take(folder, (sys.argv[2:3] or ["ru"])[0])


if __name__ == "__main__":
    main()
