"""Writing over a tag: torn at any byte it says its old id, its new one, or that it is damaged."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from circulation.ids import ItemId
from circulation.tags.codec import decode, encode
from circulation.tags.extensions import ExtensionBlock
from circulation.tags.item_tag import CannotEncode, Layout, TagContent, TagProblem
from circulation.tags.rewriting import (
    CARRIED_BLOCK,
    Face,
    Step,
    WriteAfi,
    WriteBlocks,
    WriteDsfid,
    fresh_memory,
    renewed_memory,
    writing_steps,
)

SIZE = 112
OWNER = "RU-10010033"
BLANK = Face(bytes(SIZE), 0x00, 0x00)
LEGACY_3M = bytes.fromhex("04110000323030393031303130313233000000000123456700000007 00000000")
CHAINED = bytes.fromhex(  # a real tag of a Finnish library, as quoted by Hypernova-Oy/lainuri
    "910104 6091CE43 80 0201A8 050110 67024241 03073240DE05AB075B"
)


def content(item: str = "B-0042", **more: object) -> TagContent:
    return TagContent(item_id=ItemId(item), owner=OWNER, **more)


def face(memory: bytes, dsfid: int = 0x3E, afi: int = 0x07) -> Face:
    return Face(memory.ljust(SIZE, b"\0"), dsfid, afi)


def new_face(item: str = "B-0042") -> Face:
    return face(fresh_memory(content(item), SIZE))


OLD = {
    "blank": BLANK,
    "as 3M delivers it": face(b"\x55" * 24, 0, 0),
    "another copy": face(encode(content("B-0043"), size=SIZE)),
    "another copy, one letter away": face(encode(content("C-0042"), size=SIZE)),
    "the same copy with a title": face(encode(content(title="Мцыри"), size=SIZE)),
    "another copy, DSFID forgotten": face(encode(content("B-0043"), size=SIZE), 0x00),
    "28560-2": face(CHAINED, 0x06),
    "28560-2, DSFID forgotten": face(CHAINED, 0x00, 0xC2),
    "3M": face(LEGACY_3M, 0x00, 0xD7),
}


def applied(now: Face, steps: tuple[Step, ...]) -> Iterator[Face]:
    """The tag after every single byte that is written, the way a tear would leave it."""
    memory, dsfid, afi = bytearray(now.memory), now.dsfid, now.afi
    for step in steps:
        match step:
            case WriteDsfid(dsfid=value):
                dsfid = value
            case WriteAfi(afi=value):
                afi = value
            case WriteBlocks(first=first, data=data):
                for at, byte in enumerate(data, start=first * 4):
                    memory[at] = byte
                    yield Face(bytes(memory), dsfid, afi)
        yield Face(bytes(memory), dsfid, afi)


def says(tag: Face) -> str | None:
    return decode(tag.memory, dsfid=tag.dsfid).item_id


@pytest.mark.parametrize("old", OLD.values(), ids=OLD)
def test_torn_at_every_byte_it_says_the_old_id_the_new_one_or_none(old: Face) -> None:
    wanted = new_face()

    states = list(applied(old, writing_steps(old, wanted)))

    assert states[-1] == wanted
    assert {says(state) for state in states} <= {says(old), "B-0042", None}
    for state in states:
        seen = decode(state.memory, dsfid=state.dsfid)
        if seen.item_id == "B-0042" != says(old):
            assert state == wanted, "a tag with the new id is a whole and an armed one"
        if seen.item_id is None and state.memory != old.memory:
            assert seen.layout is Layout.ISO28560_3, "it is marked as damaged, not as a stranger's"


@pytest.mark.parametrize("old", OLD.values(), ids=OLD)
def test_undone_and_torn_it_says_the_id_before_or_none(old: Face) -> None:
    wrote = new_face()

    states = list(applied(wrote, writing_steps(wrote, old)))

    assert states[-1] == old
    assert {says(state) for state in states} <= {says(old), "B-0042", None}


@settings(max_examples=150, deadline=None)
@given(
    old=st.text("ABC0123456789-", min_size=1, max_size=16),
    new=st.text("ABC0123456789-", min_size=1, max_size=16),
)
def test_no_third_id_ever_stands_between_two(old: str, new: str) -> None:
    before, after = new_face(old), new_face(new)

    assert {says(state) for state in applied(before, writing_steps(before, after))} <= {
        old,
        new,
        None,
    }


def test_what_stands_already_is_not_written() -> None:
    tag = new_face()

    assert writing_steps(tag, tag) == ()
    assert writing_steps(Face(tag.memory, 0x3E, 0xC2), tag) == (WriteAfi(0x07),)


def test_a_blank_tag_takes_its_basic_block_and_not_its_whole_memory() -> None:
    steps = writing_steps(BLANK, new_face())

    assert steps[0] == WriteDsfid(0x3E)
    assert isinstance(steps[-1], WriteBlocks)
    assert steps[-1].first == 0
    assert sum(len(step.data) for step in steps if isinstance(step, WriteBlocks)) <= 36


@pytest.mark.parametrize("memory", [LEGACY_3M.ljust(SIZE, b"\0"), CHAINED.ljust(SIZE, b"\0")])
def test_what_only_another_layout_has_is_carried_along(memory: bytes) -> None:
    tag = decode(memory)

    renewed = decode(renewed_memory(memory, tag), dsfid=0x3E)

    assert renewed.layout is Layout.ISO28560_3
    assert renewed.item_id == tag.item_id
    (carried,) = renewed.extras
    assert carried.number == CARRIED_BLOCK
    assert all(extra.raw in carried.raw for extra in tag.extras)


def test_unknown_extension_blocks_stay_whatever_their_order() -> None:
    blocks = [ExtensionBlock(number, bytes((number,)) * 5).to_bytes() for number in (130, 2)]
    memory = (encode(content(), size=34) + b"".join(blocks)).ljust(SIZE, b"\0")
    turned = b"".join(memory[at : at + 4][::-1] for at in range(0, SIZE, 4))

    for written in (memory, turned):
        renewed = decode(renewed_memory(written, decode(written)), dsfid=0x3E)
        assert {extra.raw for extra in renewed.extras} == set(blocks)
        assert renewed.problems == ()


@pytest.mark.parametrize(
    "memory",
    [
        encode(content(title="Мцыри"), size=64)
        + b"\0" * 12
        + b"vendor's own"
        + bytes(20)
        + b"W_OK",
        CHAINED.ljust(80, b"\0") + b"vendor's own".ljust(28, b"\0") + b"W_OK",
        LEGACY_3M.ljust(88, b"\0") + b"vendor's own" + bytes(8) + b"W_OK",
    ],
    ids=["28560-3", "28560-2", "3M"],
)
def test_what_lies_behind_the_end_mark_stays_where_it_is(memory: bytes) -> None:
    tag = decode(memory, dsfid=0x06 if memory[0] == 0x91 else None)

    renewed = renewed_memory(memory, tag)

    assert decode(renewed, dsfid=0x3E).item_id == tag.item_id
    assert decode(renewed, dsfid=0x3E).problems == ()
    at = memory.index(b"vendor's own")
    assert renewed[at:] == memory[at:]


def test_foreign_memory_in_the_way_is_not_written_over() -> None:
    memory = LEGACY_3M + b"vendor's own".ljust(SIZE - 32, b"\0")

    with pytest.raises(CannotEncode, match="another system keeps data"):
        renewed_memory(memory, decode(memory))


def test_a_tag_that_is_only_readable_anyhow_becomes_a_sound_one() -> None:
    swapped = bytearray(encode(content(), size=SIZE))
    swapped[0] = 0x11  # both nibbles 1: nothing to swap; the set of two says its parts reversed
    swapped[1:3] = b"\x01\x02"
    memory = _with_checksum(bytes(swapped))
    tag = decode(memory, dsfid=0x3E)
    assert tag.problems == (TagProblem.SWAPPED_PARTS,)

    renewed = decode(renewed_memory(memory, tag), dsfid=0x3E)

    assert (renewed.part, renewed.parts, renewed.problems) == (1, 2, ())


def _with_checksum(memory: bytes) -> bytes:
    from circulation.tags.basic_block import crc16

    crc = crc16(memory[:19] + memory[21:34]).to_bytes(2, "little")
    return memory[:19] + crc + memory[21:]
