"""The chain of elements of ISO/IEC 15962 without directory, as ISO 28560-2 uses it.

    precursor | [relative OID - 15] | [count of filler bytes] | length | data | [filler bytes]

Precursor: bit 7 filler follows, bits 6-4 compaction, bits 3-0 relative OID (15: it stands in the
next byte). 00 ends the chain, 80 is a null precursor. Filler aligns an element to a block border,
so that it can be locked. The order "OID byte, then filler count" rests on two implementations (dp2,
lainuri), not on the standard's text.
"""

from dataclasses import dataclass
from typing import Final

from circulation.tags.compaction import Compaction
from circulation.tags.item_tag import TagProblem

END: Final = 0x00
NULL_PRECURSOR: Final = 0x80
FILLERS: Final = b"\x00\x80"
MOST_LENGTH_BYTES: Final = 3

_HAS_FILLER = 0x80
_OID_FOLLOWS = 15


@dataclass(frozen=True, slots=True)
class Element:
    """One element; `raw` are its bytes on the tag, filler included."""

    oid: int
    compaction: Compaction
    data: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Chain:
    """The elements up to the end marker, the memory behind, and what broke the chain, if so."""

    elements: tuple[Element, ...]
    rest: bytes
    problem: TagProblem | None = None


def read_chain(memory: bytes) -> Chain:
    """Read elements up to the end marker, the end of the memory, or what cannot be one."""
    elements: list[Element] = []
    at = 0
    while at < len(memory) and memory[at] != END:
        if memory[at] == NULL_PRECURSOR:
            at += 1
            continue
        found = _read_element(memory, at)
        if isinstance(found, TagProblem):
            return Chain(tuple(elements), memory[at:], found)
        elements.append(found)
        at += len(found.raw)
    return Chain(tuple(elements), memory[at:])


def lay_element(oid: int, compaction: Compaction, data: bytes, *, filler: bytes = b"") -> Element:
    """An element with its bytes as they go on a tag."""
    relative = min(oid, _OID_FOLLOWS)
    head = bytes((_HAS_FILLER * bool(filler) | compaction << 4 | relative,))
    if relative == _OID_FOLLOWS:
        head += bytes((oid - _OID_FOLLOWS,))
    if filler:
        head += bytes((len(filler),))
    return Element(oid, compaction, data, head + lay_length(len(data)) + data + filler)


def lay_length(length: int) -> bytes:
    """Seven bits per byte, most significant first, top bit set on all but the last (128: 81 00)."""
    out = bytes((length & 0x7F,))
    while length := length >> 7:
        out = bytes((0x80 | length & 0x7F,)) + out
    return out


def read_length(memory: bytes, at: int) -> tuple[int, int] | TagProblem:
    """The length that starts at `at`, and where its data start."""
    length = 0
    for byte in memory[at : at + MOST_LENGTH_BYTES]:
        length = length << 7 | byte & 0x7F
        at += 1
        if byte < 0x80:
            return length, at
    return TagProblem.TRUNCATED if at >= len(memory) else TagProblem.BAD_ELEMENT


def _read_element(memory: bytes, start: int) -> Element | TagProblem:
    precursor, at = memory[start], start + 1
    oid = precursor & 0x0F
    head = int(oid == _OID_FOLLOWS) + int(precursor >= _HAS_FILLER)
    if at + head >= len(memory):
        return TagProblem.TRUNCATED
    if oid == _OID_FOLLOWS:
        oid += memory[at]
        at += 1
    filler_count = 0
    if precursor >= _HAS_FILLER:
        filler_count = memory[at]
        at += 1
    measured = read_length(memory, at)
    if isinstance(measured, TagProblem):
        return measured
    length, at = measured
    end = at + length + filler_count
    if end > len(memory):
        return TagProblem.TRUNCATED
    if oid == 0 or memory[at + length : end].strip(FILLERS):
        return TagProblem.BAD_ELEMENT
    compaction = Compaction(precursor >> 4 & 0x07)
    return Element(oid, compaction, memory[at : at + length], memory[start:end])
