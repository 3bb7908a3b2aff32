"""What a drop says: a number and a sentence, in the reader's language, and on paper no name."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from circulation.reasons import Reason
from kiosk.drop.display import LineDisplay, Shown, shown, slip
from kiosk.drop.events import FlapMoved
from kiosk.events import ReaderLost
from kiosk.i18n import load_texts
from tests.kiosk.drop.conftest import Play

RU = load_texts("ru")


def sentence(play: Play) -> str:
    return shown(play.state, RU).sentence


def test_it_asks_for_books_and_thanks_for_each(play: Play) -> None:
    before = shown(play.state, RU)
    play.put_in(1)
    working = sentence(play)
    play.wait(2)

    assert before == Shown(0, "Положите сюда книги")
    assert working == "Минутку…"
    assert shown(play.state, RU) == Shown(1, "Спасибо! Следующая книга?")


def test_a_closed_slot_says_what_to_do(play: Play) -> None:
    play.happens(ReaderLost())
    lost = sentence(play)
    play = Play()
    play.fill("a", "b")
    full = sentence(play)
    play = Play()
    play.happens(FlapMoved(opened=True))
    play.wait(31)

    assert "библиотекарю" in lost
    assert full.startswith("Места больше нет")
    assert sentence(play) == "Закройте, пожалуйста, дверцу"


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason.TAG_FOREIGN, "другой библиотеки"),
        (Reason.TAG_UNREADABLE, "не считалась"),
        (Reason.TAG_NOT_AN_ITEM, "не библиотечная"),
    ],
)
def test_what_is_not_taken_back_is_said(play: Play, reason: Reason, words: str) -> None:
    play.put_in_odd(1, reason)

    assert words in sentence(play)


def test_the_next_visit_begins_at_nothing(play: Play) -> None:
    play.put_in(1)
    play.wait(2)
    play.falls(1)

    play.wait(20)

    assert shown(play.state, RU) == Shown(0, "Положите сюда книги")


def test_a_line_display_shows_what_is_new_within_its_width(tmp_path: Path) -> None:
    glass = tmp_path / "glass"
    glass.touch()
    display = LineDisplay(glass, RU, columns=16)

    for _ in range(3):
        display.show(Shown(2, "Спасибо! Следующая книга?"))

    lines = glass.read_bytes().decode().removeprefix("\x1b[2J\x1b[H").split("\r\n")
    assert lines == ["Принято: 2", "", "Спасибо!", "Следующая книга?"]


def test_a_display_that_is_away_costs_nothing(tmp_path: Path) -> None:
    LineDisplay(tmp_path / "no" / "glass", RU, columns=20).show(Shown(0, "Положите сюда книги"))

    assert not (tmp_path / "no").exists()


def test_a_display_that_is_back_shows_what_is_to_be_seen_now(tmp_path: Path) -> None:
    glass = tmp_path / "unplugged" / "glass"
    display = LineDisplay(glass, RU, columns=20)
    display.show(Shown(0, "Положите сюда книги"))
    glass.parent.mkdir()
    glass.touch()

    display.show(Shown(0, "Положите сюда книги"))

    assert "Положите сюда книги" in glass.read_text()


def test_a_display_that_takes_no_bytes_holds_nothing_up(tmp_path: Path) -> None:
    glass = tmp_path / "glass"
    os.mkfifo(glass)  # nobody reads: to open it as usual would wait for ever
    display = LineDisplay(glass, RU, columns=20)

    display.show(Shown(0, "Положите сюда книги"))

    reader = os.open(glass, os.O_RDONLY | os.O_NONBLOCK)
    display.show(Shown(0, "Положите сюда книги"))
    said = os.read(reader, 1000).decode()
    os.close(reader)
    assert "Положите сюда книги" in said


def test_the_receipt_says_how_many_when_and_where() -> None:
    at = datetime(2026, 10, 16, 18, 30, tzinfo=UTC)

    text = slip(3, RU, library="Библиотека школы № 33", at=at, columns=32)

    assert text.splitlines() == [
        "Библиотека школы № 33",
        "16.10.2026 18:30",
        "-" * 32,
        "Приняты 3 книги. Спасибо!",
        "-" * 32,
    ]
