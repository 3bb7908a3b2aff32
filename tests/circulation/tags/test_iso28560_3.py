"""ISO 28560-3: annex examples byte by byte, the ways others write it, and what must be refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.ids import ItemId
from circulation.tags.basic_block import crc16, turn_blocks
from circulation.tags.codec import decode, encode
from circulation.tags.item_tag import (
    CannotEncode,
    Layout,
    TagContent,
    TagProblem,
    Usage,
    content_of,
)
from circulation.tags.title_fit import TitleFit

# ISO 28560-3 annex B.1, as quoted by the tests of Hypernova-Oy/lainuri
B1 = bytes.fromhex(
    "11"  # version 1, for circulation
    "01 01"  # one part, this is part 1
    "31303030303030303536 000000000000"  # 1000000056
    "98A4"  # CRC A498, least significant byte first
    "444B373138353030 0000000000"  # DK-718500 without its hyphen
)
# ISO 28560-3 annex B.2, same source
B2 = bytes.fromhex(
    "11 01 01"
    "31303030303030313336 000000000000"  # 1000000136
    "3615"
    "444B373138353030 0000000000"
    "05 0100 05 01"  # library block: media format 1, a book
    "22 0200 71"  # acquisition block, 34 bytes
    "426F67766F676E656E 00"  # supplier Bogvognen
    "31323334353637383930 00"  # local product id
    "00"  # no order number
    "61373839363536 63"  # invoice a789656c
    "00"  # end block
)
CONTENT_B1 = TagContent(ItemId("1000000056"), "DK-718500")


def owned_by(owner: str) -> TagContent:
    return TagContent(ItemId("1"), owner)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"RFID tag data model", 0x1AEE),  # reference string of the Danish data model
        (b"123456789", 0x29B1),  # catalogue check value of CRC-16/CCITT-FALSE
        (bytes(30), 0x2A45),
        (bytes(32), 0xF14C),
    ],
)
def test_crc_of_reference_data(data: bytes, expected: int) -> None:
    assert crc16(data) == expected


@pytest.mark.parametrize("size", [32, 34, 112])
def test_annex_b1_is_written_byte_for_byte(size: int) -> None:
    assert encode(CONTENT_B1, size=size) == B1[:size].ljust(size, b"\0")


@pytest.mark.parametrize("size", [32, 34, 36, 112])
def test_annex_b1_is_read_from_tags_of_every_size(size: int) -> None:
    tag = decode(B1[:size].ljust(size, b"\0"))

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.ISO28560_3, "1000000056", "DK-718500")
    assert (tag.parts, tag.part, tag.usage) == (1, 1, Usage.CIRCULATING)
    assert tag.problems == ()
    assert not tag.needs_reencoding


def test_annex_b2_is_read_with_the_fields_of_its_blocks() -> None:
    tag = decode(B2)

    assert (tag.item_id, tag.owner, tag.problems) == ("1000000136", "DK-718500", ())
    assert [extra.fields for extra in tag.extras] == [
        (("media_format", "1"),),
        (
            ("supplier_id", "Bogvognen"),
            ("product_id_local", "1234567890"),
            ("order_number", ""),
            ("supplier_invoice", "a789656c"),
        ),
    ]


def test_annex_b2_is_written_again_byte_for_byte() -> None:
    content = content_of(decode(B2), layout=Layout.ISO28560_3)

    assert encode(content, size=len(B2)) == B2


@pytest.mark.parametrize(
    ("memory", "content"),
    [
        pytest.param(
            # CRC 9962 covers the last two owner bytes too; encoders that count them as 00 fail here
            "11 01 01 5343482D303030303432 000000000000 6299 52553132333435363738393041",
            TagContent(ItemId("SCH-000042"), "RU-1234567890A"),
            id="owner of 13 bytes",
        ),
        pytest.param(
            "11 03 02 D096 303030303132333435363738 D090 4981 52553130303130303333 000000",
            TagContent(ItemId("Ж000012345678А"), "RU-10010033", parts=3, part=2),
            id="Cyrillic id of exactly 16 bytes",
        ),
        pytest.param(
            "18 01 01 303030313233 00000000000000000000 607C 52553130303130303333 000000",
            TagContent(ItemId("000123"), "RU-10010033", usage=Usage.PATRON_CARD),
            id="patron card with leading zeros",
        ),
        pytest.param(
            "11 01 01 31303030303030303536 000000000000 9E2F 31323334 000000000000000000",
            TagContent(ItemId("1000000056"), "1234"),
            id="owner that is no ISIL",
        ),
        pytest.param(
            "11 01 01 31303030303030303536 000000000000 2889 00000000000000000000000000",
            TagContent(ItemId("1000000056")),
            id="no owner",
        ),
    ],
)
def test_basic_block_is_read_and_written(memory: str, content: TagContent) -> None:
    golden = bytes.fromhex(memory)

    tag = decode(golden)

    assert tag.problems == ()
    assert content_of(tag, layout=Layout.ISO28560_3) == content
    assert encode(content, size=34) == golden


def test_owner_that_is_no_isil_is_kept_and_said() -> None:
    isil = decode(B1)
    other = decode(encode(TagContent(ItemId("1"), "1234")))

    assert isil.owner_is_isil
    assert (other.owner, other.owner_is_isil, other.problems) == ("1234", False, ())


def test_title_is_written_as_extension_block_4() -> None:
    memory = encode(TagContent(ItemId("1000000056"), "DK-718500", title="Идиот"))

    assert memory == B1 + bytes.fromhex(
        "0E 0400 73"  # 14 bytes, block 4, XOR over the block is 00
        "D098 D0B4 D0B8 D0BE D182"  # Идиот
    ).ljust(112 - 34, b"\0")
    assert decode(memory).title == "Идиот"


@pytest.mark.parametrize("size", [32, 112])
def test_blocks_stored_back_to_front_are_read_and_marked(size: int) -> None:
    content = CONTENT_B1 if size == 32 else TagContent(ItemId("1"), "RU-1", title="Мы")

    tag = decode(turn_blocks(encode(content, size=size)))

    assert (tag.item_id, tag.title) == (content.item_id, content.title)
    assert tag.problems == (TagProblem.REVERSED_BLOCKS,)
    assert tag.needs_reencoding


def b1_with(start: bytes) -> bytes:
    """Annex B.1 with other first bytes and the checksum to match."""
    before = start + B1[len(start) : 19]
    return before + crc16(before + B1[21:]).to_bytes(2, "little") + B1[21:]


@pytest.mark.parametrize(
    ("total", "ordinal", "parts", "part", "problem"),
    [
        (2, 1, 2, 1, None),
        (255, 255, 255, 255, None),
        (1, 2, 2, 1, TagProblem.SWAPPED_PARTS),
        (3, 5, 5, 3, TagProblem.SWAPPED_PARTS),
        (3, 0, 3, 1, TagProblem.ORDINAL_ZERO),
        (0, 2, None, None, TagProblem.BAD_PARTS),
        (1, 0, 1, 1, None),
        (0, 0, 1, 1, None),
    ],
)
def test_numbers_of_parts(
    total: int, ordinal: int, parts: int | None, part: int | None, problem: TagProblem | None
) -> None:
    tag = decode(b1_with(bytes((0x11, total, ordinal))))

    assert (tag.item_id, tag.parts, tag.part) == ("1000000056", parts, part)
    assert tag.problems == (() if problem is None else (problem,))


@pytest.mark.parametrize(
    ("first", "usage", "problem"),
    [
        (0x21, Usage.NOT_CIRCULATING, TagProblem.SWAPPED_NIBBLES),
        (0x81, Usage.PATRON_CARD, TagProblem.SWAPPED_NIBBLES),
        (0x1A, None, TagProblem.UNKNOWN_USAGE),
    ],
)
def test_first_byte_variants_keep_the_id(
    first: int, usage: Usage | None, problem: TagProblem
) -> None:
    tag = decode(b1_with(bytes((first,))))

    assert (tag.item_id, tag.usage, tag.problems) == ("1000000056", usage, (problem,))


def test_swapped_parts_are_written_the_right_way_round() -> None:
    swapped = decode(b1_with(bytes((0x11, 3, 5))))

    memory = encode(content_of(swapped, layout=Layout.ISO28560_3))

    assert swapped.needs_reencoding
    assert memory[1:3] == bytes((5, 3))
    assert decode(memory).problems == ()


@pytest.mark.parametrize("usage", list(Usage))
def test_every_type_of_usage_survives(usage: Usage) -> None:
    assert decode(encode(TagContent(ItemId("1"), usage=usage))).usage is usage


def test_usage_codes_are_those_of_the_standard() -> None:
    codes = [encode(TagContent(ItemId("1"), usage=usage))[0] & 0x0F for usage in Usage]

    assert codes == list(range(10))
    assert encode(TagContent(ItemId("1"), usage=Usage.EQUIPMENT))[0] == 0x19


@pytest.mark.parametrize(
    ("memory", "problem"),
    [
        pytest.param(
            "220101313030303030303035360000000000003C12444B3731383530300000000000",
            TagProblem.UNKNOWN_VERSION,
            id="version 2",
        ),
        pytest.param(
            "11010131303030003030353600000000000000292C444B3731383530300000000000",
            TagProblem.BAD_ITEM_ID,
            id="id goes on behind its padding",
        ),
        pytest.param(
            "1101013130303007303035360000000000000004E4444B3731383530300000000000",
            TagProblem.BAD_ITEM_ID,
            id="control character in the id",
        ),
        pytest.param(
            "11010131323334353637383930D096D096D0D0C953444B3731383530300000000000",
            TagProblem.BAD_ITEM_ID,
            id="id cut in the middle of a Cyrillic letter",
        ),
        pytest.param(
            "1101010000000000000000000000000000000049C6444B3731383530300000000000",
            TagProblem.NO_ITEM_ID,
            id="no id",
        ),
        pytest.param(
            "1101013130303030303030353600000000000029AC444BFF00000000000000000000",
            TagProblem.BAD_OWNER,
            id="owner is no text",
        ),
        pytest.param(B1[:31].hex(), TagProblem.TRUNCATED, id="31 bytes"),
    ],
)
def test_block_that_cannot_be_trusted_gives_no_id(memory: str, problem: TagProblem) -> None:
    tag = decode(bytes.fromhex(memory), dsfid=0x3E)

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.ISO28560_3, None, None)
    assert tag.problems == (problem,)


@pytest.mark.parametrize(
    ("content", "size", "advice"),
    [
        (owned_by("RU-1234567890"), 32, "bigger tag"),
        (owned_by("SCHOOL1"), 112, "read back as another"),
        (owned_by("OCLC-DLC"), 112, "read back as another"),
        (owned_by("RU-123456789012"), 112, "bigger tag or an ISIL that fits"),
        (TagContent(ItemId("1"), title="Мы"), 32, "write it without one"),
        (TagContent(ItemId("1"), parts=256), 112, "255 at most"),
        (TagContent(ItemId("1"), parts=2, part=3), 112, "between 1 and the number of parts"),
        (TagContent(ItemId("x" * 17)), 112, "as it is printed on the book"),
        (TagContent(ItemId("")), 112, "as it is printed on the book"),
        (TagContent(ItemId(" 1")), 112, "without them"),
        (TagContent(ItemId("1"), title="a\nb"), 112, "one line"),
        (TagContent(ItemId("1")), 28, "32 or more"),
    ],
)
def test_what_does_not_fit_is_refused_with_advice(
    content: TagContent, size: int, advice: str
) -> None:
    with pytest.raises(CannotEncode, match=advice):
        encode(content, size=size)


def test_small_tag_holds_an_owner_of_eleven_bytes() -> None:
    memory = encode(owned_by("RU-123456789"), size=32)

    assert len(memory) == 32
    assert decode(memory).owner == "RU-123456789"


def test_title_is_dropped_from_a_small_tag_when_the_caller_says_so() -> None:
    content = TagContent(ItemId("1000000056"), "DK-718500", title="Идиот")

    assert encode(content, size=32, title_fit=TitleFit.DROP) == B1[:32]


plain_text = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)
item_ids = plain_text.filter(lambda text: len(text.encode()) <= 16).map(ItemId)
isils = st.from_regex(r"[A-Z]{2}-[A-Za-z0-9:/][A-Za-z0-9:/-]{0,10}", fullmatch=True)
places = st.lists(st.integers(1, 255), min_size=2, max_size=2).map(sorted)
contents = st.builds(
    lambda item_id, owner, place, usage, title: TagContent(
        item_id, owner, parts=place[1], part=place[0], usage=usage, title=title
    ),
    item_ids,
    st.none() | isils,
    places,
    st.sampled_from(Usage),
    st.none() | plain_text.filter(lambda text: len(text.encode()) < 70),
)


@settings(max_examples=200, deadline=None)
@given(contents)
def test_what_is_written_is_read(content: TagContent) -> None:
    tag = decode(encode(content))

    assert tag.problems == ()
    assert content_of(tag, layout=Layout.ISO28560_3) == content


@settings(max_examples=10, deadline=None)
@given(contents, st.sampled_from([None, 0x00, 0x3E]))
def test_one_damaged_byte_never_gives_another_id(content: TagContent, dsfid: int | None) -> None:
    memory = encode(content)

    for at in range(34):
        for value in set(range(256)) - {memory[at]}:
            damaged = memory[:at] + bytes((value,)) + memory[at + 1 :]
            assert decode(damaged, dsfid=dsfid).item_id is None
