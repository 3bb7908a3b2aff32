"""The sounds as sounds: their pitch, length and loudness, measured in their samples."""

import io
import wave

import numpy as np
import pytest

from kiosk.sounds import Sound
from kiosk.tones import RATE_HZ, wav


def samples(sound: Sound) -> np.ndarray:
    with wave.open(io.BytesIO(wav(sound))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


def pitch_hz(part: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(part, 1 << 17))
    return float(spectrum.argmax() * RATE_HZ / (1 << 17))


@pytest.mark.parametrize("sound", Sound)
def test_a_sound_is_short_and_neither_silent_nor_clipped(sound: Sound) -> None:
    heard = samples(sound)

    assert 0.2 < len(heard) / RATE_HZ < 1.2
    assert 10_000 < np.abs(heard).max() < 20_000
    assert abs(heard[0]) < 100


def test_each_further_book_is_one_step_up_the_chord() -> None:
    steps = [pitch_hz(samples(sound)) for sound in list(Sound)[1:5]]

    assert steps == pytest.approx([261.6, 329.6, 392.0, 523.3], rel=0.01)


def test_put_it_back_is_two_equal_notes() -> None:
    heard = samples(Sound.PUT_BACK)
    half = int(0.22 * RATE_HZ)

    assert pitch_hz(heard[:half]) == pytest.approx(pitch_hz(heard[half:]), rel=0.01)


def test_stop_is_the_lowest() -> None:
    assert pitch_hz(samples(Sound.STOP)) == min(pitch_hz(samples(each)) for each in Sound)
