"""A title that is too long: cut at a character, dropped, or refused."""

import pytest

from circulation.tags.item_tag import CannotEncode
from circulation.tags.title_fit import TitleFit, cut_text


@pytest.mark.parametrize(
    ("title", "room", "kept"),
    [
        ("Мы", 4, "Мы"),
        ("Мы", 3, "М"),
        ("Мы", 1, ""),
        ("Мы", -3, ""),
        ("Война и мир", 11, "Война"),  # no blank at the end
        ("Бой", 6, "Бой"),
        ("Бои\u0306", 7, "Бо"),  # й of two characters is not torn apart
    ],
)
def test_title_is_cut_at_a_character(title: str, room: int, kept: str) -> None:
    assert cut_text(title, room, TitleFit.CUT) == kept


def test_title_that_fits_is_kept_in_every_case() -> None:
    assert {cut_text("Мы", 4, fit) for fit in TitleFit} == {"Мы"}


def test_title_that_does_not_fit_is_dropped_or_refused_as_told() -> None:
    assert cut_text("Мы", 3, TitleFit.DROP) == ""
    with pytest.raises(CannotEncode, match="4 bytes, the tag has 3"):
        cut_text("Мы", 3, TitleFit.REFUSE)
