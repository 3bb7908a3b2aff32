"""Real keys through SDL's queue, and a voice that is heard on the sound card."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiosk.phrases import can_speak
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Open
from tests.kiosk.screens.view_words import RU

DOWN, ENTER, F1, F2, ESCAPE = 81, 40, 58, 59, 41


def test_keys_reach_the_session_by_their_meaning(open_kiosk: Open) -> None:
    driver = open_kiosk(views.start(RU))

    for scancode in (DOWN, DOWN, ENTER, F1, F2, ESCAPE):
        driver.hit(scancode)

    assert driver.shell.keys == ["next", "next", "press", "help", "speech", "back"]


def test_a_key_that_means_nothing_is_swallowed(open_kiosk: Open) -> None:
    driver = open_kiosk(views.start(RU))

    driver.hit(4)  # the letter A

    assert driver.shell.keys == []


def test_what_is_seen_is_said(open_kiosk: Open) -> None:
    driver = open_kiosk(replace(views.start(RU), speech=True))

    driver.show(replace(views.pad_told(RU), speech=True))

    first, second = driver.voice.sayings
    assert first.text.startswith("Приложите читательский билет")
    assert second.text.startswith("Положите книги на полку. Книга 1. Записано")


SPEAKING = """
import sys
from kiosk.__main__ import prepare
prepare(ppi=149, fullscreen=False, size=(320, 240))
from kivy.clock import Clock
from kiosk.narrator import Saying
from kiosk.phrases import Phrases
from kiosk.voice import Voice
heard = []
voice = Voice(Phrases(), heard.append)
voice.say(Saying("Эту фразу никто не услышит до конца, она слишком длинная.", "ru", True))
voice.say(Saying("Положите книги на полку.", "ru", True, private=True))
voice.say(Saying("Записано.", "ru", False))
for _ in range(1200):
    Clock.tick()
    if heard and not heard[-1]:
        break
voice.close()
print(heard)
"""


@pytest.mark.skipif(not can_speak(), reason="espeak-ng is not installed")
def test_the_voice_is_heard_and_tells_when_it_ends(tmp_path: Path) -> None:
    pcm = tmp_path / "heard.raw"
    surroundings = os.environ | {
        "SDL_VIDEODRIVER": "offscreen",
        "SDL_AUDIODRIVER": "disk",
        "SDL_DISKAUDIOFILE": str(pcm),
    }

    ran = subprocess.run(
        [sys.executable, "-c", SPEAKING],
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.stdout.strip().splitlines()[-1] == "[True, False]", ran.stderr
    samples = np.fromfile(pcm, np.int16)
    loud = np.abs(samples.astype(np.int32)) > 500
    assert loud.sum() > 10_000  # a second of speech and more
