"""The window around the screens: events in, frames out, and what happens when something breaks."""

import contextlib
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from kivy.base import ExceptionManager
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.app import TICK_S, KioskApp
from kiosk.screens.buttons import ActButton
from kiosk.screens.rows import BookRow
from kiosk.sound import Speaker
from kiosk.sounds import Sound
from kiosk.theme import Theme
from kiosk.view import ScreenName, Tone
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Driver, Open
from tests.kiosk.screens.glass import shelves, words
from tests.kiosk.screens.pictures import PANELS
from tests.kiosk.screens.view_words import EN, RU


def texts(root: object) -> list[str]:
    return [each.label.text for each in words(root)]


def test_a_book_is_on_the_glass_in_the_frame_after_its_event(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU, 3))
    before = driver.pixels().copy()
    view = views.pad(RU, 3)
    fresh = replace(view.rows[2], key="fresh", title="Муму")
    driver.shell.view = replace(view, rows=(fresh, *view.rows))

    driver.shell.wake()
    driver.frames(1)
    after = driver.pixels().copy()
    driver.settle()

    assert "Муму" in texts(driver.app.sheet)
    assert (after != before).any()
    assert (driver.pixels() == after).all()


def test_events_may_come_from_any_thread(open_kiosk: Open) -> None:
    driver = open_kiosk(views.start(RU))
    driver.shell.view = views.pad(RU)

    reader = threading.Thread(target=driver.shell.wake)
    reader.start()
    reader.join()
    driver.settle()

    assert driver.app.sheet.view.screen is ScreenName.PAD


def test_rows_that_stay_keep_their_widgets(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU, 6))
    (shelf,) = shelves(driver.app.sheet)
    before = [each for each in shelf.window.children if isinstance(each, BookRow)]
    view = views.pad(RU, 6)
    healed = replace(view.rows[1], tone=Tone.DONE, note="Записано · до 14 октября")

    driver.show(replace(view, rows=(view.rows[0], healed, *view.rows[2:])))

    assert [each for each in shelf.window.children if isinstance(each, BookRow)] == before


def test_nothing_is_drawn_at_rest(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU))
    flips: list[int] = []
    Window.bind(on_flip=lambda _: flips.append(1))

    driver.frames(30)

    assert flips == []


def test_the_language_changes_on_the_screen_that_is_shown(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU))
    sheet = driver.app.sheet

    driver.show(views.pad(EN))

    assert driver.app.sheet is sheet
    assert "Put your books on the pad" in texts(sheet)
    assert "Готово" not in texts(sheet)
    assert "Done" in texts(sheet)


def test_what_leaves_the_view_leaves_the_glass(open_kiosk: Open) -> None:
    driver = open_kiosk(views.account(RU))

    driver.show(views.start(RU))

    shown = driver.pixels().copy()
    assert driver.app.sheet.view.screen is ScreenName.START
    driver.close()
    fresh = open_kiosk(views.start(RU))
    assert (fresh.pixels() == shown).all()


def test_an_account_left_behind_is_not_seen_when_the_next_person_opens_theirs(
    open_kiosk: Open,
) -> None:
    driver = open_kiosk(views.account(RU))
    driver.show(views.start(RU))

    driver.show(replace(views.account(RU), subtitle="Борис К., 7 «А»", rows=(), count=""))

    assert "Анна П., 5 «Б»" not in texts(driver.app.sheet)
    assert "Капитанская дочка" not in texts(driver.app.sheet)


def test_an_exception_shows_the_problem_and_ends(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU))

    answer = ExceptionManager.handle_exception(RuntimeError("a bug"))
    driver.settle()

    assert answer == ExceptionManager.PASS
    assert driver.app.failed
    assert driver.app.sheet.view.screen is ScreenName.PROBLEM
    assert ExceptionManager.handle_exception(RuntimeError("again")) == ExceptionManager.RAISE


def test_systemd_hears_of_a_window_that_works_off_what_waits_and_not_of_a_broken_one(
    open_kiosk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(tmp_path / "notify"))
        supervisor.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        driver = open_kiosk(views.start(RU))

        heard = {word for _ in range(3) for word in ticked(driver, supervisor)}
        driver.app.fail()
        ticked(driver, supervisor)
        afterwards = ticked(driver, supervisor)

    assert heard == {b"READY=1", b"WATCHDOG=1"}
    assert b"WATCHDOG=1" not in afterwards


def ticked(driver: Driver, supervisor: socket.socket) -> list[bytes]:
    """What was said while the window's clock went on for more than a tick."""
    words: list[bytes] = []
    end = time.monotonic() + 1.5 * TICK_S
    while time.monotonic() < end:
        driver.frames(1)
    with contextlib.suppress(BlockingIOError):
        while True:
            words.append(supervisor.recv(64))
    return words


def test_f1_escape_and_alt_f4_do_nothing(open_kiosk: Open) -> None:
    driver = open_kiosk(views.start(RU))

    assert driver.app.open_settings() is False
    assert Window.dispatch("on_request_close") is True
    assert isinstance(driver.app, KioskApp)


def test_the_shell_is_started_and_stopped(open_kiosk: Open) -> None:
    driver = open_kiosk(views.start(RU))

    assert driver.shell.started
    assert not driver.shell.stopped
    driver.app.on_stop()
    assert driver.shell.stopped
    driver.app.on_start()


@pytest.mark.parametrize("panel", PANELS)
def test_the_keypad_s_place_is_framed(open_kiosk: Open, panel: str) -> None:
    view = views.account(RU)
    driver = open_kiosk(view, panel)

    driver.show(replace(view, focus=2))

    framed = [
        each.action.id
        for each in driver.app.sheet.walk(restrict=True)
        if isinstance(each, ActButton) and each.focused
    ]
    assert framed == ["cancel:1"]


def test_the_speaker_has_each_sound_and_plays_it_without_a_card() -> None:
    speaker = Speaker(0.5)

    speaker.load()
    for sound in Sound:
        speaker.play(sound)

    assert speaker.works
    speaker.close()


def test_with_motion_a_new_row_slides_in_and_comes_to_the_same_rest(
    open_kiosk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = open_kiosk(views.pad(RU, 3))
    still.show(views.warning(RU))
    at_rest = still.pixels().copy()
    still.close()
    size, ppi = PANELS["1280x800"]
    moving = Driver(views.pad(RU, 3), size=size, theme=Theme(ppi), broken=views.problem(RU))
    moving.shell.view = views.warning(RU)
    # on a busy machine one frame may take longer than the slide: here each takes a tenth of it
    now = Clock.get_time()
    monkeypatch.setattr(Clock, "time", lambda: now)

    moving.shell.wake()
    moving.frames(1)
    sliding = moving.pixels().copy()
    for _ in range(100):
        now += moving.theme.slide_s / 10
        moving.frames(1)
    arrived = moving.pixels().copy()
    moving.close()

    assert (sliding != at_rest).any()
    assert (arrived == at_rest).all()
