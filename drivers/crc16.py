"""The two 16-bit checksums that readers put on their frames (pure)."""

from typing import Final


def crc_mcrf4xx(data: bytes | bytearray) -> int:
    """FEIG and Chafon: polynomial 8408 reflected, start FFFF, no final XOR.

    ``123456789`` gives 6F91. Both makes send it low byte first.
    """
    value = 0xFFFF
    for byte in data:
        value = (value >> 8) ^ _REFLECTED[(value ^ byte) & 0xFF]
    return value


def crc_genibus(data: bytes | bytearray) -> int:
    """3M: polynomial 1021 not reflected, start FFFF, final XOR FFFF.

    ``123456789`` gives D64E. 3M calls it BCC and sends it high byte first.
    """
    value = 0xFFFF
    for byte in data:
        value = ((value << 8) & 0xFFFF) ^ _FORWARD[(value >> 8) ^ byte]
    return value ^ 0xFFFF


def _reflected_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ 0x8408 if value & 1 else value >> 1
    return value


def _forward_entry(index: int) -> int:
    value = index << 8
    for _ in range(8):
        value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
    return value & 0xFFFF


_REFLECTED: Final = tuple(_reflected_entry(value) for value in range(256))
_FORWARD: Final = tuple(_forward_entry(value) for value in range(256))
