"""ISO 28560-2: the standard's example, real tags, and chains that must not be believed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.ids import ItemId
from circulation.tags.codec import decode, encode
from circulation.tags.compaction import Compaction
from circulation.tags.elements import lay_element, read_chain
from circulation.tags.item_tag import (
    CannotEncode,
    Extra,
    Layout,
    TagContent,
    TagProblem,
    Usage,
    content_of,
)
from circulation.tags.title_fit import TitleFit

# The example at the end of ISO 28560-2, as quoted by DigitalPlatform/dp2
STANDARD = bytes.fromhex(
    "91 00 05 1CBE991A14"  # item id 123456789012 as integer, filler count 0
    "02 01 D0"  # content parameter: 3, 4, 6
    "14 02 04B3"  # set information 1203: part 3 of 12
    "46 07 441CB6E2E335D6"  # shelf location QA268.L55, six bits
    "83 02 07 ACC09EBAA06F6B 0000"  # owner US-InU-Mu, two bytes of filler to the block border
)
# A real tag of a Finnish library, as quoted by Hypernova-Oy/lainuri
FINNISH = bytes.fromhex(
    "91 01 04 6091CE43 80"  # 1620168259, one byte of filler: 80
    "02 01 A8"
    "05 01 10"  # for circulation, no sub-class
    "67 02 4241"  # ONIX media format BA
    "03 07 3240DE05AB075B"  # FI-Mamk-M
)
# A real tag of a Chinese library, as quoted by DigitalPlatform/dp2
CHINESE = bytes.fromhex(
    "C1 02 07 1100B0C30C30CA 0000"  # DPB000002
    "02 03 A80008"
    "83 02 03 D6593F 0000"  # ZYLS
    "25 01 10"  # type of usage as numeric string
    "37 02 1040"
    "5F 08 05 99A713063F"  # OID 15 + 8 = 23: alternative owner Lib01
)
UNKNOWN = lay_element(200, Compaction.OCTETS, b"\x01\x02", filler=b"\x80\x00")


def test_example_of_the_standard_is_read() -> None:
    tag = decode(STANDARD)

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.ISO28560_2, "123456789012", "US-InU-Mu")
    assert (tag.parts, tag.part, tag.usage) == (12, 3, Usage.UNSPECIFIED)
    assert [extra.fields for extra in tag.extras] == [(("shelf_location", "QA268.L55"),)]
    assert tag.problems == ()


@pytest.mark.parametrize("dsfid", [None, 0x00, 0x06])
@pytest.mark.parametrize(
    ("memory", "item_id", "owner"),
    [(FINNISH, "1620168259", "FI-Mamk-M"), (CHINESE, "DPB000002", "ZYLS")],
    ids=["Finnish", "Chinese"],
)
def test_real_tags_are_read_with_and_without_their_dsfid(
    memory: bytes, item_id: str, owner: str, dsfid: int | None
) -> None:
    tag = decode(memory.ljust(112, b"\0"), dsfid=dsfid)

    assert (tag.item_id, tag.owner, tag.usage) == (item_id, owner, Usage.CIRCULATING)
    assert tag.problems == ()


def test_null_precursor_between_elements_is_skipped() -> None:
    tag = decode(FINNISH[:8] + b"\x80\x80" + FINNISH[8:])

    assert (tag.item_id, tag.owner) == ("1620168259", "FI-Mamk-M")


def test_write_mark_of_a_vendor_in_the_last_bytes_does_not_hide_the_layout() -> None:
    tag = decode(STANDARD.ljust(108, b"\0") + b"W_OK")

    assert tag.item_id == "123456789012"


def test_content_parameter_that_lists_every_element_proves_the_layout_before_old_data() -> None:
    stale = bytes.fromhex("DEADBEEF")

    assert decode(FINNISH + b"\0" + stale).item_id == "1620168259"
    assert decode(bytes.fromhex("11030AA8AE00") + stale).item_id is None
    assert decode(bytes.fromhex("11030AA8AE00") + stale, dsfid=0x06).item_id == "698542"


@pytest.mark.parametrize(
    ("memory", "problem"),
    [
        # a real bad tag: nibble A in a number, then an element that claims more than there is
        (
            "21040000610A534530313033363130330201A0030B1B81E120000A01ACA2A65F65018000",
            TagProblem.TRUNCATED,
        ),
        ("110519F0", TagProblem.TRUNCATED),
        ("1105", TagProblem.TRUNCATED),
        ("91", TagProblem.TRUNCATED),
        ("2102061A", TagProblem.BAD_ITEM_ID),
        ("11020A00 11020A01", TagProblem.DUPLICATE_ELEMENT),
        ("020180 11020A00", TagProblem.NO_ITEM_ID),
        ("1100", TagProblem.BAD_ITEM_ID),
        ("01020A00", TagProblem.BAD_ITEM_ID),  # an item id has no application defined form
        ("6102 3107", TagProblem.BAD_ITEM_ID),
        ("9101020A00 55", TagProblem.BAD_ELEMENT),  # filler is 00 or 80
        ("11020A00 1001FF", TagProblem.BAD_ELEMENT),  # there is no OID 0
        ("11020A00 0307ACC09EBAA06F6A", TagProblem.BAD_ELEMENT),  # owner with a damaged tail
        ("11020A00 4605 0420F1CB3C", TagProblem.BAD_ELEMENT),  # shelf location with another
    ],
)
def test_chain_that_cannot_be_trusted_gives_no_id(memory: str, problem: TagProblem) -> None:
    tag = decode(bytes.fromhex(memory), dsfid=0x06)

    assert (tag.layout, tag.item_id, tag.owner) == (Layout.ISO28560_2, None, None)
    assert tag.problems == (problem,)


@pytest.mark.parametrize(
    ("element", "usage", "detail", "problems"),
    [
        ("050115", Usage.CIRCULATING, 5, ()),
        ("650112", Usage.CIRCULATING, 2, ()),
        ("650132", Usage.NOT_CIRCULATING, 0, ()),
        ("050170", Usage.DISCARDED, 0, ()),
        ("0501F0", None, 0, (TagProblem.UNKNOWN_USAGE,)),
        ("0502 1010", None, 0, (TagProblem.UNKNOWN_USAGE,)),
    ],
)
def test_type_of_usage_in_every_spelling(
    element: str, usage: Usage | None, detail: int, problems: tuple[TagProblem, ...]
) -> None:
    tag = decode(bytes.fromhex("11020A00" + element), dsfid=0x06)

    assert (tag.item_id, tag.usage, tag.usage_detail) == ("2560", usage, detail)
    assert tag.problems == problems


@pytest.mark.parametrize(
    ("element", "parts", "part", "problems"),
    [
        ("14010B", 1, 1, ()),
        ("2402 1A1F", None, None, (TagProblem.BAD_ELEMENT,)),
        ("2403 012003", 12, 3, ()),
        ("240112", 2, 1, (TagProblem.SWAPPED_PARTS,)),
        ("2402 123F", None, None, (TagProblem.BAD_PARTS,)),
    ],
)
def test_set_information(
    element: str, parts: int | None, part: int | None, problems: tuple[TagProblem, ...]
) -> None:
    tag = decode(bytes.fromhex("11020A00" + element), dsfid=0x06)

    assert (tag.parts, tag.part, tag.problems) == (parts, part, problems)


def test_title_that_is_no_text_is_left_out_and_said() -> None:
    tag = decode(bytes.fromhex("11020A00 7F0202D0D0"), dsfid=0x06)

    assert (tag.item_id, tag.title, tag.problems) == ("2560", None, (TagProblem.BAD_TITLE,))


def test_tag_is_written_in_the_order_of_the_elements() -> None:
    content = TagContent(
        ItemId("123456789012"), "US-InU-Mu", parts=12, part=3, title="Мы", usage_detail=1
    )

    memory = encode(content, layout=Layout.ISO28560_2, size=64)

    assert memory == bytes.fromhex(
        "11 05 1CBE991A14"  # item id
        "02 02 E002"  # listed: 3, 4, 5, 17
        "03 07 ACC09EBAA06F6B"  # owner
        "14 02 04B3"  # part 3 of 12
        "05 01 11"  # for circulation, sub-class 1
        "7F 02 04 D09CD18B"  # title
    ).ljust(64, b"\0")


@pytest.mark.parametrize("memory", [STANDARD, FINNISH, CHINESE], ids=["ISO", "Finnish", "Chinese"])
def test_writing_again_keeps_unknown_elements_and_says_the_same(memory: bytes) -> None:
    before = decode(memory + UNKNOWN.raw, dsfid=0x06)

    written = encode(content_of(before, layout=Layout.ISO28560_2), layout=Layout.ISO28560_2)
    after = decode(written)

    assert {extra.raw for extra in after.extras} == {extra.raw for extra in before.extras}
    assert UNKNOWN.raw in written
    assert (after.item_id, after.owner, after.parts, after.part, after.usage) == (
        before.item_id,
        before.owner,
        before.parts,
        before.part,
        before.usage,
    )
    assert encode(content_of(after, layout=Layout.ISO28560_2), layout=Layout.ISO28560_2) == written


def test_element_with_filler_and_far_oid_is_laid_and_read() -> None:
    assert UNKNOWN.raw == bytes.fromhex("EF B9 02 02 0102 8000")
    assert read_chain(UNKNOWN.raw).elements == (UNKNOWN,)


def test_long_element_has_a_length_of_two_bytes() -> None:
    title = "Ж" * 100

    memory = encode(TagContent(ItemId("42"), title=title), layout=Layout.ISO28560_2, size=256)

    assert bytes.fromhex("7F 02 8148 D096") in memory
    assert decode(memory).title == title


@pytest.mark.parametrize("size", range(9, 230))
def test_title_is_cut_to_what_a_tag_of_any_size_holds(size: int) -> None:
    content = TagContent(ItemId("42"), title="Ж" * 100)

    memory = encode(content, layout=Layout.ISO28560_2, size=size, title_fit=TitleFit.CUT)

    tag = decode(memory)
    assert len(memory) == size
    assert (tag.item_id, tag.problems) == ("42", ())
    assert content.title is not None
    assert content.title.startswith(tag.title or "")


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (TagContent(ItemId("42"), "RU-" + "x" * 40), "bigger tag"),
        (TagContent(ItemId("42"), title="x" * 40), "leave it out"),
        (TagContent(ItemId("42"), parts=1000), "999 at most"),
        (TagContent(ItemId("42"), "RU\n"), "ISIL"),
        (TagContent(ItemId("42"), usage_detail=16), "0 to 15"),
        (TagContent(ItemId("42"), extras=(Extra(Layout.ISO28560_3, 101, b""),)), "leave them out"),
    ],
)
def test_what_does_not_fit_is_refused_with_advice(content: TagContent, advice: str) -> None:
    with pytest.raises(CannotEncode, match=advice):
        encode(content, layout=Layout.ISO28560_2, size=32)


plain_text = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


@settings(max_examples=300, deadline=None)
@given(
    item_id=plain_text.filter(lambda text: len(text.encode()) <= 16),
    owner=st.none() | st.from_regex(r"[A-Z]{2}-[A-Za-z0-9:/-]{1,11}", fullmatch=True),
    place=st.lists(st.integers(1, 999), min_size=2, max_size=2).map(sorted),
    usage=st.sampled_from(Usage),
    detail=st.integers(0, 15),
    title=st.none() | plain_text,
)
def test_what_is_written_is_read(
    item_id: str,
    owner: str | None,
    place: list[int],
    usage: Usage,
    detail: int,
    title: str | None,
) -> None:
    content = TagContent(ItemId(item_id), owner, place[1], place[0], usage, title, detail)

    tag = decode(encode(content, layout=Layout.ISO28560_2, size=1024))

    assert tag.problems == ()
    assert content_of(tag, layout=Layout.ISO28560_2) == content
