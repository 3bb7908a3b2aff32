"""Plays the session's sounds through Kivy's mixer. Import after the environment is set."""

import tempfile
from pathlib import Path
from typing import Any

import structlog
from kivy.core.audio import SoundLoader

from kiosk.sounds import Sound
from kiosk.tones import wav

_log = structlog.get_logger("kiosk")


class Speaker:
    """Each sound is made once; a machine without a sound card stays silent. Main thread only."""

    def __init__(self, volume: float) -> None:
        """`volume` from 0 to 1."""
        self._volume = volume
        self._folder = tempfile.TemporaryDirectory(prefix="polka-sounds-")
        self._loaded: dict[Sound, Any] = {}

    def load(self) -> None:
        """Make all sounds now, so that none is late; says so when nobody will hear them."""
        for sound in Sound:
            self._ready(sound)
        if not self.works:
            _log.warning("kiosk_is_mute", why="no sound card answers")

    @property
    def works(self) -> bool:
        """False without a sound card: SDL then loads each file with the length 0."""
        return all(each is not None and each.length > 0 for each in self._loaded.values())

    def set_volume(self, volume: float) -> None:
        """From 0 to 1, from the next sound on."""
        self._volume = volume

    def play(self, sound: Sound) -> None:
        """Start the sound and return at once."""
        ready = self._ready(sound)
        if ready is None:
            return
        ready.stop()  # the same note again starts anew
        ready.volume = self._volume
        ready.play()

    def close(self) -> None:
        """Let go of the sound files."""
        for each in self._loaded.values():
            if each is not None:
                each.unload()
        self._loaded.clear()
        self._folder.cleanup()

    def _ready(self, sound: Sound) -> Any:
        if sound not in self._loaded:
            path = Path(self._folder.name) / f"{sound.value}.wav"
            path.write_bytes(wav(sound))
            self._loaded[sound] = SoundLoader.load(str(path))
        return self._loaded[sound]
