"""Whole sessions without touching the glass: by keys, and by ear alone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from circulation.api import CHECKOUTS, RETURNS, SIGHTINGS
from kiosk.phrases import can_speak
from kiosk.view import ScreenName, Tone
from tests.kiosk.conftest import ScriptedReader
from tests.kiosk.screens.alone import (
    DOWN,
    ENTER,
    ESCAPE,
    F2,
    Ears,
    KeyedRoom,
    borrow_by_ear,
    hears,
    seat,
    steps_to,
)
from tests.kiosk.screens.driver import Driver
from tests.kiosk.shell_room import CARD, UID

ROOT = Path(__file__).parents[3]


@pytest.fixture
def room(tmp_path: Path) -> KeyedRoom:
    return KeyedRoom(tmp_path, ScriptedReader()).open()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def driver(room: KeyedRoom, ears: Ears) -> Iterator[Driver]:
    opened = seat(room, ears)
    opened.until(lambda view: view.screen is ScreenName.START)
    yield opened
    opened.close()


def walk_to(driver: Driver, action: str) -> None:
    """The arrow key until the frame stands on this action, then the round one."""
    for _ in range(40):
        view = driver.app.sheet.view
        in_rows = (row.action for row in view.rows if row.action)
        actions = [*view.actions, *in_rows, *view.bar]
        if view.focus is not None and actions[view.focus].id == action:
            driver.hit(ENTER)
            return
        driver.hit(DOWN)
    raise AssertionError(f"{action} was never reached: {driver.app.sheet.view}")


def test_a_whole_visit_by_keys_alone(driver: Driver, room: KeyedRoom) -> None:
    walk_to(driver, "return")
    room.ledger.state = room.ledger.state.ON_LOAN
    room.lay_book(afi=0xC2)
    driver.until(lambda view: bool(view.rows) and view.rows[0].tone is Tone.DONE)
    walk_to(driver, "finish")
    driver.until(lambda view: view.screen is ScreenName.DONE)
    driver.hit(ESCAPE)
    room.reader.tags.pop(UID)
    driver.until(lambda view: view.screen is ScreenName.START and view.notice is None)

    walk_to(driver, "language")
    driver.until(lambda view: view.language == "en")
    walk_to(driver, "search")
    walk_to(driver, "type:т")
    assert driver.until(lambda view: bool(view.typed)).typed == "т"
    walk_to(driver, "finish")

    walk_to(driver, "borrow")
    room.slot.card = CARD
    room.lay_book(afi=0x07)
    lent = driver.until(lambda view: bool(view.rows) and view.rows[0].tone is Tone.DONE)
    walk_to(driver, "finish")
    driver.until(lambda view: view.screen is ScreenName.DONE)

    assert lent.rows[0].title == "Два капитана"
    assert room.reader.afis[UID] == 0xC2
    driver.until(lambda _: room.paths()[-1] == SIGHTINGS)
    assert room.paths()[:2] == [RETURNS, CHECKOUTS]


def test_a_whole_loan_by_ear_alone(driver: Driver, room: KeyedRoom, ears: Ears) -> None:
    borrow_by_ear(driver, room, ears)

    assert "Анна" not in " ".join(ears.heard)  # nobody wears headphones
    assert "Два капитана" not in " ".join(ears.heard)
    assert room.reader.afis[UID] == 0xC2


def test_the_ear_finds_help_and_the_key_that_ends_speech(driver: Driver, ears: Ears) -> None:
    driver.hit(F2)
    steps_to(driver, ears, "Помощь")
    hears(driver, ears, "библиотекар")

    driver.hit(F2)

    assert ears.heard[-1] == ""  # be silent


@pytest.mark.skipif(not can_speak(), reason="espeak-ng is not installed")
def test_what_the_pupil_heard_was_on_the_sound_card(tmp_path: Path) -> None:
    pcm = tmp_path / "heard.raw"
    surroundings = os.environ | {
        "SDL_VIDEODRIVER": "offscreen",
        "SDL_AUDIODRIVER": "disk",
        "SDL_DISKAUDIOFILE": str(pcm),
    }

    ran = subprocess.run(
        [sys.executable, "-m", "tests.kiosk.screens.alone", str(tmp_path)],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=ROOT,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    assert told["ended"]
    assert any("Спасибо" in text for text in told["heard"])
    assert CHECKOUTS in told["paths"]
    samples = np.fromfile(pcm, np.int16)
    loud = np.abs(samples.astype(np.int32)) > 500
    assert loud.sum() > 10_000  # a second of speech and more
