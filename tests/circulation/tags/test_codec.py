"""Finding out which layout a tag has, whatever its DSFID says, and never raising over it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.ids import ItemId
from circulation.tags.codec import WRITTEN_DSFIDS, decode, encode
from circulation.tags.extensions import MediaFormat, library_extra
from circulation.tags.item_tag import (
    CannotEncode,
    Extra,
    ItemTag,
    Layout,
    TagContent,
    TagProblem,
    content_of,
)

PART_3 = encode(TagContent(ItemId("1000000056"), "DK-718500"))
PART_2 = encode(TagContent(ItemId("1000000056"), "DK-718500"), layout=Layout.ISO28560_2)
NDEF = bytes.fromhex("E1400E01 0311D1010D5502706F6C6B612E6578616D706C65 FE").ljust(112, b"\0")


@pytest.mark.parametrize("dsfid", [None, 0x00, 0x06, 0x3E, 0xFF])
def test_sound_28560_3_tag_is_read_whatever_its_dsfid(dsfid: int | None) -> None:
    tag = decode(PART_3, dsfid=dsfid)

    assert (tag.layout, tag.item_id, tag.problems) == (Layout.ISO28560_3, "1000000056", ())


@pytest.mark.parametrize("dsfid", [None, 0x00, 0x06, 0xFF])
def test_sound_28560_2_tag_is_read_unless_the_dsfid_says_another_layout(dsfid: int | None) -> None:
    tag = decode(PART_2, dsfid=dsfid)

    assert (tag.layout, tag.item_id, tag.problems) == (Layout.ISO28560_2, "1000000056", ())


def test_dsfid_3e_makes_a_failing_checksum_final() -> None:
    assert decode(PART_2, dsfid=0x3E).problems == (TagProblem.CRC_MISMATCH,)


@pytest.mark.parametrize("dsfid", [None, 0x00, 0x06, 0x3E])
@pytest.mark.parametrize("memory", [b"", b"\0", bytes(32), bytes(112)], ids=len)
def test_empty_memory_is_blank(memory: bytes, dsfid: int | None) -> None:
    assert decode(memory, dsfid=dsfid) == ItemTag(Layout.BLANK, problems=(TagProblem.BLANK,))


@pytest.mark.parametrize("memory", [NDEF, b"\xff" * 112, b"\x12\x34" * 20])
def test_tag_of_somebody_else_is_foreign(memory: bytes) -> None:
    assert decode(memory) == ItemTag(Layout.UNKNOWN, problems=(TagProblem.FOREIGN,))


@pytest.mark.parametrize("at", [0, 1, 2, 3, 12, 19, 20, 21, 33])
def test_damaged_28560_3_tag_is_still_told_from_a_foreign_one(at: int) -> None:
    damaged = PART_3[:at] + bytes((PART_3[at] ^ 0x55,)) + PART_3[at + 1 :]

    tag = decode(damaged)

    assert tag == ItemTag(Layout.ISO28560_3, problems=(TagProblem.CRC_MISMATCH,))


def test_damaged_28560_3_tag_that_reads_as_a_chain_is_not_believed() -> None:
    # byte 1 damaged: 11 02 0141 would be the 28560-2 item id 321, and then the chain ends
    memory = encode(TagContent(ItemId("A"), "RU-1"), size=32)
    damaged = memory[:1] + b"\x02" + memory[2:]

    assert decode(damaged) == ItemTag(Layout.ISO28560_3, problems=(TagProblem.CRC_MISMATCH,))
    assert decode(damaged, dsfid=0x06).item_id is None


def test_damaged_text_that_would_be_a_long_element_of_a_chain_is_not_believed() -> None:
    # byte 3 damaged: 11 01 01 is item id 1, 64 30 an element of 48 bytes, and nothing stands behind
    damaged = PART_3[:3] + b"\x64" + PART_3[4:]

    assert decode(damaged) == ItemTag(Layout.ISO28560_3, problems=(TagProblem.CRC_MISMATCH,))
    assert decode(damaged, dsfid=0x06).item_id is None


def test_control_character_in_a_text_that_then_reads_as_a_chain_is_not_believed() -> None:
    # 11 03 024A49 would be item id 150089, 4B 1B an element of 27 bytes, and nothing stands behind
    content = TagContent(ItemId("JIKFQPWUKR4TE1J"), "1234", parts=3, part=2)
    sound = encode(content)

    damaged = decode(sound[:6] + b"\x1b" + sound[7:])

    assert decode(sound).item_id == content.item_id
    assert damaged == ItemTag(Layout.ISO28560_3, problems=(TagProblem.CRC_MISMATCH,))


def test_chain_with_a_value_that_means_nothing_is_believed_only_on_the_word_of_the_dsfid() -> None:
    memory = bytes.fromhex("11020A00 0501F0")

    assert decode(memory).item_id is None
    assert decode(memory, dsfid=0x06).item_id == "2560"


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=130), st.none() | st.integers(0, 255))
def test_no_bytes_make_the_decoder_raise_and_no_id_comes_without_a_layout(
    memory: bytes, dsfid: int | None
) -> None:
    tag = decode(memory, dsfid=dsfid)

    assert tag.item_id is not None or tag.problems
    assert tag.item_id is None or tag.layout not in (Layout.BLANK, Layout.UNKNOWN)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([PART_3, PART_2, NDEF]),
    st.lists(st.tuples(st.integers(0, 111), st.integers(0, 255)), max_size=4),
    st.integers(0, 112),
)
def test_damaged_and_cut_tags_are_read_without_raising(
    memory: bytes, damage: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(memory)
    for at, value in damage:
        damaged[at] = value

    tag = decode(bytes(damaged[:length]))

    assert tag.item_id is not None or tag.problems


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=78))
def test_anything_behind_a_sound_basic_block_leaves_the_item_id(behind: bytes) -> None:
    tag = decode(PART_3[:34] + behind)

    assert (tag.item_id, tag.owner) == ("1000000056", "DK-718500")


def test_huge_element_is_read_without_raising() -> None:
    # as an integer it would have more digits than Python turns into text
    memory = b"\x11\xff\x7f" + b"\xff" * 16383

    assert decode(memory, dsfid=0x06).problems == (TagProblem.BAD_ITEM_ID,)


def test_content_of_a_tag_without_id_or_parts_is_refused() -> None:
    with pytest.raises(CannotEncode, match="from the book"):
        content_of(decode(bytes(32)), layout=Layout.ISO28560_3)
    with pytest.raises(CannotEncode, match="enter parts"):
        content_of(decode(bytes.fromhex("11020A00 2402123F"), dsfid=0x06), layout=Layout.ISO28560_3)


def test_what_would_read_as_another_layout_is_not_written() -> None:
    """Found by fuzzing: with these two elements the chain resembles a damaged 28560-3 block."""
    unknown = (
        Extra(Layout.ISO28560_2, 80, bytes.fromhex("7F41060100FFFF20FF")),
        Extra(Layout.ISO28560_2, 270, bytes.fromhex("7FFF060401020220FF")),
    )
    content = TagContent(item_id=ItemId("@P@@@@@@"), extras=unknown)

    with pytest.raises(CannotEncode, match="another layout"):
        encode(content, layout=Layout.ISO28560_2, size=256)


# 11 05 item id 123456789012, 02 01 content parameter (owner, shelf), 66 14 a shelf mark of twenty
# letters: 32 bytes. 03 07 owner US-InU-Mu, which other libraries write last
OWNER_BEHIND_BLOCK_7 = bytes.fromhex(
    "11051CBE991A14 020190 6614" + "78" * 20 + "0307ACC09EBAA06F6B"
).ljust(112, b"\0")


@pytest.mark.parametrize("dsfid", [None, 0x00, 0x06])
def test_chain_that_may_go_on_behind_the_first_blocks_is_not_believed(dsfid: int | None) -> None:
    first_blocks = OWNER_BEHIND_BLOCK_7[:32]

    beginning = decode(first_blocks, dsfid=dsfid, whole=False)
    tag = decode(OWNER_BEHIND_BLOCK_7, dsfid=dsfid)

    assert (beginning.item_id, beginning.problems) == (None, (TagProblem.TRUNCATED,))
    assert (tag.item_id, tag.owner) == ("123456789012", "US-InU-Mu")
    assert decode(first_blocks, dsfid=0x06).item_id == "123456789012", "a tag of eight blocks"


def test_first_blocks_prove_no_chain_of_which_nobody_tells() -> None:
    memory = bytes.fromhex("11030AA8AE").ljust(112, b"\0")  # the item id alone, then zeros

    beginnings = [decode(memory[:32], dsfid=dsfid, whole=False) for dsfid in (0x00, 0x06)]

    assert [tag.item_id for tag in beginnings] == [None, "698542"]
    assert decode(memory, dsfid=0x00).item_id == "698542"


@given(
    item=st.text("A1a-", min_size=1, max_size=16).filter(lambda text: text.strip() == text),
    digits=st.integers(1, 11),
    parts=st.integers(1, 12),
    layout=st.sampled_from([Layout.ISO28560_2, Layout.ISO28560_3]),
)
def test_first_blocks_say_nothing_that_the_whole_tag_does_not(
    item: str, digits: int, parts: int, layout: Layout
) -> None:
    content = TagContent(ItemId(item), "RU-" + "1" * digits, parts=parts, title="Т" * 10)
    memory = encode(content, layout=layout)
    dsfid = WRITTEN_DSFIDS[layout]

    beginning, tag = decode(memory[:32], dsfid=dsfid, whole=False), decode(memory, dsfid=dsfid)

    told = (tag.item_id, tag.owner, tag.parts, tag.part, tag.usage)
    assert beginning.problems or told == (
        beginning.item_id,
        beginning.owner,
        beginning.parts,
        beginning.part,
        beginning.usage,
    )


def test_content_with_a_part_that_cannot_be_read_is_not_silently_left_behind() -> None:
    blocks = library_extra(MediaFormat.DISC)
    content = TagContent(ItemId("1000000056"), "DK-718500", extras=(blocks,))
    memory = bytearray(encode(content))
    memory[38] ^= 0x01  # in the library block

    tag = decode(bytes(memory))

    assert (tag.item_id, tag.problems) == ("1000000056", (TagProblem.BAD_BLOCK_XOR,))
    with pytest.raises(CannotEncode, match="would be lost"):
        content_of(tag, layout=Layout.ISO28560_3)
