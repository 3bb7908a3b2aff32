"""Every screen on every panel in both languages: what must hold whatever is drawn."""

import itertools
from collections.abc import Iterator

import pytest

from kiosk.screens.captions import Caption
from kiosk.view import Weight
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Driver, open_on
from tests.kiosk.screens.glass import box, contrast, glass, one_line, shelves, targets, words
from tests.kiosk.screens.pictures import PANELS

EVERYWHERE = list(itertools.product(views.SCREENS, PANELS, (views.RU, views.EN)))


@pytest.fixture(scope="module", params=EVERYWHERE, ids="-".join)
def drawn(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One screen on one panel in one language, drawn once for all tests here."""
    screen, panel, language = request.param
    driver = open_on(views.SCREENS[screen](language), panel)
    yield driver
    driver.close()


def test_everything_is_on_the_glass_and_no_target_overlaps(drawn: Driver) -> None:
    pressable = targets(drawn.app.sheet)
    read = words(drawn.app.sheet)

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


def test_no_words_run_into_other_words_or_out_of_their_button(drawn: Driver) -> None:
    read = [each for each in words(drawn.app.sheet) if isinstance(each.label, Caption)]
    crossing = [
        (one.label.text, other.label.text)
        for one, other in itertools.combinations(read, 2)
        if one.box.overlaps(other.box)
    ]
    leaving = [
        each.label.text
        for each in read
        if each.label.parent in targets(drawn.app.sheet)
        and not each.box.inside(box(each.label.parent))
    ]

    assert crossing == []
    assert leaving == []


def test_no_word_is_broken_or_cut(drawn: Driver) -> None:
    for each in words(drawn.app.sheet):
        label = each.label
        room = label.text_size[0] if isinstance(label, Caption) else label.texture_size[0]
        widest = max(one_line(label, word) for word in label.text.split())
        assert widest <= room + 1, label.text


def test_fingers_find_their_targets(drawn: Driver) -> None:
    for target in targets(drawn.app.sheet):
        assert target.width >= drawn.theme.mm(20) - 1
        assert target.height >= drawn.theme.mm(20) - 1
    primary = [
        target
        for target in targets(drawn.app.sheet)
        if hasattr(target, "action") and target.action.weight is Weight.PRIMARY
    ]
    assert len(primary) == 1
    assert primary[0].height >= drawn.theme.mm(30) - 1


def test_words_stand_out_from_their_ground(drawn: Driver) -> None:
    pixels = drawn.pixels()
    pale = [
        (each.label.text, round(contrast(pixels, each.box), 2))
        for each in words(drawn.app.sheet)
        if getattr(each.label.parent, "enabled", True) and contrast(pixels, each.box) < 4.5
    ]

    assert pale == []


def test_a_list_shows_at_least_one_whole_book(drawn: Driver) -> None:
    view = drawn.shell.view
    titles = [each.label.text for each in words(drawn.app.sheet)]

    assert bool(shelves(drawn.app.sheet)) == (view.screen.value in ("pad", "account"))
    assert not view.rows or view.rows[0].title in titles
