"""The kiosk's sounds, made from arithmetic: soft struck notes of C major as WAV bytes.

Short and warm (look.md): each further book is one step up the chord, "done" resolves it, "put it
back" is two equal notes, "stop" is low and short.
"""

import cmath
import io
import math
import wave
from array import array
from dataclasses import dataclass

from kiosk.sounds import Sound

RATE_HZ = 22_050
_PEAK = 0.5  # of full scale: three notes of a chord together stay below clipping
_ATTACK_S = 0.006  # shorter than this clicks
_PARTIALS = ((1.0, 1.0, 1.0), (2.0, 0.32, 0.6), (4.0, 0.08, 0.3))
"""(multiple of the pitch, loudness, length) of each partial: roughly a wooden bar."""

_G3, _C4, _E4, _G4, _C5, _E5, _G5 = 196.0, 261.63, 329.63, 392.0, 523.25, 659.26, 783.99


@dataclass(frozen=True, slots=True)
class Note:
    """One struck note."""

    at_s: float
    pitch_hz: float
    decay_s: float = 0.16


MELODIES: dict[Sound, tuple[Note, ...]] = {
    Sound.CARD: (Note(0.0, _G4, 0.12),),
    Sound.BOOK_1: (Note(0.0, _C4),),
    Sound.BOOK_2: (Note(0.0, _E4),),
    Sound.BOOK_3: (Note(0.0, _G4),),
    Sound.BOOK_4: (Note(0.0, _C5),),
    Sound.DONE: (Note(0.0, _G4), Note(0.11, _C5, 0.3), Note(0.11, _E5, 0.26), Note(0.11, _G5, 0.2)),
    Sound.PUT_BACK: (Note(0.0, _E4, 0.12), Note(0.22, _E4, 0.12)),
    Sound.STOP: (Note(0.0, _G3, 0.1),),
}


def wav(sound: Sound) -> bytes:
    """The sound as a mono 16-bit WAV file."""
    samples = _mix(MELODIES[sound])
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(array("h", (round(32767 * sample) for sample in samples)).tobytes())
    return memory.getvalue()


def _mix(notes: tuple[Note, ...]) -> list[float]:
    end_s = max(note.at_s + 3 * note.decay_s for note in notes)
    mixed = [0.0] * int(end_s * RATE_HZ)
    for note in notes:
        for partial in _PARTIALS:
            _strike(mixed, note, partial)
    loudest = max(abs(sample) for sample in mixed)
    return [sample * _PEAK / loudest for sample in mixed]


def _strike(mixed: list[float], note: Note, partial: tuple[float, float, float]) -> None:
    """Add one dying partial: a pointer that turns and shrinks by one factor per sample."""
    multiple, loudness, length = partial
    turn = cmath.exp(
        complex(-1 / (note.decay_s * length), math.tau * note.pitch_hz * multiple) / RATE_HZ
    )
    pointer = complex(loudness)
    start, attack = int(note.at_s * RATE_HZ), int(_ATTACK_S * RATE_HZ)
    for index in range(start, len(mixed)):
        mixed[index] += pointer.imag * min(1.0, (index - start) / attack)
        pointer *= turn
