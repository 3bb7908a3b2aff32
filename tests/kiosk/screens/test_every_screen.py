"""Every screen on every panel, in both languages, for everybody: what must hold whatever is drawn.

The usual run draws a slice in which each pair of (screen, panel, language, size, theme, layout)
occurs; the long campaign draws every combination.
"""

import itertools
from collections.abc import Iterator

import pytest

from kiosk.screens.buttons import ActButton
from kiosk.screens.captions import Caption
from kiosk.screens.rows import BookRow
from kiosk.view import ScreenName, Weight
from tests.kiosk.screens import views
from tests.kiosk.screens.driver import Driver, open_on
from tests.kiosk.screens.glass import box, contrast, glass, one_line, shelves, targets, words
from tests.kiosk.screens.pictures import PANELS
from tests.kiosk.screens.view_words import EN, RU

Case = tuple[str, ...]

AXES = (
    tuple(views.SCREENS),
    tuple(PANELS),
    (RU, EN),
    ("1.0", "1.25", "1.5"),
    ("day", "contrast"),
    ("usual", "low", "pictures"),
)
ALL = list(itertools.product(*AXES))


def pairs(case: Case) -> set[tuple[tuple[int, str], ...]]:
    return set(itertools.combinations(enumerate(case), 2))


def slice_of_pairs() -> list[Case]:
    """Greedy: of every few cases the one that shows most pairs that were not shown yet."""
    open_pairs = set().union(*(pairs(case) for case in ALL))
    chosen: list[Case] = []
    while open_pairs:
        chosen.append(max(ALL, key=lambda case: len(pairs(case) & open_pairs)))
        open_pairs -= pairs(chosen[-1])
    return chosen


def draw(case: Case) -> Driver:
    screen, panel, language, *wishes = case
    view = views.for_somebody(views.SCREENS[screen](language), " ".join(wishes))
    return open_on(view, panel)


@pytest.fixture(scope="module", params=slice_of_pairs(), ids=lambda case: "-".join(case))
def drawn(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One screen on one panel in one language for one person, drawn once for all tests here."""
    driver = draw(request.param)
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
    assert len(primary) == bool(drawn.shell.view.actions)  # a closed library offers nothing
    assert all(each.height >= drawn.theme.mm(30) - 1 for each in primary)


def test_words_stand_out_from_their_ground(drawn: Driver) -> None:
    pixels = drawn.pixels()
    least = 7.0 if drawn.shell.view.contrast else 4.5
    pale = [
        (each.label.text, round(contrast(pixels, each.box), 2))
        for each in words(drawn.app.sheet)
        if getattr(each.label.parent, "enabled", True) and contrast(pixels, each.box) < least
    ]

    assert pale == []


def test_a_list_shows_at_least_one_whole_book(drawn: Driver) -> None:
    view = drawn.shell.view
    titles = [each.label.text for each in words(drawn.app.sheet)]

    assert bool(shelves(drawn.app.sheet)) == (
        view.screen.value in ("pad", "put_back", "account", "service", "found", "class_list")
    )
    large = view.text_scale > 1  # a row may then be higher than a small panel's list
    first = view.rows[0].title.split()[0] if view.rows else ""  # of a long title not all is shown
    assert large or view.low_reach or any(title.startswith(first) for title in titles)


def test_low_reach_keeps_every_action_in_the_lower_two_fifths(drawn: Driver) -> None:
    view = drawn.shell.view
    share = 0.57 if view.text_scale > 1 else 0.4  # large words: three lines of fingertips
    if view.screen in (ScreenName.ACCESS, ScreenName.DAMAGE):
        share = 0.82  # they have up to four actions more: large words need a line each
    if not view.low_reach or view.screen in (ScreenName.PIN, ScreenName.SEARCH):
        share = 1.0

    too_high = [
        each.action.id
        for each in targets(drawn.app.sheet)
        if isinstance(each, ActButton)
        and not isinstance(each.parent, BookRow)
        and box(each).high > share * glass().high + 1
    ]

    assert too_high == []


CHECKS = (
    test_everything_is_on_the_glass_and_no_target_overlaps,
    test_no_words_run_into_other_words_or_out_of_their_button,
    test_no_word_is_broken_or_cut,
    test_fingers_find_their_targets,
    test_words_stand_out_from_their_ground,
    test_a_list_shows_at_least_one_whole_book,
    test_low_reach_keeps_every_action_in_the_lower_two_fifths,
)


@pytest.mark.long
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("screen", views.SCREENS)
def test_the_same_holds_for_every_combination(screen: str, panel: str) -> None:
    for case in (case for case in ALL if case[:2] == (screen, panel)):
        driver = draw(case)
        try:
            for check in CHECKS:
                check(driver)
        except AssertionError as error:
            error.add_note(f"drawn as {'-'.join(case)}")
            raise
        finally:
            driver.close()
