"""A class at the glass: a finger picks the pupil, and the banner stands above every screen."""

import pytest
from kivy.core.window import Window

from kiosk.screens.banner import Banner
from kiosk.screens.buttons import ActButton
from kiosk.view import ScreenName
from tests.kiosk.screens import class_views, views
from tests.kiosk.screens.driver import Driver, Open
from tests.kiosk.screens.glass import box, contrast, shelves, targets, words
from tests.kiosk.screens.pictures import PANELS
from tests.kiosk.screens.view_words import RU


def pressable(driver: Driver) -> dict[str, ActButton]:
    found = (each for each in targets(driver.app.sheet) if isinstance(each, ActButton))
    return {each.action.id: each for each in found}


def on_the_shelf(driver: Driver, action: str) -> ActButton:
    """This row's button, after as many pages as it takes."""
    (shelf,) = shelves(driver.app.sheet)
    down = shelf.keys[1]
    while action not in pressable(driver) or not box(pressable(driver)[action]).inside(box(shelf)):
        assert down.enabled
        driver.tap(down)
    return pressable(driver)[action]


def banner(driver: Driver) -> Banner:
    (found,) = (each for each in Window.children[0].children if isinstance(each, Banner))
    return found


@pytest.mark.parametrize("panel", PANELS)
def test_a_finger_finds_the_pupil_and_picks_him_once(open_kiosk: Open, panel: str) -> None:
    driver = open_kiosk(class_views.between(RU), panel)
    driver.tap(pressable(driver)["class_list"])
    driver.show(class_views.class_list(RU))

    driver.tap(on_the_shelf(driver, "pick:9"))

    assert driver.shell.acts == ["class_list", "pick:9"]


@pytest.mark.parametrize("theme", ["", "contrast", "1.5"])
@pytest.mark.parametrize("panel", ["1024x600", "600x1024"])
def test_the_banner_stands_above_every_screen_and_leaves_it_its_room(
    open_kiosk: Open, panel: str, theme: str
) -> None:
    view = views.for_somebody(class_views.between(RU), theme)
    driver = open_kiosk(view, panel)
    strip = banner(driver)
    pixels = driver.pixels()
    (told,) = words(strip)

    assert told.label.text == "5А · Выдача учебников · ещё 14\N{NO-BREAK SPACE}минут"
    assert contrast(pixels, told.box) >= (7.0 if view.contrast else 4.5)
    assert told.box.inside(box(strip))
    assert box(driver.app.sheet).high <= box(strip).low + 1

    driver.show(views.for_somebody(views.start(RU), theme))

    assert banner(driver).height == 0
    assert driver.app.sheet.height == Window.height


def test_the_class_screen_gives_way_to_the_pupil(open_kiosk: Open) -> None:
    driver = open_kiosk(class_views.class_list(RU))

    driver.show(views.pad(RU))

    assert driver.app.sheet.view.screen is ScreenName.PAD
    assert not [each for each in words(driver.app.sheet) if "Борис" in each.label.text]


@pytest.mark.parametrize("panel", PANELS)
def test_a_finger_chooses_one_of_the_teachers_classes(open_kiosk: Open, panel: str) -> None:
    driver = open_kiosk(class_views.class_choice(RU), panel)

    seen = {each.label.text for each in words(driver.app.sheet)}
    driver.tap(on_the_shelf(driver, "lead:3"))
    driver.tap(pressable(driver)["class_skip"])

    assert driver.shell.acts == ["lead:3", "class_skip"]
    assert {"Выберите класс", "5А"} <= seen
