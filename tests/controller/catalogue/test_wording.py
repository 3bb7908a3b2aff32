"""Every problem has its sentence in both languages."""

import pytest

from controller.catalogue.problems import SHOWN_VALUE, Code, problem
from controller.catalogue.wording import describe


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_russian_and_an_english_sentence(code: Code) -> None:
    russian, english = (describe(problem(code), language) for language in ("ru", "en"))

    assert any("а" <= letter <= "я" for letter in russian)
    assert english.isascii() or "«" in english or "5А" in english
    assert russian != english


def test_place_and_value_are_named() -> None:
    found = problem(Code.ISBN_WRONG, "978-0", record=8, line=198, field="ISBN")

    assert describe(found, "ru").startswith("запись 8, строка 198, поле ISBN: неверный ISBN")
    assert describe(found, "en").endswith("[978-0]")


def test_value_when_long_or_unprintable_cannot_fill_a_screen() -> None:
    found = problem(Code.GARBAGE, "\x1b[2J\n" + "x" * 500)

    assert found.value.isprintable()
    assert len(found.value) == SHOWN_VALUE + 1
