"""Words without their endings, and ё that is е."""

import pytest

from controller.search.index import main_section
from controller.search.words import stems, words_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Читательский билет", "читательск билет"),
        ("ЁЛКИ, ёлка; елкой!", "елк елк елк"),
        ("running Books", "run book"),
        ("7 класс", "7 класс"),
        ("Лермонтов Лермонтова Лермонтовым", "лермонт лермонт лермонт"),
        ("", ""),
    ],
)
def test_text_is_kept_as_stems(text: str, expected: str) -> None:
    assert stems(text) == expected


def test_signs_are_no_words() -> None:
    assert words_of("Кто-то, где_то? №1 ('\"*)") == ["кто", "то", "где", "то", "1"]


@pytest.mark.parametrize(
    ("section", "main"), [("84(2Рос=Рус)1", "84"), ("22.1я72", "22"), ("", ""), ("Д", "")]
)
def test_main_section_is_what_a_shelf_is_labelled_with(section: str, main: str) -> None:
    assert main_section(section) == main
