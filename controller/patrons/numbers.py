"""How other readers and older programs write a card's UID; the identity is the canonical UID.

A 4-byte card has been seen as hex and as a decimal number, in both byte orders, and with its check
byte (MFRC522 libraries make 40 bits of it); 7 and 10 bytes as hex and decimal in both orders.
A text may so mean several cards: who looks one up takes it only when just one of them is known.
"""

from functools import reduce
from operator import xor

_LENGTHS = (4, 7, 10)  # ISO/IEC 14443-3, 6.5.4


def uid_candidates(text: str) -> tuple[str, ...]:
    """The canonical UIDs that somebody may mean by this text; empty when it is no number."""
    plain = text.strip().upper().replace(" ", "").replace(":", "").replace("-", "")
    found = [*_as_hex(plain), *_as_decimal(plain)]
    both = [uid for raw in found for uid in (raw.hex().upper(), raw[::-1].hex().upper())]
    return tuple(dict.fromkeys(both))


def _as_hex(text: str) -> list[bytes]:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return []
    return _whole(raw)


def _as_decimal(text: str) -> list[bytes]:
    if not (text.isascii() and text.isdigit() and len(text) <= 25):  # 2**80 has 25 digits
        return []
    number = int(text)
    found: list[bytes] = []
    for length in (*_LENGTHS, _LENGTHS[0] + 1):
        if number < 1 << 8 * length:
            found += _whole(number.to_bytes(length, "big"))
    return found


def _whole(raw: bytes) -> list[bytes]:
    """The bytes if they can be a UID; four bytes and their check byte are the four."""
    if not any(raw):
        return []
    if len(raw) == _LENGTHS[0] + 1 and reduce(xor, raw) == 0:
        return [raw[:-1]]
    return [raw] if len(raw) in _LENGTHS else []
