"""ISO/TS 28560-4: the standard's UHF example, and names that must not be believed."""

import pytest

from circulation.tags.codec import decode
from circulation.tags.iso28560_4 import decode_uhf, expand_code40
from circulation.tags.item_tag import Layout, TagProblem, Usage

# ISO/TS 28560-4:2014 page 49, as quoted by DigitalPlatform/dp2
EPC_BANK = bytes.fromhex(
    "45C2"  # 8 words, user memory used, ISO toggle, AFI C2
    "141C C04F C70B ADB5"  # CH- 000 134 -1.
    "C6E2 DA1D ED4D D319"  # 123 456 78. 31
)
# page 52, same source
USER_BANK = bytes.fromhex(
    "06"  # DSFID
    "02 01 D0"
    "14 02 04B3"
    "46 07 441CB6E2E335D6"  # QA268.L55
    "53 08 AB4D6C9DD556CDEB"  # US-InU-Mu, seven bits
    "00"
)


def test_epc_bank_names_owner_item_and_set() -> None:
    tag = decode(EPC_BANK)

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.ISO28560_4, "12345678", "CH-000134-1")
    assert (tag.parts, tag.part, tag.problems) == (3, 1, ())


def test_user_bank_alone_has_no_item_id_to_trust() -> None:
    tag = decode(USER_BANK)

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.ISO28560_4, None, "US-InU-Mu")
    assert tag.problems == (TagProblem.NO_ITEM_ID,)


def test_both_banks_together_tell_name_usage_and_title() -> None:
    user_bank = bytes.fromhex("06 050120 7F0204D09CD18B 6602 4142")

    tag = decode_uhf(EPC_BANK, user_bank)

    assert (tag.item_id, tag.parts, tag.part) == ("12345678", 3, 1)
    assert (tag.usage, tag.title) == (Usage.NOT_CIRCULATING, "Мы")
    assert [extra.fields for extra in tag.extras] == [(("shelf_location", "AB"),)]
    assert tag.problems == ()


def test_damaged_user_bank_leaves_the_name() -> None:
    tag = decode_uhf(EPC_BANK, bytes.fromhex("06 0505"))

    assert (tag.item_id, tag.usage, tag.problems) == ("12345678", None, (TagProblem.TRUNCATED,))


@pytest.mark.parametrize(
    ("packed", "name"),
    [
        ("141CC04FC70BADB5C6E2DA1DED4DD319", "CH-000134-1.12345678.31"),
        ("FB2102DDDF7C4E", "12312345678"),  # 9 + 2 digits in 4 + 1 bytes
        ("10E2FB2102DDDF7C4E00", "B.A12312345678"),  # filled up to a whole word
    ],
)
def test_name_in_urn_code_40(packed: str, name: str) -> None:
    assert expand_code40(bytes.fromhex(packed)) == name


@pytest.mark.parametrize(
    "packed",
    [
        "FC00",  # an escape whose meaning is not known here
        "FB",
        "FB2102DDDF",  # number cut
        "FB00FFFFFFFF",  # ten digits where nine are promised
        "0000141C",  # filling before the text
        "FA01",  # found by fuzzing: between the last triple (FA00) and the escapes (FB)
    ],
)
def test_name_that_is_none(packed: str) -> None:
    assert expand_code40(bytes.fromhex(packed)) is None


@pytest.mark.parametrize(
    ("epc_bank", "problem"),
    [
        ("15C2 141CC04F", TagProblem.BAD_ITEM_ID),  # CH-000: no item
        ("0DC2 FC00", TagProblem.BAD_ITEM_ID),
        ("1DC2 0801 9C5C 8FF1", TagProblem.BAD_ITEM_ID),
        ("15C2 10E2 10E2", TagProblem.BAD_OWNER),  # B.AB.A: B is no ISIL
        ("44C2 141CC04FC70BADB5C6E2DA1DED4DD319", TagProblem.FOREIGN),  # EPCglobal toggle
        ("4500 141CC04FC70BADB5C6E2DA1DED4DD319", TagProblem.FOREIGN),  # AFI of something else
        ("45C2 141CC04FC70BADB5C6E2DA1DED4D", TagProblem.FOREIGN),  # a word is missing
    ],
)
def test_epc_bank_that_cannot_be_trusted_gives_no_id(epc_bank: str, problem: TagProblem) -> None:
    tag = decode_uhf(bytes.fromhex(epc_bank), USER_BANK)

    assert (tag.item_id, tag.owner, tag.problems) == (None, None, (problem,))
    assert decode(bytes.fromhex(epc_bank)).item_id is None
