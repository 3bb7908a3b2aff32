"""Real fingers through SDL's queue: what a press does, and what it must not do."""

import pytest
from kivy.clock import Clock
from kivy.config import Config
from kivy.core.window import Window

from hw_sim import touch
from kiosk.app import SAME_PRESS_S
from kiosk.screens.buttons import ActButton
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Driver, Open
from tests.kiosk.screens.glass import box, shelves, targets
from tests.kiosk.screens.pictures import PANELS
from tests.kiosk.screens.view_words import RU


def button(driver: Driver, action_id: str) -> ActButton:
    return next(
        each
        for each in targets(driver.app.sheet)
        if isinstance(each, ActButton) and each.action.id == action_id
    )


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("action_id", ["borrow", "return", "account", "language", "help"])
def test_each_button_of_the_start_emits_its_id_once(
    open_kiosk: Open, action_id: str, panel: str
) -> None:
    driver = open_kiosk(views.start(RU), panel)

    driver.tap(button(driver, action_id))

    assert driver.shell.acts == [action_id]


def test_a_finger_reaches_kivy_once_and_not_through_a_second_provider(open_kiosk: Open) -> None:
    driver = open_kiosk(views.start(RU))
    downs: list[object] = []
    Window.fbind("on_touch_down", lambda _window, motion: downs.append(motion) and None)

    driver.tap(button(driver, "borrow"))

    assert len(downs) == 1
    # A Pi has an evdev node for the same glass, this machine has none: so look at the wiring too.
    assert Config.items("input") == [("mouse", "mouse,disable_multitouch")]


def test_the_same_press_again_within_half_a_second_is_not_meant(
    open_kiosk: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = open_kiosk(views.pad(RU))
    now = Clock.get_time()  # stands still: a busy machine may take longer than that for a tap
    monkeypatch.setattr(Clock, "time", lambda: now)

    driver.tap(button(driver, "finish"))
    driver.tap(button(driver, "finish"))
    now += SAME_PRESS_S
    driver.tap(button(driver, "finish"))

    assert driver.shell.acts == ["finish", "finish"]


def test_a_press_shows_before_the_finger_is_lifted(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU))
    finish = button(driver, "finish")
    before = tuple(finish.ground)

    driver.press(finish)
    pressed = tuple(finish.ground)
    driver.release(finish)

    assert pressed != before
    assert tuple(finish.ground) == before


@pytest.mark.parametrize(("slide_mm", "meant"), [(6, True), (12, False)])
def test_a_finger_may_slide_a_little_off_the_button(
    open_kiosk: Open, slide_mm: float, meant: bool
) -> None:
    driver = open_kiosk(views.pad(RU))
    place = box(button(driver, "finish"))
    start = (place.left + 20, place.low + 20)
    end = (place.left - driver.theme.mm(slide_mm), place.low + 20)

    driver.drag(start, end)

    assert driver.shell.acts == (["finish"] if meant else [])


def test_a_disabled_button_swallows_the_press(open_kiosk: Open) -> None:
    view = views.with_disabled_primary(views.start(RU))
    driver = open_kiosk(view)

    driver.tap(button(driver, "borrow"))

    assert driver.shell.acts == []


def test_renewing_one_book_names_that_book(open_kiosk: Open) -> None:
    driver = open_kiosk(views.account(RU), "1080x1920")

    driver.tap(button(driver, "renew:2"))

    assert driver.shell.acts == ["renew:2"]


@pytest.mark.parametrize("panel", PANELS)
def test_the_arrows_move_the_list_to_its_end_and_back(open_kiosk: Open, panel: str) -> None:
    driver = open_kiosk(views.warning(RU), panel)
    (shelf,) = shelves(driver.app.sheet)
    up, down = shelf.keys

    assert (up.enabled, down.enabled) == (False, True)
    for _ in range(20):
        driver.tap(down)
    assert (up.enabled, down.enabled) == (True, False)
    for _ in range(20):
        driver.tap(up)

    assert shelf.offset == 0
    assert driver.shell.acts == []


def test_a_finger_drags_the_list_and_presses_nothing(open_kiosk: Open) -> None:
    driver = open_kiosk(views.account(RU), "600x1024")
    (shelf,) = shelves(driver.app.sheet)
    place = box(button(driver, "renew:2"))
    start = (place.left + 20, place.low + 20)

    driver.drag(start, (start[0], start[1] + driver.theme.mm(30)))

    assert shelf.offset == pytest.approx(driver.theme.mm(30), abs=2)
    assert driver.shell.acts == []


def test_two_fingers_on_one_button_act_once(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU))
    finish = button(driver, "finish")
    x, y = finish.center

    touch.press(x, Window.height - 1 - y)
    touch.press(x + 5, Window.height - 1 - y)
    driver.frames(2)
    touch.release(x, Window.height - 1 - y)
    touch.release(x + 5, Window.height - 1 - y)
    driver.settle()

    assert driver.shell.acts == ["finish"]


def test_a_dark_panel_is_black_and_wakes_wherever_it_is_touched(open_kiosk: Open) -> None:
    driver = open_kiosk(views.dark(RU))

    black = int(driver.pixels().max())
    driver.tap(driver.app.sheet.ids.panel)

    assert black == 0
    assert driver.shell.acts == ["wake"]
