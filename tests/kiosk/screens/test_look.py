"""The tokens of the look, the icons, the faces of books and the letters of the font."""

from pathlib import Path

import kivy
import pytest
from fontTools.ttLib import TTFont

from kiosk import icons
from kiosk.choices import Choice
from kiosk.covers import face
from kiosk.i18n import load_texts
from kiosk.present_actions import icon_of
from kiosk.theme import TINTS, Theme, rgb
from kiosk.view import Cover, Tone
from tests.kiosk.screens import view_words, views
from tests.kiosk.screens.driver import Open
from tests.kiosk.screens.glass import words
from tests.kiosk.screens.view_words import EN, RU

FONTS = Path(kivy.__file__).parent / "data" / "fonts"


@pytest.mark.parametrize(("ppi", "pixels"), [(118, 93), (149, 117), (141, 111), (102, 80)])
def test_twenty_millimetres_are_twenty_millimetres_on_each_panel(ppi: float, pixels: int) -> None:
    assert Theme(ppi).mm(20) == pixels


@pytest.mark.parametrize(
    ("size", "capital_mm"), [("title", 7.0), ("body", 4.8), ("detail", 3.6), ("number", 12.0)]
)
def test_a_capital_is_as_high_as_the_look_says(size: str, capital_mm: float) -> None:
    theme = Theme(149)
    roboto = TTFont(FONTS / "Roboto-Regular.ttf")
    cap = roboto["OS/2"].sCapHeight / roboto["head"].unitsPerEm

    millimetres = getattr(theme, size) * cap / theme.ppi * 25.4

    assert millimetres == pytest.approx(capital_mm, abs=0.1)


@pytest.mark.parametrize("ppi", [0, 12, 2000])
def test_an_impossible_panel_is_refused_with_advice(ppi: float) -> None:
    with pytest.raises(ValueError, match="divide its width"):
        Theme(ppi)


def test_reduced_motion_leaves_no_motion() -> None:
    still, moving = Theme(149, reduced_motion=True), Theme(149)

    assert (still.slide_s, still.tick_s) == (0, 0)
    assert (moving.slide_s, moving.tick_s) == (0.18, 0.22)


def test_each_tone_has_its_own_sign_and_ink() -> None:
    assert len({tint.sign for tint in TINTS.values()}) == len(Tone)
    assert len({tint.ink for tint in TINTS.values()}) == len(Tone)
    assert TINTS[Tone.WAIT].ground == rgb("#FFF3D6")


@pytest.mark.parametrize("name", sorted(icons.NAMES))
def test_each_icon_is_in_the_icon_font(name: str) -> None:
    known = TTFont(icons.FONT).getBestCmap()

    assert ord(icons.glyph(name)) in known


def test_an_unknown_icon_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="unicorn"):
        icons.glyph("unicorn")


@pytest.mark.parametrize("choice", Choice)
def test_each_choice_of_the_session_has_an_icon(choice: Choice) -> None:
    assert icons.glyph(icon_of(choice))


def test_the_same_book_has_the_same_face_and_sections_differ() -> None:
    novel = Cover("Капитанская дочка", "Пушкин А. С.", "84(2)")

    assert face(novel) == face(Cover("Капитанская дочка", "Пушкин А. С.", "84(2)"))
    assert face(novel).ground != face(Cover(novel.title, novel.author, "22.1")).ground


@pytest.mark.parametrize(
    ("title", "initial"),
    [("«Слово о полку»", "С"), ("— 451° по Фаренгейту", "4"), ("ёлка", "Ё"), ("…", ""), ("", "")],
)
def test_the_letter_of_a_face_is_a_letter(title: str, initial: str) -> None:
    assert face(Cover(title, "", "84")).initial == initial


@pytest.mark.parametrize("section", ["", "ББК", "0", "87.3", "22.1я721", "Я94", "2"])
def test_any_section_gives_a_face(section: str) -> None:
    assert face(Cover("Атлас", "", section)).ground[3] == 1.0


@pytest.mark.parametrize("language", [RU, EN])
@pytest.mark.parametrize("font", ["Roboto-Regular.ttf", "Roboto-Bold.ttf"])
def test_each_letter_that_may_be_shown_is_in_the_font(language: str, font: str) -> None:
    known = TTFont(FONTS / font).getBestCmap()
    catalogue = getattr(load_texts(language).catalogue, "_catalog", {})
    said = [*view_words.words(language).values(), *(str(text) for text in catalogue.values())]
    alphabet = "№«»–—…·“” ӀәғҡңөүһҙҫӘҒҠҢӨҮҺҘҪӑӗҫӳӕЁё"

    missing = {char for text in (*said, alphabet) for char in text if ord(char) not in known}

    assert missing - {"\n"} == set()


def test_a_scrap_of_kv_holds_no_words() -> None:
    kv = [*Path(icons.__file__).parent.rglob("*.kv")]

    cyrillic = [path.name for path in kv if any("а" <= char <= "я" for char in path.read_text())]

    assert len(kv) >= 10
    assert cyrillic == []


def test_signs_are_drawn_beside_words_and_not_instead(open_kiosk: Open) -> None:
    driver = open_kiosk(views.pad(RU), "1080x1920")

    read = {each.label.text for each in words(driver.app.sheet)}

    for tone in ("done", "wait", "stop", "busy"):
        assert icons.glyph(tone) in read
        assert view_words.words(RU)[tone] in read
