"""A kiosk in a room without anybody's eyes or fingers on the glass: keys, card, books, ears.

Run as a program it is one session of a pupil who sees nothing: every step is taken because of what
was said last. `SDL_AUDIODRIVER=disk` then holds what a person would have heard:
`python -m tests.kiosk.screens.alone FOLDER`.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from kiosk.__main__ import prepare
from kiosk.client import ControllerClient
from kiosk.narrator import Saying
from kiosk.shell import Ports, Shell
from kiosk.theme import Theme
from kiosk.view import View
from tests.kiosk.conftest import ScriptedReader
from tests.kiosk.screens.view_words import RU
from tests.kiosk.shell_room import CARD, UID, Room

DOWN, UP, ENTER, ESCAPE, F2 = 81, 82, 40, 41, 59
SIZE, PPI = (1280, 800), 149.0
MOST_STEPS = 40


class KeyedRoom(Room):
    """Its shell is made and not started: the window does that."""

    def open(self) -> "KeyedRoom":
        transport = httpx2.MockTransport(self.ledger)
        client = ControllerClient("http://controller", "s3cret", transport=transport)
        ports = Ports(
            lambda: self.reader, lambda: self.slot, client, self.sounds.append, speaks=True
        )
        self.shell = Shell(self.settings, ports)
        return self


class Ears:
    """Hears what is said, and passes it on to a voice if there is one."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.voice: Callable[[Saying], None] = lambda _: None

    def say(self, saying: Saying) -> None:
        self.heard.append(saying.text)
        self.voice(saying)

    @property
    def last(self) -> str:
        return next((text for text in reversed(self.heard) if text), "")


def seat(room: KeyedRoom, ears: Ears):
    """The window over the room's shell."""
    from tests.kiosk.screens import views
    from tests.kiosk.screens.driver import Driver

    return Driver(
        views.start(RU),
        size=SIZE,
        theme=Theme(PPI, reduced_motion=True),
        broken=views.problem(RU),
        shell=room.shell,
        voice=ears,
    )


def steps_to(driver, ears: Ears, words: str) -> None:
    """The arrow key until these words are heard, then the round one."""
    for _ in range(MOST_STEPS):
        if ears.last.rstrip(".").endswith(words):
            driver.hit(ENTER)
            return
        driver.hit(DOWN)
    raise AssertionError(f"{words!r} was never heard: {ears.heard}")


def hears(driver, ears: Ears, words: str) -> None:
    """Until these words were said."""
    driver.until(lambda _: any(words in text for text in ears.heard))


def borrow_by_ear(driver, room: KeyedRoom, ears: Ears) -> View:
    """The whole way from the marked key to “thank you”."""
    driver.hit(F2)
    hears(driver, ears, "Выбирайте стрелками")
    steps_to(driver, ears, "Взять книги")
    hears(driver, ears, "Приложите")
    room.slot.card = CARD
    hears(driver, ears, "Положите книги")
    room.lay_book(afi=0x07)
    hears(driver, ears, "Книга 1. Записано")
    steps_to(driver, ears, "Готово")
    hears(driver, ears, "Спасибо")
    room.slot.card = ""
    room.reader.tags.pop(UID)
    return driver.until(lambda view: not view.rows)


def main(folder: Path) -> None:
    """One session by ear; prints what was heard, as JSON."""
    prepare(ppi=PPI, fullscreen=False, size=SIZE)
    from kivy.clock import Clock

    from kiosk.phrases import Phrases
    from kiosk.voice import Voice

    room, ears = KeyedRoom(folder, ScriptedReader()).open(), Ears()
    speaking: list[bool] = []
    voice = Voice(Phrases(), lambda on: (speaking.append(on), room.shell.heard(speaking=on)))
    ears.voice = voice.say
    driver = seat(room, ears)
    driver.until(lambda view: view.screen.value == "start")
    borrow_by_ear(driver, room, ears)
    end = time.monotonic() + 60
    while speaking[-1] and time.monotonic() < end:  # the last sentence to its end
        driver.frames()
        Clock.tick()
        time.sleep(0.005)
    voice.close()
    driver.close()
    told = {"heard": ears.heard, "ended": not speaking[-1], "paths": room.paths()}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    main(Path(sys.argv[1]))
