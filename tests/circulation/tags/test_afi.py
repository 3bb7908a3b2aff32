"""AFI profiles: which value sounds at the gate."""

import pytest

from circulation.tags.afi import AFI_PROFILES, SecurityAfi


@pytest.mark.parametrize(
    ("profile", "afi", "armed"),
    [
        ("iso", 0x07, True),
        ("iso", 0xC2, False),
        ("iso", 0x00, None),
        ("3m", 0xD7, True),
        ("3m", 0xDA, False),
        ("3m", 0x07, None),
    ],
)
def test_gate_sounds_for_the_in_stock_value_only(
    profile: str, afi: int, armed: bool | None
) -> None:
    assert AFI_PROFILES[profile].is_armed(afi) is armed


def test_default_is_the_iso_pair() -> None:
    assert SecurityAfi() == AFI_PROFILES["iso"]


@pytest.mark.parametrize(
    ("in_stock", "on_loan", "advice"),
    [(0x07, 0x07, "two values"), (0x107, 0xC2, "one byte"), (0x07, -1, "one byte")],
)
def test_pair_that_cannot_work_is_refused(in_stock: int, on_loan: int, advice: str) -> None:
    with pytest.raises(ValueError, match=advice):
        SecurityAfi(in_stock=in_stock, on_loan=on_loan)
