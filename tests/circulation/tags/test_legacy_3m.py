"""The legacy 3M layout, after the examples of dpavlin/Biblio-RFID."""

import pytest

from circulation.tags.codec import decode, encode
from circulation.tags.item_tag import CannotEncode, Layout, TagProblem, content_of

TAG = bytes.fromhex(
    "04"
    "11"  # number 1 of 1
    "00"
    "00"  # item type: other
    "323030393031303130313233 00000000"  # 200901010123
    "FFFFFFFF"  # branch 4095, library 1048575
    "7FFFFFFF"  # custom 2147483647
    "00000000"
)


def test_tag_is_read_and_the_vendor_fields_are_kept() -> None:
    tag = decode(TAG)

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.LEGACY_3M, "200901010123", None)
    assert (tag.parts, tag.part, tag.problems) == (1, 1, ())
    assert dict(tag.extras[0].fields) == {
        "item_type": "0",
        "branch": "4095",
        "library": "1048575",
        "custom": "2147483647",
    }
    assert tag.extras[0].raw == TAG


def test_number_in_set_stands_before_the_total() -> None:
    tag = decode(b"\x04\x25" + TAG[2:])

    assert (tag.parts, tag.part) == (5, 2)


def test_tag_moves_to_our_layout_without_the_vendor_fields() -> None:
    content = content_of(decode(TAG), layout=Layout.ISO28560_3)

    assert decode(encode(content)).item_id == "200901010123"
    assert content.extras == ()


def test_layout_is_never_written() -> None:
    content = content_of(decode(TAG), layout=Layout.LEGACY_3M)

    with pytest.raises(CannotEncode, match="write 28560-3 or 28560-2"):
        encode(content, layout=Layout.LEGACY_3M)


def test_tag_as_3m_delivers_it_is_blank() -> None:
    assert decode(b"\x55" * 24 + bytes(8)).problems == (TagProblem.BLANK,)


@pytest.mark.parametrize(
    ("at", "value", "layout", "problem"),
    [
        (0, 0x05, Layout.UNKNOWN, TagProblem.FOREIGN),
        (2, 0x01, Layout.UNKNOWN, TagProblem.FOREIGN),
        (3, 0x31, Layout.UNKNOWN, TagProblem.FOREIGN),
        (31, 0x01, Layout.UNKNOWN, TagProblem.FOREIGN),
        (4, 0x00, Layout.LEGACY_3M, TagProblem.BAD_ITEM_ID),
        (8, 0xD0, Layout.LEGACY_3M, TagProblem.BAD_ITEM_ID),
    ],
)
def test_damaged_tag_gives_no_id(at: int, value: int, layout: Layout, problem: TagProblem) -> None:
    tag = decode(TAG[:at] + bytes((value,)) + TAG[at + 1 :])

    assert (tag.layout, tag.item_id, tag.problems) == (layout, None, (problem,))


def test_tag_without_an_id_says_so() -> None:
    tag = decode(b"\x04\x11\x00\x01" + bytes(28))

    assert (tag.layout, tag.problems) == (Layout.LEGACY_3M, (TagProblem.NO_ITEM_ID,))
