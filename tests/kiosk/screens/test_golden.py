"""The pictures in the documents are what the kiosk draws: bit for bit where the same Mesa draws.

Letters come from wheels and are the same everywhere. Edges come from the machine's software GL:
another Mesa, or another processor under it, rounds an edge's blending otherwise. So what drew the
pictures is written beside them; with the same they must be equal, with another one no more than a
hair along the edges may differ.

After a wanted change: `python -m tests.kiosk.screens.pictures`, look at them, commit them.
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Driver, open_on
from tests.kiosk.screens.pictures import (
    DRAWN_BY,
    FOLDER,
    GOLDEN_PANELS,
    PICTURED,
    file_of,
    renderer,
    view_of,
)
from tests.kiosk.screens.view_words import RU

HAIR = 24  # of 255: how far blending at an edge may differ between two renderers
HAIRS = 0.0005  # of all pixels may differ by more; a letter that moved is ten times as many


@pytest.fixture(scope="module", params=GOLDEN_PANELS)
def panel(request: pytest.FixtureRequest):
    driver = open_on(views.start(RU), request.param)
    yield request.param, driver
    driver.close()


def difference(drawn: np.ndarray, kept: np.ndarray) -> str:
    """Empty when they agree as well as the renderer lets them; else what does not."""
    if drawn.shape != kept.shape:
        return f"{drawn.shape} instead of {kept.shape}"
    if renderer() == DRAWN_BY.read_text(encoding="utf-8").strip():
        wrong = int((drawn != kept).any(axis=2).sum())
        return f"{wrong} pixels differ" if wrong else ""
    apart = np.abs(drawn.astype(np.int16) - kept.astype(np.int16)).max(axis=2)
    share = float((apart > HAIR).mean())
    return f"{share:.3%} of the pixels differ" if share > HAIRS else ""


@pytest.mark.parametrize("picture", PICTURED)
def test_the_kiosk_draws_what_the_documents_show(
    panel: tuple[str, Driver], picture: str, tmp_path: Path
) -> None:
    size, driver = panel
    kept = np.asarray(Image.open(file_of(FOLDER, picture, size, RU)).convert("RGB"))

    driver.show(view_of(picture, RU))
    drawn = driver.pixels()

    found = difference(drawn, kept)
    if found:
        Image.fromarray(drawn).save(tmp_path / "drawn.png")
    assert not found, f"{found}: compare with {tmp_path / 'drawn.png'}"


def test_a_letter_that_moved_is_seen(panel: tuple[str, Driver]) -> None:
    size, driver = panel
    kept = np.asarray(Image.open(file_of(FOLDER, "start", size, RU)).convert("RGB"))
    driver.show(view_of("start", RU))

    moved = np.roll(driver.pixels(), 1, axis=1)
    other = driver.pixels().copy()
    other[: other.shape[0] // 8] = np.roll(other[: other.shape[0] // 8], 1, axis=1)

    apart = np.abs(other.astype(np.int16) - kept.astype(np.int16)).max(axis=2)
    assert difference(moved, kept)
    assert float((apart > HAIR).mean()) > HAIRS  # only the title moved by one pixel
