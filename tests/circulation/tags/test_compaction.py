"""Compactions, ISIL scheme, lengths and content parameter against values of the standard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.tags.compaction import Compaction, choose_compaction, compact, expand
from circulation.tags.element_names import lay_content_parameter, listed_oids
from circulation.tags.elements import lay_length, read_length
from circulation.tags.isil_scheme import compact_isil, expand_isil
from circulation.tags.item_tag import TagProblem


@pytest.mark.parametrize(
    ("text", "code", "packed"),
    [
        ("123456789012", Compaction.INTEGER, "1CBE991A14"),  # ISO 28560-2 example
        ("1203", Compaction.INTEGER, "04B3"),  # ISO 28560-2 example
        ("9999999999999999999", Compaction.INTEGER, "8AC7230489E7FFFF"),  # the largest
        ("091", Compaction.NUMERIC, "091F"),  # leading zero, odd length
        ("100000000000000000001", Compaction.NUMERIC, "100000000000000000001F"),
        ("ABC", Compaction.FIVE_BIT, "0886"),
        ("ZYXWV", Compaction.FIVE_BIT, "D6717B00"),  # seven bits of filling
        ("QA268.L55", Compaction.SIX_BIT, "441CB6E2E335D6"),  # ISO 28560-2 example
        ("ABC1234", Compaction.SIX_BIT, "0420F1CB3D20"),  # six bits of filling read as a blank
        ("ABC12345", Compaction.SIX_BIT, "0420F1CB3D35"),  # no filling
        ("abcdefgh", Compaction.SEVEN_BIT, "C38B1E4CB9B3E8"),
        ("abcdefgh123", Compaction.SEVEN_BIT, "C38B1E4CB9B3E862C99F"),
        ("Zürich", Compaction.OCTETS, "5AFC72696368"),
        ("Мы", Compaction.UTF8, "D09CD18B"),
    ],
)
def test_text_is_packed_by_the_first_scheme_that_holds_it(
    text: str, code: Compaction, packed: str
) -> None:
    assert choose_compaction(text) is code
    assert compact(text, code).hex().upper() == packed
    assert expand(bytes.fromhex(packed), code) == text


def test_seven_bits_of_filling_are_no_character() -> None:
    packed = bytes.fromhex("62C99B46AD9BB862C99B46AD9BFF")

    assert compact("123456781234567", Compaction.SEVEN_BIT) == packed
    assert expand(packed, Compaction.SEVEN_BIT) == "123456781234567"


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        ("", Compaction.INTEGER),
        ("010000000000000000", Compaction.INTEGER),  # 20 digits
        ("1A", Compaction.NUMERIC),
        ("F1", Compaction.NUMERIC),
        ("0887", Compaction.FIVE_BIT),  # last bit of the filling is not 0
        ("0006", Compaction.FIVE_BIT),  # 0 is no character
        ("0420F1CB3C", Compaction.SIX_BIT),  # filling 00 instead of 10
        ("C38B1E4CB9B3E8D2", Compaction.SEVEN_BIT),  # last bit of the filling is not 1
        ("D0", Compaction.UTF8),
    ],
)
def test_bits_that_are_not_of_the_scheme_are_no_text(packed: str, code: Compaction) -> None:
    assert expand(bytes.fromhex(packed), code) is None


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1) | st.text("0123456789ABC_ ", min_size=1))
def test_every_text_comes_back(text: str) -> None:
    code = choose_compaction(text)

    assert expand(compact(text, code), code) == text


@pytest.mark.parametrize(
    ("text", "packed"),
    [
        ("DE-Heu1", "21408E16BF1F"),  # ISO 28560-2 example
        ("US-InU-Mu", "ACC09EBAA06F6B"),  # ISO 28560-2 example
        ("CN-110108-1-NLC", "1B81E110108A1AC7307F"),
        ("CN-120104-C-YBL", "1B81E120104AD1D6644C"),
    ],
)
def test_isil_is_packed_as_the_examples(text: str, packed: str) -> None:
    coded = compact_isil(text)

    assert coded is not None
    assert coded.hex().upper() == packed
    assert expand_isil(coded) == text


def test_isil_of_another_encoder_that_latches_where_we_shift_is_the_same() -> None:
    assert expand_isil(bytes.fromhex("1B81E120104AC1832267")) == "CN-120104-C-YBL"


@pytest.mark.parametrize("packed", ["ACC09EBAA06F6A", "ACC09EBAA06F6BFFFF", "00FE"])
def test_isil_with_a_wrong_tail_is_no_text(packed: str) -> None:
    assert expand_isil(bytes.fromhex(packed)) is None


def test_isil_has_no_other_characters() -> None:
    assert compact_isil("RU-Ж") is None


@settings(max_examples=300, deadline=None)
@given(st.from_regex(r"[A-Za-z0-9:/-]{1,20}", fullmatch=True))
def test_every_isil_comes_back(text: str) -> None:
    packed = compact_isil(text)

    assert packed is not None
    assert expand_isil(packed) == text


@pytest.mark.parametrize(
    ("length", "spelt"),
    [(0, "00"), (127, "7F"), (128, "8100"), (138, "810A"), (16383, "FF7F"), (16384, "818000")],
)
def test_length_field(length: int, spelt: str) -> None:
    raw = bytes.fromhex(spelt)

    assert lay_length(length) == raw
    assert read_length(b"\x11" + raw, 1) == (length, 1 + len(raw))


@pytest.mark.parametrize(
    ("spelt", "problem"),
    [("", TagProblem.TRUNCATED), ("81", TagProblem.TRUNCATED), ("8181818101", "bad_element")],
)
def test_length_that_does_not_end_is_said(spelt: str, problem: TagProblem) -> None:
    assert read_length(bytes.fromhex(spelt), 0) == problem


@pytest.mark.parametrize(
    ("parameter", "oids"),
    [
        ("D0", (3, 4, 6)),
        ("A8", (3, 5, 7)),
        ("A80008", (3, 5, 7, 23)),
        ("D002", (3, 4, 6, 17)),
        ("00", ()),
    ],
)
def test_content_parameter(parameter: str, oids: tuple[int, ...]) -> None:
    assert listed_oids(bytes.fromhex(parameter)) == oids
    assert lay_content_parameter(oids).hex().upper() == parameter


def test_content_parameter_may_be_longer_than_it_needs_to_be() -> None:
    assert listed_oids(bytes.fromhex("D000000000")) == (3, 4, 6)
