"""The compactions of ISO/IEC 15962 that ISO 28560-2 uses: how a text becomes few bytes."""

import re
from enum import IntEnum
from typing import Final

from circulation.tags.bits import to_bits, to_bytes


class Compaction(IntEnum):
    """Bits 6 to 4 of a precursor."""

    APPLICATION = 0
    INTEGER = 1
    NUMERIC = 2
    FIVE_BIT = 3
    SIX_BIT = 4
    SEVEN_BIT = 5
    OCTETS = 6
    UTF8 = 7


_MOST_INTEGER_BYTES: Final = 8  # 19 digits, the most an encoder may write, take 8 bytes
_SIX_BIT_FILLING: Final = "100000"
_CHOICE: Final[tuple[tuple[Compaction, re.Pattern[str]], ...]] = (
    (Compaction.INTEGER, re.compile(r"[1-9][0-9]{1,18}")),
    (Compaction.NUMERIC, re.compile(r"[0-9]{2,}")),
    (Compaction.FIVE_BIT, re.compile(r"[A-_]{3,}")),
    (Compaction.SIX_BIT, re.compile(r"[ -_]{3,}[!-_]")),
    (Compaction.SEVEN_BIT, re.compile(r"[\x00-\x7E]{8,}")),
    (Compaction.OCTETS, re.compile(r"[\x00-\xFF]*")),
)
"""What each compaction can hold, in the order to try; any other text is UTF-8."""


def choose_compaction(text: str) -> Compaction:
    """The first compaction that holds the text (the order of the encoder rules)."""
    return next((code for code, holds in _CHOICE if holds.fullmatch(text)), Compaction.UTF8)


def compact(text: str, code: Compaction) -> bytes:
    """The bytes of a text that `code` holds."""
    match code:
        case Compaction.INTEGER:
            number = int(text)
            return number.to_bytes((number.bit_length() + 7) // 8, "big")
        case Compaction.NUMERIC:
            return bytes.fromhex(text + "F" * (len(text) % 2))
        case Compaction.FIVE_BIT:
            return to_bytes("".join(f"{ord(char) & 0x1F:05b}" for char in text), filling="0" * 7)
        case Compaction.SIX_BIT:
            return to_bytes(
                "".join(f"{ord(char) & 0x3F:06b}" for char in text), filling=_SIX_BIT_FILLING
            )
        case Compaction.SEVEN_BIT:
            return to_bytes("".join(f"{ord(char):07b}" for char in text), filling="1" * 7)
        case Compaction.OCTETS:
            return text.encode("latin-1")
        case Compaction.UTF8:
            return text.encode()
        case Compaction.APPLICATION:
            raise AssertionError("what compaction 0 means depends on the element")


def expand(data: bytes, code: Compaction) -> str | None:
    """The text in the bytes, or None when they are not this compaction.

    Fewer characters than an encoder would write so are fine: real tags have them.
    """
    match code:
        case Compaction.INTEGER:
            return (
                str(int.from_bytes(data, "big")) if 0 < len(data) <= _MOST_INTEGER_BYTES else None
            )
        case Compaction.NUMERIC:
            return _expand_numeric(data)
        case Compaction.FIVE_BIT:
            return _expand_five_bit(to_bits(data))
        case Compaction.SIX_BIT:
            return _expand_six_bit(to_bits(data))
        case Compaction.SEVEN_BIT:
            return _expand_seven_bit(to_bits(data))
        case Compaction.OCTETS:
            return data.decode("latin-1")
        case Compaction.UTF8:
            return _expand_utf8(data)
        case Compaction.APPLICATION:
            raise AssertionError("what compaction 0 means depends on the element")


def _expand_numeric(data: bytes) -> str | None:
    text = data.hex().upper().removesuffix("F")
    return text if re.fullmatch("[0-9]+", text) else None


def _expand_five_bit(bits: str) -> str | None:
    groups, rest = _groups(bits, 5)
    if groups and groups[-1] == 0:  # five or more bits of filling
        groups.pop()
    if "1" in rest or 0 in groups:
        return None
    return "".join(chr(0x40 | group) for group in groups)


def _expand_six_bit(bits: str) -> str | None:
    groups, rest = _groups(bits, 6)
    if not rest and groups and groups[-1] == int(_SIX_BIT_FILLING, 2):
        groups.pop()
    if not _SIX_BIT_FILLING.startswith(rest):
        return None
    return "".join(chr(group if group >= 0x20 else group | 0x40) for group in groups)


def _expand_seven_bit(bits: str) -> str | None:
    groups, rest = _groups(bits, 7)
    if not rest and groups and groups[-1] == 0x7F:
        groups.pop()
    if "0" in rest:
        return None
    return "".join(chr(group) for group in groups)


def _expand_utf8(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _groups(bits: str, width: int) -> tuple[list[int], str]:
    whole = len(bits) - len(bits) % width
    return [int(bits[at : at + width], 2) for at in range(0, whole, width)], bits[whole:]
