"""Extension blocks: what is unknown stays as it is, what is damaged is said and not believed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.ids import ItemId
from circulation.tags.codec import decode, encode
from circulation.tags.extensions import (
    ExtensionBlock,
    MediaFormat,
    library_extra,
    read_extensions,
)
from circulation.tags.item_tag import (
    CannotEncode,
    Extra,
    Layout,
    TagContent,
    TagProblem,
    content_of,
)
from circulation.tags.title_fit import TitleFit

VENDOR = bytes.fromhex("06 6500 76 7461")  # block 101 of a real Finnish tag, payload "ta"
TITLE = bytes.fromhex("08 0400 1A D09CD18B")  # Мы
WIDE = bytes.fromhex("08 01FF0200 31 C1 04")  # 32-bit id 0002FF01


def test_blocks_are_read_in_order_and_filler_is_skipped() -> None:
    found = read_extensions(b"\x01" + VENDOR + b"\x01\x01" + TITLE + WIDE + b"\0" + VENDOR)

    assert found.title == "Мы"
    assert [extra.raw for extra in found.extras] == [VENDOR, WIDE]
    assert [extra.number for extra in found.extras] == [101, 0x0002FF01]
    assert found.problems == ()


@pytest.mark.parametrize("raw", [VENDOR, TITLE, WIDE, bytes.fromhex("06 03FF0000 FA")])
def test_block_is_spelt_as_it_was_read(raw: bytes) -> None:
    block = ExtensionBlock.from_bytes(raw)

    assert block is not None
    assert block.to_bytes() == raw


@pytest.mark.parametrize(
    ("area", "problem"),
    [
        (VENDOR[:-1] + b"\x62", TagProblem.BAD_BLOCK_XOR),
        (VENDOR[:-1], TagProblem.TRUNCATED),
        (b"\x06", TagProblem.TRUNCATED),
        (b"\x02\x65\x67", TagProblem.BAD_BLOCK),
        (bytes.fromhex("05 01FF02 F9"), TagProblem.BAD_BLOCK),
        (bytes.fromhex("06 0400 7D 9CE3"), TagProblem.BAD_TITLE),
    ],
)
def test_damaged_block_ends_the_reading_and_keeps_what_came_before(
    area: bytes, problem: TagProblem
) -> None:
    found = read_extensions(WIDE + area)

    assert found.title is None
    assert [extra.raw for extra in found.extras] == [WIDE]
    assert found.problems == (problem,)


def test_damaged_block_does_not_take_the_checked_item_id_away() -> None:
    sound = encode(TagContent(ItemId("42"), "RU-10010033", title="Мы"))

    tag = decode(sound[:40] + b"\xff" + sound[41:])

    assert (tag.item_id, tag.title) == ("42", None)
    assert tag.problems == (TagProblem.BAD_BLOCK_XOR,)


def test_library_block_names_the_media_and_the_other_id() -> None:
    extra = library_extra(MediaFormat.DISC, alternative_item_id="А-17")

    memory = encode(TagContent(ItemId("42"), extras=(extra,)))

    assert decode(memory).extras == (extra,)
    assert extra.fields == (("media_format", "2"), ("alternative_item_id", "А-17"))


def test_new_title_goes_between_the_blocks_that_are_kept() -> None:
    extras = (library_extra(MediaFormat.BOOK), Extra(Layout.ISO28560_3, 101, VENDOR))

    memory = encode(TagContent(ItemId("42"), title="Мы", extras=extras))

    assert memory[34:] == (extras[0].raw + TITLE + VENDOR).ljust(112 - 34, b"\0")


def test_kept_blocks_never_give_way_to_a_title() -> None:
    vendor = ExtensionBlock(200, bytes(range(1, 66))).to_bytes()
    extras = (Extra(Layout.ISO28560_3, 200, vendor),)
    content = TagContent(ItemId("42"), title="Война и мир", extras=extras)

    memory = encode(content, title_fit=TitleFit.CUT)

    assert vendor in memory
    assert decode(memory).title == "Во"
    with pytest.raises(CannotEncode, match="bigger tag"):
        encode(content, size=100, title_fit=TitleFit.CUT)


@pytest.mark.parametrize(
    "block", [ExtensionBlock(0x10000, b""), ExtensionBlock(101, bytes(252))], ids=["id", "length"]
)
def test_block_that_cannot_be_spelt_is_refused(block: ExtensionBlock) -> None:
    with pytest.raises(CannotEncode):
        block.to_bytes()


blocks = st.builds(ExtensionBlock, st.integers(1, 0xFEFF), st.binary(max_size=20))


@settings(max_examples=200, deadline=None)
@given(st.lists(blocks.filter(lambda block: block.number != 4), max_size=3))
def test_writing_again_keeps_every_unknown_byte(unknown: list[ExtensionBlock]) -> None:
    extras = tuple(block.as_extra(block.to_bytes()) for block in unknown)
    first = encode(TagContent(ItemId("42"), "RU-10010033", title="Мы", extras=extras), size=256)

    again = encode(content_of(decode(first), layout=Layout.ISO28560_3), size=256)

    assert again == first
    assert all(extra.raw in again for extra in extras)
