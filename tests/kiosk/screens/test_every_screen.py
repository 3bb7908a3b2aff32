"""Every screen on every panel in both languages: what must hold whatever is drawn."""

import itertools

import pytest

from kiosk.screens.captions import Caption
from kiosk.view import Weight
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Open
from tests.kiosk.screens.glass import box, contrast, glass, one_line, shelves, targets, words
from tests.kiosk.screens.pictures import PANELS

everywhere = pytest.mark.parametrize(
    ("screen", "panel", "language"),
    list(itertools.product(views.SCREENS, PANELS, (views.RU, views.EN))),
)


@everywhere
def test_everything_is_on_the_glass_and_no_target_overlaps(
    open_kiosk: Open, screen: str, panel: str, language: str
) -> None:
    driver = open_kiosk(views.SCREENS[screen](language), panel)

    pressable = targets(driver.app.sheet)
    read = words(driver.app.sheet)

    assert pressable
    assert read
    assert [each for each in pressable if not box(each).inside(glass())] == []
    assert [each.label.text for each in read if not each.box.inside(glass())] == []
    overlapping = [
        (one, other)
        for one, other in itertools.combinations(pressable, 2)
        if box(one).overlaps(box(other))
    ]
    assert overlapping == []


@everywhere
def test_no_words_run_into_other_words_or_out_of_their_button(
    open_kiosk: Open, screen: str, panel: str, language: str
) -> None:
    driver = open_kiosk(views.SCREENS[screen](language), panel)

    read = [each for each in words(driver.app.sheet) if isinstance(each.label, Caption)]
    crossing = [
        (one.label.text, other.label.text)
        for one, other in itertools.combinations(read, 2)
        if one.box.overlaps(other.box)
    ]
    leaving = [
        each.label.text
        for each in read
        if each.label.parent in targets(driver.app.sheet)
        and not each.box.inside(box(each.label.parent))
    ]

    assert crossing == []
    assert leaving == []


@everywhere
def test_no_word_is_broken_or_cut(open_kiosk: Open, screen: str, panel: str, language: str) -> None:
    driver = open_kiosk(views.SCREENS[screen](language), panel)

    for each in words(driver.app.sheet):
        label = each.label
        room = label.text_size[0] if isinstance(label, Caption) else label.texture_size[0]
        widest = max(one_line(label, word) for word in label.text.split())
        assert widest <= room + 1, label.text


@everywhere
def test_fingers_find_their_targets(
    open_kiosk: Open, screen: str, panel: str, language: str
) -> None:
    driver = open_kiosk(views.SCREENS[screen](language), panel)

    for target in targets(driver.app.sheet):
        assert target.width >= driver.theme.mm(20) - 1
        assert target.height >= driver.theme.mm(20) - 1
    primary = [
        target
        for target in targets(driver.app.sheet)
        if hasattr(target, "action") and target.action.weight is Weight.PRIMARY
    ]
    assert len(primary) == 1
    assert primary[0].height >= driver.theme.mm(30) - 1


@everywhere
def test_words_stand_out_from_their_ground(
    open_kiosk: Open, screen: str, panel: str, language: str
) -> None:
    driver = open_kiosk(views.SCREENS[screen](language), panel)

    pixels = driver.pixels()
    pale = [
        (each.label.text, round(contrast(pixels, each.box), 2))
        for each in words(driver.app.sheet)
        if getattr(each.label.parent, "enabled", True) and contrast(pixels, each.box) < 4.5
    ]

    assert pale == []


@everywhere
def test_a_list_shows_at_least_one_whole_book(
    open_kiosk: Open, screen: str, panel: str, language: str
) -> None:
    view = views.SCREENS[screen](language)
    driver = open_kiosk(view, panel)

    titles = [each.label.text for each in words(driver.app.sheet)]

    assert bool(shelves(driver.app.sheet)) == (view.screen.value in ("pad", "account"))
    assert not view.rows or view.rows[0].title in titles
