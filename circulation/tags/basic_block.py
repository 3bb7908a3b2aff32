"""The basic block of ISO 28560-3: 34 fixed bytes with a checksum, 32 of them on a small tag.

byte 0      version (high nibble, 1) and type of usage (low nibble)
byte 1      number of parts in the item
byte 2      ordinal number of this part
bytes 3-18  primary item id, UTF-8, padded with 00
bytes 19-20 CRC over bytes 0-18 and 21-33, least significant byte first
bytes 21-33 owner: ISIL without its hyphen, padded with 00 (to byte 31 on a 32-byte tag)
"""

from binascii import crc_hqx
from dataclasses import dataclass
from typing import Final

BASIC_BLOCK_BYTES: Final = 34
SMALL_TAG_BYTES: Final = 32
ITEM_ID_BYTES: Final = 16
OWNER_BYTES: Final = 13
VERSION: Final = 1
MEMORY_BLOCK_BYTES: Final = 4

_ITEM = slice(3, 19)
_CRC = slice(19, 21)
_OWNER = slice(21, 34)


@dataclass(frozen=True, slots=True)
class BasicBlock:
    """The fields as they stand; `item` and `owner` still padded."""

    header: int
    total: int
    ordinal: int
    item: bytes
    owner: bytes

    @classmethod
    def from_bytes(cls, memory: bytes) -> "BasicBlock":
        """Cut the fields out of 32 bytes or more; what a small tag lacks counts as 00."""
        block = _whole(memory)
        return cls(block[0], block[1], block[2], block[_ITEM], block[_OWNER])

    def to_bytes(self) -> bytes:
        """The 34 bytes with their checksum."""
        before = bytes((self.header, self.total, self.ordinal)) + self.item.ljust(
            ITEM_ID_BYTES, b"\0"
        )
        owner = self.owner.ljust(OWNER_BYTES, b"\0")
        return before + crc16(before + owner).to_bytes(2, "little") + owner


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE (polynomial 1021, initial FFFF), which ISO 28560-3 prescribes."""
    return crc_hqx(data, 0xFFFF)


def crc_fits(memory: bytes) -> bool:
    """True when the stored checksum is the one of the fields; False for less than 32 bytes."""
    if len(memory) < SMALL_TAG_BYTES:
        return False
    block = _whole(memory)
    stored = int.from_bytes(block[_CRC], "little")
    return stored == crc16(block[: _CRC.start] + block[_CRC.stop :])


def turn_blocks(memory: bytes) -> bytes:
    """Every 4-byte memory block back to front; what is left of a cut last block falls away."""
    whole = len(memory) - len(memory) % MEMORY_BLOCK_BYTES
    starts = range(0, whole, MEMORY_BLOCK_BYTES)
    return b"".join(memory[at : at + MEMORY_BLOCK_BYTES][::-1] for at in starts)


def _whole(memory: bytes) -> bytes:
    return memory[:BASIC_BLOCK_BYTES].ljust(BASIC_BLOCK_BYTES, b"\0")
