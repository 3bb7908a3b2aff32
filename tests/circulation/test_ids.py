"""An identity is parsed once; what cannot be one says which rule it breaks."""

import pytest

from circulation.ids import (
    BadId,
    is_random_uid,
    parse_card_uid,
    parse_device_id,
    parse_isil,
    parse_item_id,
    parse_tag_uid,
)


@pytest.mark.parametrize("text", ["1000000056", "УЧ-000123", " SCH-1 ", "1234567890123456"])
def test_an_item_id_keeps_its_text_without_outer_blanks(text: str) -> None:
    assert parse_item_id(text) == text.strip()


@pytest.mark.parametrize("text", ["", "   ", "12345678901234567", "учебник№12", "a\tb", "a\x00b"])
def test_what_does_not_fit_a_tag_is_no_item_id(text: str) -> None:
    with pytest.raises(BadId):
        parse_item_id(text)


@pytest.mark.parametrize("text", ["RU-10010033", "DK-718500", "FI-Mamk-M", "CN-130103-1-S"])
def test_an_isil_has_country_and_hyphen(text: str) -> None:
    assert parse_isil(text) == text


@pytest.mark.parametrize("text", ["", "RU10010033", "ru-1", "RU-", "RU-123456789012", "R-1"])
def test_what_is_no_isil_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        parse_isil(text)


@pytest.mark.parametrize(
    "text", ["e004010012345678", "E0 04 01 00 12 34 56 78", "E0:04:01:00:12345678"]
)
def test_a_tag_uid_has_one_form(text: str) -> None:
    assert parse_tag_uid(text) == "E004010012345678"


@pytest.mark.parametrize("text", ["", "D004010012345678", "E00401001234567", "E0040100123456ZZ"])
def test_what_is_no_tag_uid_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        parse_tag_uid(text)


@pytest.mark.parametrize("text", ["deadbeef", "04112233445566", "04:11:22:33:44:55:66:77:88:99"])
def test_a_card_uid_is_the_whole_uid(text: str) -> None:
    assert parse_card_uid(text) == text.replace(":", "").upper()


def test_two_seven_byte_cards_that_a_stock_reader_confuses_are_two_cards() -> None:
    """hardware.md 5.1: SimpleMFRC522 gives 584183784127 for both."""
    assert parse_card_uid("04112233445566") != parse_card_uid("0411229988AABB")


@pytest.mark.parametrize("text", ["", "00000000", "DEADBE", "DEADBEEF22", "GGGGGGGG"])
def test_what_is_no_card_uid_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        parse_card_uid(text)


def test_a_phone_makes_a_new_uid_each_time() -> None:
    assert is_random_uid(parse_card_uid("08ABCDEF"))
    assert not is_random_uid(parse_card_uid("DEADBEEF"))
    assert not is_random_uid(parse_card_uid("08112233445566"))


@pytest.mark.parametrize("text", ["", "Gate1", "a/b", "+", "#", "a" * 33, "ворота"])
def test_a_device_name_that_would_break_topics_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        parse_device_id(text)
