"""Sentences as WAV files, spoken by espeak-ng and kept for the next time. No Kivy.

A sentence that a person has recorded may be laid into the folder under the name that `name_of`
gives it: it is then played instead. Private sentences are never kept.
"""

import contextlib
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

PROGRAM = "espeak-ng"
_SPEAK_S = 20.0  # a whole screen takes 0.3 s; whatever takes longer than this hangs
_KEPT = 400  # sentences of about 100 kB each: a day's worth, and no more of a small disk


class CannotSpeak(Exception):
    """The sentence could not be made; the message says why."""


class Phrases:
    """One voice with its folder. Methods block: not for the UI's thread."""

    def __init__(self, folder: Path | None = None, *, words_per_minute: int = 140) -> None:
        """Without `folder` sentences are kept only as long as the process lives."""
        self._own = tempfile.TemporaryDirectory(prefix="polka-phrases-")
        self._private = Path(self._own.name)
        self._folder = folder or self._private
        self._rate = words_per_minute

    def wav(self, text: str, language: str, *, private: bool) -> Path:
        """The file with this sentence; the caller removes a private one. `CannotSpeak`."""
        name = self.name_of(text, language)
        kept = self._folder / name
        if kept.is_file() and not private:
            kept.touch()
            return kept
        made = self._private / f"new-{name}"
        self._speak(text, language, made)
        if private:
            return made
        with contextlib.suppress(OSError):  # a full or read-only disk silences nobody
            self._folder.mkdir(parents=True, exist_ok=True)
            shutil.move(made, kept)
            self._forget_old()
            return kept
        return made

    def name_of(self, text: str, language: str) -> str:
        """The file name of a sentence."""
        mark = hashlib.sha256(f"{self._rate}\n{text}".encode()).hexdigest()[:24]
        return f"{language}-{mark}.wav"

    def close(self) -> None:
        """Remove what was made for the moment."""
        self._own.cleanup()

    def _speak(self, text: str, language: str, path: Path) -> None:
        # The text goes through a pipe: it may begin with a dash, and nobody sees it in `ps`.
        command = [PROGRAM, "-v", language, "-s", str(self._rate), "-w", str(path), "--stdin"]
        try:
            subprocess.run(  # noqa: S603 - fixed program, no shell
                command, input=text.encode(), check=True, capture_output=True, timeout=_SPEAK_S
            )
        except FileNotFoundError as error:
            raise CannotSpeak(f"{PROGRAM} is not installed: apt-get install {PROGRAM}") from error
        except subprocess.TimeoutExpired as error:
            raise CannotSpeak(f"{PROGRAM} did not end within {_SPEAK_S:.0f} s") from error
        except subprocess.CalledProcessError as error:
            raise CannotSpeak(error.stderr.decode(errors="replace").strip()) from error

    def _forget_old(self) -> None:
        kept = sorted(self._folder.glob("*.wav"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-_KEPT]:
            path.unlink(missing_ok=True)


def can_speak() -> bool:
    """True when the program is there."""
    return shutil.which(PROGRAM) is not None
