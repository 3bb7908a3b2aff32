"""Writing over a tag so that a torn writing leaves its old id, its new one or none.

Block 0 carries the version that every id of ISO 28560-3 hangs on. It is emptied first and written
last, behind the DSFID that makes a failing checksum final and behind the AFI, so that a tag with an
id is always a whole and an armed one. In between, `decode` takes the tag for a damaged one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from circulation.tags.basic_block import BASIC_BLOCK_BYTES, MEMORY_BLOCK_BYTES, turn_blocks
from circulation.tags.codec import DSFID_28560_3, decode, encode
from circulation.tags.elements import read_chain
from circulation.tags.extensions import END_BLOCK, ExtensionBlock
from circulation.tags.item_tag import (
    CannotEncode,
    Extra,
    ItemTag,
    Layout,
    TagContent,
    TagProblem,
    content_of,
)
from circulation.tags.legacy_3m import LEGACY_3M_BYTES
from circulation.tags.title_fit import TitleFit

CARRIED_BLOCK: Final = 192
"""An unstructured extension block (101 and up): what only another layout had a place for, as its
bytes stood behind one byte of `_CARRIED_FROM`."""

_CARRIED_FROM: Final = {Layout.ISO28560_2: 2, Layout.LEGACY_3M: 3}
_EMPTY: Final = bytes(MEMORY_BLOCK_BYTES)


@dataclass(frozen=True, slots=True)
class Face:
    """All that can be written on a tag: its memory in tag order, and two bytes beside it."""

    memory: bytes
    dsfid: int
    afi: int


@dataclass(frozen=True, slots=True)
class WriteBlocks:
    """Whole blocks, from block `first` on."""

    first: int
    data: bytes


@dataclass(frozen=True, slots=True)
class WriteDsfid:
    """One byte: how the memory is laid out."""

    dsfid: int


@dataclass(frozen=True, slots=True)
class WriteAfi:
    """One byte: armed or not."""

    afi: int


Step = WriteBlocks | WriteDsfid | WriteAfi


def writing_steps(now: Face, wanted: Face) -> tuple[Step, ...]:
    """What to write, in this order, each read back before the next; nothing that stands already."""
    dsfid = (WriteDsfid(wanted.dsfid),) if now.dsfid != wanted.dsfid else ()
    afi = (WriteAfi(wanted.afi),) if now.afi != wanted.afi else ()
    memory = _memory_steps(now.memory, wanted.memory, afi)
    # the mark of a damaged tag goes up before the first block and comes down after the last
    first = wanted.dsfid == DSFID_28560_3
    return (*dsfid, *memory) if first else (*memory, *dsfid)


def fresh_memory(content: TagContent, size: int) -> bytes:
    """A tag of `size` bytes that says this and nothing else; the title is cut to what fits."""
    return encode(content, size=size, title_fit=TitleFit.CUT)


def renewed_memory(memory: bytes, tag: ItemTag, content: TagContent | None = None) -> bytes:
    """The same tag in the layout written today, with all that others keep on it, or `CannotEncode`.

    `content` None: what the tag says itself. Extension blocks and what lies behind the end mark
    stay; the elements and vendor fields of another layout are carried in `CARRIED_BLOCK`.
    """
    wanted = content or content_of(tag, layout=Layout.ISO28560_3)
    wanted = replace(wanted, extras=(*_own_extras(tag), *_carried(tag)))
    start = _foreign_start(memory, tag)
    if start < len(memory) and start <= BASIC_BLOCK_BYTES:
        raise CannotEncode(_NO_ROOM)
    laid = encode(wanted, size=start, title_fit=TitleFit.CUT)
    whole = laid + _in_order(memory, tag)[start:]
    if _sorted(decode(whole, dsfid=DSFID_28560_3).extras) != _sorted(wanted.extras):
        raise CannotEncode(_NO_ROOM)
    return whole


_NO_ROOM: Final = (
    "another system keeps data on this tag where the library's must stand: put a new tag on the "
    "book, or empty this one first"
)


def _memory_steps(now: bytes, wanted: bytes, afi: tuple[Step, ...]) -> tuple[Step, ...]:
    if now == wanted:
        return afi
    empty = (WriteBlocks(0, _EMPTY),) if now[:MEMORY_BLOCK_BYTES] != _EMPTY else ()
    first = wanted[:MEMORY_BLOCK_BYTES]
    commit = (WriteBlocks(0, first),) if first != _EMPTY else ()
    return (*empty, *_differing_runs(now, wanted), *afi, *commit)


def _differing_runs(now: bytes, wanted: bytes) -> Iterator[WriteBlocks]:
    """Neighbouring blocks behind block 0 that differ, as one write each."""
    start: int | None = None
    for at in range(MEMORY_BLOCK_BYTES, len(wanted) + 1, MEMORY_BLOCK_BYTES):
        end = at + MEMORY_BLOCK_BYTES
        differs = at < len(wanted) and now[at:end] != wanted[at:end]
        if differs and start is None:
            start = at
        elif not differs and start is not None:
            yield WriteBlocks(start // MEMORY_BLOCK_BYTES, wanted[start:at])
            start = None


def _sorted(extras: tuple[Extra, ...]) -> list[bytes]:
    return sorted(extra.raw for extra in extras)


def _own_extras(tag: ItemTag) -> tuple[Extra, ...]:
    return tuple(extra for extra in tag.extras if extra.layout is Layout.ISO28560_3)


def _carried(tag: ItemTag) -> tuple[Extra, ...]:
    mark = _CARRIED_FROM.get(tag.layout)
    raw = b"".join(extra.raw for extra in tag.extras if extra.layout is tag.layout)
    if mark is None or not raw:
        return ()
    block = ExtensionBlock(CARRIED_BLOCK, bytes((mark,)) + raw)
    return (block.as_extra(block.to_bytes()),)


def _in_order(memory: bytes, tag: ItemTag) -> bytes:
    return turn_blocks(memory) if TagProblem.REVERSED_BLOCKS in tag.problems else memory


def _foreign_start(memory: bytes, tag: ItemTag) -> int:
    """Where the first byte stands that is not the library's; the size of the tag for nowhere."""
    memory = _in_order(memory, tag)
    end = _own_end(memory, tag)
    behind = memory[end:]
    return end + len(behind) - len(behind.lstrip(b"\0"))


def _own_end(memory: bytes, tag: ItemTag) -> int:
    match tag.layout:
        case Layout.ISO28560_3:
            at = BASIC_BLOCK_BYTES
            while at < len(memory) and memory[at]:
                at += memory[at]
            return min(at + len(END_BLOCK), len(memory))
        case Layout.ISO28560_2:
            return len(memory) - len(read_chain(memory).rest)
        case Layout.LEGACY_3M:
            return LEGACY_3M_BYTES
        case _:
            raise CannotEncode(f"a tag of layout {tag.layout} is not converted: write it anew")
