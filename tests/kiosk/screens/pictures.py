"""Pictures of the kiosk for the documents: `python -m tests.kiosk.screens.pictures [FOLDER]`."""

import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from kiosk.__main__ import prepare
from kiosk.view import View
from tests.kiosk.screens import views

PANELS = {
    "1280x800": ((1280, 800), 149.0),
    "1024x600": ((1024, 600), 118.0),
    "600x1024": ((600, 1024), 118.0),
    "1920x1080": ((1920, 1080), 141.0),
    "1080x1920": ((1080, 1920), 141.0),
}
"""Panel: window size in pixels, pixels per inch."""

PICTURED = {
    "start": "start",
    "start_contrast": "start contrast",
    "class": "class",
    "class_list": "class_list",
    "pad_empty": "pad_empty",
    "pad": "pad",
    "pad_large": "pad 1.5",
    "pad_pictures": "pad pictures",
    "crowded": "crowded",
    "put_back": "put_back",
    "returned": "returned",
    "damage": "damage",
    "done": "done",
    "warning": "warning",
    "account": "account",
    "access": "access",
    "search": "search",
    "found": "found",
    "pin": "pin",
    "service": "service",
    "closed": "closed",
    "problem": "problem",
}
"""Picture: the screen, and what somebody wishes of it."""

GOLDEN_PANELS = ("1280x800", "600x1024")
FOLDER = Path(__file__).parents[3] / "docs" / "pictures"
DRAWN_BY = FOLDER / "drawn-by.txt"
"""The renderer that drew them. Only the same one draws the same bits: see `test_golden`."""

LARGEST = (1920, 1920)
"""First size of the window: SDL's offscreen surface never grows beyond it."""


def view_of(picture: str, language: str) -> View:
    """The view that a picture shows."""
    screen, *wishes = PICTURED[picture].split()
    return views.for_somebody(views.SCREENS[screen](language), " ".join(wishes))


def file_of(folder: Path, picture: str, panel: str, language: str) -> Path:
    """Where a picture is kept."""
    return folder / f"{picture}-{panel}-{language}.png"


def renderer() -> str:
    """What draws: its name, its version and its processor, in one line. A window must be open."""
    from kivy.graphics.opengl import GL_RENDERER, GL_VERSION, glGetString

    names = [glGetString(word).decode() for word in (GL_RENDERER, GL_VERSION)]
    return " / ".join([*names, _processor()])


def _processor() -> str:
    """Its arithmetic: Mesa makes other code for another one, and that rounds otherwise."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    flags = next((line.split() for line in lines if line.startswith(("flags", "Features"))), [])
    arithmetic = sorted(flag for flag in flags if flag.startswith(("avx", "fma", "sse4", "asimd")))
    return " ".join([platform.machine(), *arithmetic])


def take(folder: Path, panels: Sequence[str], language: str) -> None:
    """One PNG per picture and panel."""
    from PIL import Image

    from tests.kiosk.screens.driver import open_on

    for panel in panels:
        driver = open_on(views.start(language), panel)
        for picture in PICTURED:
            driver.show(view_of(picture, language))
            path = file_of(folder, picture, panel, language)
            Image.fromarray(driver.pixels()).save(path, optimize=True)
        driver.close()


def main() -> None:
    """All pictures on two panels in Russian: for the documents, and as the golden ones."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    prepare(ppi=149, fullscreen=False, size=LARGEST)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    take(folder, sys.argv[2:3] or GOLDEN_PANELS, (sys.argv[3:4] or ["ru"])[0])
    if folder == FOLDER:
        DRAWN_BY.write_text(renderer() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
