"""Extension blocks of ISO 28560-3, behind the basic block.

    length | id (2, LSB first) | XOR | payload

Length counts the whole block; 0 ends the list, 1 is a filler byte. The XOR byte makes the XOR over
the block 0 (annex B.2 has it at offset 3). An id of FFxx is followed by two more id bytes: a 32-bit
id.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

from circulation.tags.fields import plain_text
from circulation.tags.item_tag import CannotEncode, Extra, Layout, TagProblem

LIBRARY_BLOCK: Final = 1
TITLE_BLOCK: Final = 4
END_BLOCK: Final = b"\0"
MAX_BLOCK_BYTES: Final = 255

_FILLER = 1
_WIDE_ID = 0xFF
_FIELD_NAMES: Final[dict[int, tuple[str, ...]]] = {
    LIBRARY_BLOCK: ("media_format", "alternative_item_id", "alternative_owner"),
    2: (
        "supplier_id",
        "product_id_local",
        "order_number",
        "supplier_invoice",
        "gs1_product_id",
        "supply_chain_stage",
    ),
    3: ("shelf_location", "marc_media_format", "onix_media_format", "subsidiary_of_owner"),
    TITLE_BLOCK: ("title",),
    5: ("ill_borrowing_institution", "ill_transaction", "alternative_ill_institution"),
}
"""Fields of the structured blocks, in their order on the tag.

Ids 6-100 are reserved, 101 and up unstructured.
"""


@dataclass(frozen=True, slots=True)
class ExtensionBlock:
    """One block: its number and what it carries."""

    number: int
    payload: bytes

    @classmethod
    def from_bytes(cls, raw: bytes) -> "ExtensionBlock | None":
        """A whole block, or None when its XOR does not hold or it is too short for its head."""
        wide = len(raw) > 2 and raw[2] == _WIDE_ID
        head = 6 if wide else 4
        if len(raw) < head or len(raw) != raw[0] or reduce(xor, raw) != 0:
            return None
        return cls(int.from_bytes(raw[1 : head - 1], "little"), raw[head:])

    def to_bytes(self) -> bytes:
        """The block with its length and XOR, or `CannotEncode` above 255 bytes."""
        # FF as its second byte is what tells a 32-bit id, so no other id above FFFF can be spelt.
        wide = self.number >> 8 & 0xFF == _WIDE_ID
        if self.number > 0xFFFF and not wide:
            raise CannotEncode(
                f"extension block id {self.number} cannot be spelt: choose one from 101 to 65279"
            )
        number = self.number.to_bytes(4 if wide else 2, "little")
        length = 1 + len(number) + 1 + len(self.payload)
        if length > MAX_BLOCK_BYTES:
            raise CannotEncode(
                f"extension block {self.number} takes {length} bytes: shorten it to 255"
            )
        open_block = bytes((length,)) + number
        return open_block + bytes((reduce(xor, open_block + self.payload),)) + self.payload

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Name and text of each field of a structured block; a block of another kind has none."""
        names = _FIELD_NAMES.get(self.number, ())
        if self.number == LIBRARY_BLOCK and self.payload:
            values = [str(self.payload[0])]
            values += _strings(self.payload[1:]) if self.payload[1:] else []
        else:
            values = _strings(self.payload)
        return tuple(zip(names, values, strict=False))

    def as_extra(self, raw: bytes) -> Extra:
        """The block as `ItemTag.extras` keeps it; `raw` is its spelling on the tag."""
        return Extra(Layout.ISO28560_3, self.number, raw, self.fields())


class MediaFormat(IntEnum):
    """First byte of the library block (ISO 28560-3, block 1)."""

    UNDEFINED = 0
    BOOK = 1
    DISC = 2
    MAGNETIC_TAPE = 3
    OTHER = 4
    OTHER_WITH_CARE = 5
    VERY_SMALL = 6


def library_extra(
    media_format: MediaFormat, alternative_item_id: str = "", alternative_owner: str = ""
) -> Extra:
    """Block 1, ready for `TagContent.extras`."""
    strings = "\0".join((alternative_item_id, alternative_owner)).rstrip("\0").encode()
    block = ExtensionBlock(LIBRARY_BLOCK, bytes((media_format,)) + strings)
    return block.as_extra(block.to_bytes())


@dataclass(frozen=True, slots=True)
class ExtensionList:
    """The blocks behind a basic block, up to the end block or the first one that is damaged."""

    title: str | None
    extras: tuple[Extra, ...]
    problems: tuple[TagProblem, ...]


def read_extensions(area: bytes) -> ExtensionList:
    """Read the memory behind the basic block; nothing behind a damaged block is believed."""
    title: str | None = None
    extras: list[Extra] = []
    at = 0
    while at < len(area) and area[at] != 0:
        length = area[at]
        raw = area[at : at + length]
        at += length
        if length == _FILLER:
            continue
        block = ExtensionBlock.from_bytes(raw)
        if block is None:
            return ExtensionList(title, tuple(extras), (_what_broke(raw, length),))
        if block.number == TITLE_BLOCK and title is None:
            title = plain_text(block.payload.rstrip(b"\0"))
            if title is None:
                return ExtensionList(None, tuple(extras), (TagProblem.BAD_TITLE,))
        else:
            extras.append(block.as_extra(raw))
    return ExtensionList(title or None, tuple(extras), ())


def _what_broke(raw: bytes, length: int) -> TagProblem:
    if len(raw) < length:
        return TagProblem.TRUNCATED
    if length < 4 or (raw[2] == _WIDE_ID and length < 6):
        return TagProblem.BAD_BLOCK
    return TagProblem.BAD_BLOCK_XOR


def _strings(payload: bytes) -> list[str]:
    return [part.decode(errors="replace") for part in payload.split(b"\0")]
