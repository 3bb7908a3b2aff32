"""Sentences as files: kept for the next time, but never a private one, and honest when mute."""

import os
import wave

import pytest

from kiosk import phrases as module
from kiosk.phrases import CannotSpeak, Phrases, can_speak

needs_espeak = pytest.mark.skipif(not can_speak(), reason="espeak-ng is not installed")


@pytest.fixture
def phrases(tmp_path):
    made = Phrases(tmp_path / "phrases")
    yield made
    made.close()


def seconds(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


@needs_espeak
def test_a_sentence_is_spoken_in_either_language(phrases):
    russian = phrases.wav("Положите книги на полку.", "ru", private=False)
    english = phrases.wav("Put the books on the pad.", "en", private=False)

    assert seconds(russian) > 0.8
    assert seconds(english) > 0.8
    assert russian != english


@needs_espeak
def test_a_sentence_is_made_once(phrases, monkeypatch):
    first = phrases.wav("Готово.", "ru", private=False)
    monkeypatch.setattr(module, "PROGRAM", "no-such-program")

    assert phrases.wav("Готово.", "ru", private=False) == first


@needs_espeak
def test_a_private_sentence_is_kept_nowhere(phrases, tmp_path):
    path = phrases.wav("Здравствуйте, Анна П.", "ru", private=True)
    path.unlink()

    assert list(tmp_path.rglob("*.wav")) == []


def test_a_recorded_sentence_is_preferred(phrases, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PROGRAM", "no-such-program")
    recorded = tmp_path / "phrases" / phrases.name_of("Готово.", "ru")
    recorded.parent.mkdir()
    recorded.write_bytes(b"a person's voice")

    assert phrases.wav("Готово.", "ru", private=False) == recorded


def test_a_kiosk_without_the_program_says_what_to_install(phrases, monkeypatch):
    monkeypatch.setattr(module, "PROGRAM", "no-such-program")

    with pytest.raises(CannotSpeak, match="apt-get install"):
        phrases.wav("Готово.", "ru", private=False)
    assert not can_speak()


@needs_espeak
def test_old_sentences_make_room(phrases, monkeypatch):
    monkeypatch.setattr(module, "_KEPT", 2)
    first = phrases.wav("Раз.", "ru", private=False)
    os.utime(first, (1, 1))

    phrases.wav("Два.", "ru", private=False)
    phrases.wav("Три.", "ru", private=False)

    assert not first.exists()


@needs_espeak
def test_a_read_only_disk_silences_nobody(tmp_path):
    taken = tmp_path / "file"
    taken.write_text("not a folder")
    phrases = Phrases(taken)

    path = phrases.wav("Готово.", "ru", private=False)

    assert seconds(path) > 0.1
    phrases.close()
