"""Says sentences aloud: made on a thread, played on the UI's. Kivy's mixer; import it late."""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from kivy.clock import Clock
from kivy.core.audio import SoundLoader

from kiosk.narrator import Saying
from kiosk.phrases import CannotSpeak, Phrases

_log = structlog.get_logger("kiosk")


@dataclass(frozen=True, slots=True)
class _Job:
    turn: int
    saying: Saying


class Voice:
    """`say` returns at once. `on_speaking(True)` when a sentence begins after silence, False at the
    end of the last one; both on the UI's thread.
    """

    def __init__(self, phrases: Phrases, on_speaking: Callable[[bool], None]) -> None:
        self._phrases = phrases
        self._on_speaking = on_speaking
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._turn = 0  # sentences of an earlier turn were interrupted before they were heard
        self._waiting: list[tuple[Path, Saying]] = []
        self._open = 0  # sentences that are being made
        self._sound: Any = None
        self._speaking = False
        self._thread = threading.Thread(target=self._make, name="voice", daemon=True)
        self._thread.start()

    def say(self, saying: Saying) -> None:
        """Say this next, or at once when it interrupts."""
        if saying.interrupts:
            self._hush()
        if saying.text:
            self._open += 1
            self._jobs.put(_Job(self._turn, saying))
        self._tell()

    def close(self) -> None:
        """Be silent for good."""
        self._hush()
        self._jobs.put(None)
        self._thread.join(timeout=5)
        Clock.unschedule(self._made)
        self._phrases.close()

    def _make(self) -> None:
        while (job := self._jobs.get()) is not None:
            path: Path | None = None
            if job.turn == self._turn:
                try:
                    saying = job.saying
                    path = self._phrases.wav(saying.text, saying.language, private=saying.private)
                except CannotSpeak as error:
                    _log.error("cannot_speak", why=str(error))
            Clock.schedule_once(lambda _, job=job, path=path: self._made(job, path))

    def _made(self, job: _Job, path: Path | None) -> None:
        if job.turn != self._turn:
            _discard(path, job.saying)
            return
        self._open -= 1
        if path is not None:
            self._waiting.append((path, job.saying))
        self._play_next()

    def _play_next(self) -> None:
        if self._sound is None and self._waiting:
            path, saying = self._waiting.pop(0)
            self._sound = SoundLoader.load(str(path))
            _discard(path, saying)
            if self._sound is not None and self._sound.length > 0:
                self._sound.volume = saying.gain
                self._sound.bind(on_stop=self._ended)
                self._sound.play()
            else:
                self._sound = None  # no sound card: nobody hears it, and nothing waits for it
                self._waiting.clear()
        self._tell()

    def _ended(self, *_: object) -> None:
        self._sound = None
        self._play_next()

    def _hush(self) -> None:
        self._turn += 1
        self._open = 0
        for path, saying in self._waiting:
            _discard(path, saying)
        self._waiting.clear()
        if self._sound is not None:
            self._sound.unbind(on_stop=self._ended)
            self._sound.stop()
            self._sound = None

    def _tell(self) -> None:
        speaking = self._sound is not None or self._open > 0 or bool(self._waiting)
        if speaking is not self._speaking:
            self._speaking = speaking
            self._on_speaking(speaking)


def _discard(path: Path | None, saying: Saying) -> None:
    if path is not None and saying.private:
        path.unlink(missing_ok=True)
