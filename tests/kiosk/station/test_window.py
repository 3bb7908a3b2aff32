"""The station's window with real keys and fingers: a scanner types, and no touch is needed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.__main__ import prepare
from tests.kiosk.screens.pictures import LARGEST

if not os.environ.get("DISPLAY"):
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
os.environ["SDL_AUDIODRIVER"] = "dummy"
prepare(ppi=149, fullscreen=False, size=LARGEST)

from kivy.core.window import Window  # noqa: E402

from kiosk.screens.buttons import ActButton  # noqa: E402
from kiosk.screens.captions import Caption  # noqa: E402
from kiosk.station.app import StationApp  # noqa: E402
from kiosk.station.state import Stage, Word  # noqa: E402
from tests.kiosk.screens import driver as window  # noqa: E402
from tests.kiosk.screens import views as kiosk_views  # noqa: E402
from tests.kiosk.screens.glass import box, contrast, glass, targets, words  # noqa: E402
from tests.kiosk.screens.pictures import PANELS  # noqa: E402
from tests.kiosk.station import views  # noqa: E402
from tests.kiosk.station.conftest import copy_to_tag, item_tag  # noqa: E402
from tests.kiosk.station.pad_world import Ledger, PadWorld, name_of  # noqa: E402

ENTER, ESCAPE = 40, 41


class Hands:
    """Fingers and a scanner at the real window, around a real station on a simulated pad."""

    def __init__(self, world: PadWorld) -> None:
        self.world = world
        size, ppi = PANELS["1280x800"]
        self.driver = window.Driver.__new__(window.Driver)
        window.Clock._max_fps = 0
        if tuple(Window.system_size) != size:
            Window.size = size
        theme = window.Theme(ppi, reduced_motion=True)
        broken = kiosk_views.problem("ru")
        self.app = StationApp(world.shell, theme, voice=None, broken=broken)
        self.driver.app = self.app
        self.app._run_prepare()
        if not window.Driver._providers_added:
            window.runTouchApp(embedded=True)
            window.Driver._providers_added = True
        self.driver.frames(3)

    def types(self, text: str) -> None:
        for char in text:
            Window.dispatch("on_textinput", char)
        self.driver.frames(2)

    def scans(self, code: str) -> None:
        for char in code:
            Window.dispatch("on_textinput", char)
        self.driver.hit(ENTER)

    def touches(self, label: str) -> None:
        buttons = [one for one in targets(self.app.sheet) if isinstance(one, ActButton)]
        self.driver.tap(next(one for one in buttons if one.action.id == label))

    def until(self, happened: object) -> None:
        self.world.wait(lambda state: self.driver.frames(1) or happened(state))  # type: ignore[operator]
        self.driver.frames(2)

    def reads(self) -> str:
        return " ".join(each.label.text for each in words(self.app.sheet))

    def close(self) -> None:
        self.driver.close()


@pytest.fixture
def hands(tmp_path: Path) -> Iterator[Hands]:
    world = PadWorld(tmp_path, Ledger(*(copy_to_tag(f"B-000{n}") for n in range(1, 4))))
    stop = world.shell.stop
    world.shell.start = lambda: None  # type: ignore[method-assign]  # it runs already
    world.shell.stop = lambda: None  # type: ignore[method-assign]
    opened = Hands(world)
    yield opened
    opened.close()
    world.shell.stop = stop  # type: ignore[method-assign]
    world.close()


def test_two_books_are_tagged_by_scanner_and_pad_alone(hands: Hands) -> None:
    for number in (1, 2):
        uid = hands.world.make(number)
        hands.scans(f"B-000{number}")
        hands.until(lambda state: state.stage is Stage.BOOK)
        assert f"Книга B-000{number}" in hands.reads()
        hands.world.lay(uid)
        hands.until(lambda state, number=number: state.written == number)
        hands.world.world.lift("pad-1")
        hands.until(lambda state: state.pad == ())

    assert [hands.world.says(name_of(n)).item_id for n in (1, 2)] == ["B-0001", "B-0002"]
    assert "Записано и проверено" in hands.reads()


def test_a_number_is_typed_corrected_and_left(hands: Hands) -> None:
    hands.types("B-0")
    assert "B-0|" in hands.reads()
    hands.driver.hit(42)
    assert "B-|" in hands.reads()

    hands.driver.hit(ESCAPE)

    assert "Отсканируйте номер книги" in hands.reads()


def test_a_finger_takes_the_last_one_back(hands: Hands) -> None:
    uid = hands.world.make(1)
    hands.scans("B-0001")
    hands.world.lay(uid)
    hands.until(lambda state: state.written == 1)

    hands.touches("undo")
    hands.until(lambda state: state.notice and state.notice.word is Word.UNDONE)

    assert bytes(hands.world.world.tag(uid).memory) == bytes(112)


def test_a_finger_decides_about_the_tag_of_another_book(hands: Hands) -> None:
    seen = item_tag(9, "B-0003")
    assert seen.face is not None
    from hw_sim.tag import Tag

    uid = hands.world.make(
        9, Tag(bytes.fromhex(seen.uid), bytearray(seen.face.memory), afi=7, dsfid=0x3E)
    )
    hands.scans("B-0001")
    hands.world.lay(uid)
    hands.until(lambda state: state.question is not None)
    assert "останется без метки" in hands.reads()

    hands.touches("yes")
    hands.until(lambda state: state.written == 1)

    assert hands.world.says(uid).item_id == "B-0001"


@pytest.mark.parametrize(("panel", "language"), [("1280x800", "ru"), ("1024x600", "en")])
def test_every_screen_is_whole_and_readable(panel: str, language: str) -> None:
    driver = window.open_on(views.number(language), panel)
    try:
        for name, make in views.SCREENS.items():
            driver.show(make(language))
            assert [t for t in targets(driver.app.sheet) if not box(t).inside(glass())] == [], name
            read = words(driver.app.sheet)
            assert [each.label.text for each in read if not each.box.inside(glass())] == [], name
            pixels = driver.pixels()
            captions = [each for each in read if isinstance(each.label, Caption)]
            pale = [each.label.text for each in captions if contrast(pixels, each.box) < 4.5]
            assert pale == [], name
    finally:
        driver.close()
