"""Plays the session's sounds through Kivy's mixer. Import after the environment is set."""

import tempfile
from pathlib import Path
from typing import Any

from kivy.core.audio import SoundLoader

from kiosk.sounds import Sound
from kiosk.tones import wav


class Speaker:
    """All sounds, made and loaded once; a machine without a sound card stays silent."""

    def __init__(self, volume: float) -> None:
        """`volume` from 0 to 1."""
        self._volume = volume
        self._folder = tempfile.TemporaryDirectory(prefix="polka-sounds-")
        self._loaded = {sound: self._load(sound) for sound in Sound}

    @property
    def works(self) -> bool:
        """False without a sound card: SDL then loads each file with the length 0."""
        return all(loaded is not None and loaded.length > 0 for loaded in self._loaded.values())

    def play(self, sound: Sound) -> None:
        """Start the sound and return at once; call from the main thread."""
        loaded = self._loaded[sound]
        if loaded is None:
            return
        loaded.stop()  # the same note again starts anew
        loaded.volume = self._volume
        loaded.play()

    def close(self) -> None:
        """Let go of the sound files."""
        for loaded in self._loaded.values():
            if loaded is not None:
                loaded.unload()
        self._folder.cleanup()

    def _load(self, sound: Sound) -> Any:
        path = Path(self._folder.name) / f"{sound.value}.wav"
        path.write_bytes(wav(sound))
        return SoundLoader.load(str(path))
