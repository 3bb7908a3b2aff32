"""The legacy 3M layout ("RFID 501"): read, so that old tags work until written anew; not written.

    block 0     04 | number in set, total (a nibble each) | 00 | item type
    blocks 1-4  item id, 16 bytes of ASCII, padded with 00
    block 5     branch (12 bits), library (20 bits)
    block 6     custom signed integer
    block 7     00

Source: Biblio::RFID::RFID501 (dpavlin/Biblio-RFID). No checksum; the fixed bytes and the padding
must be right.
"""

from typing import Final

from circulation.tags.fields import padded_text, place_in_set, read_item_id
from circulation.tags.item_tag import Extra, ItemTag, Layout, TagProblem, Usage

FACTORY_BLANK: Final = b"\x55" * 24
"""What 3M writes on a tag before it is used."""

_LEAST_BYTES = 28
LEGACY_3M_BYTES = 32
_MARK = 0x04
_FIRST_TEXT = 0x20  # item types are 0 to 9 and 13; a character here is another layout


def is_3m(memory: bytes) -> bool:
    """True when the fixed bytes are those of this layout."""
    return (
        len(memory) >= _LEAST_BYTES
        and memory[0] == _MARK
        and memory[2] == 0
        and memory[3] < _FIRST_TEXT
        and not any(memory[_LEAST_BYTES:LEGACY_3M_BYTES])
    )


def read_3m(memory: bytes) -> ItemTag:
    """Read a tag for which `is_3m` holds; what only 3M has is kept as an extra."""
    text = padded_text(memory[4:20])
    item_id = read_item_id(text)
    if item_id is None or not item_id.isascii():
        problem = TagProblem.NO_ITEM_ID if text == "" else TagProblem.BAD_ITEM_ID
        return ItemTag(Layout.LEGACY_3M, problems=(problem,))
    place = place_in_set(memory[1] & 0x0F, memory[1] >> 4)
    return ItemTag(
        layout=Layout.LEGACY_3M,
        item_id=item_id,
        parts=place.parts,
        part=place.part,
        usage=Usage.UNSPECIFIED,
        problems=place.problems,
        extras=(Extra(Layout.LEGACY_3M, 0, memory[:LEGACY_3M_BYTES], _vendor_fields(memory)),),
    )


def _vendor_fields(memory: bytes) -> tuple[tuple[str, str], ...]:
    place = int.from_bytes(memory[20:24], "big")
    return (
        ("item_type", str(memory[3])),
        ("branch", str(place >> 20)),
        ("library", str(place & 0xFFFFF)),
        ("custom", str(int.from_bytes(memory[24:28], "big", signed=True))),
    )
