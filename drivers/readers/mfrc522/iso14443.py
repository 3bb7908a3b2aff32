"""ISO/IEC 14443-3 type A: find one card and learn its whole UID, through any transceiver (pure).

WUPA, then per cascade level anticollision, check byte and select, then HLTA: a halted card answers
the next WUPA, an active one would answer every second one only, because the unexpected frame throws
it back to IDLE.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.card import CardPoll, CardPollKind

WUPA: Final = b"\x52"  # 7 bits; wakes halted cards too, REQA (26) does not
HLTA: Final = b"\x50\x00\x57\xcd"  # CRC_A included
SELECT_LEVELS: Final = (0x93, 0x95, 0x97)
_ANTICOLLISION: Final = 0x20  # NVB: no UID bit known yet
_SELECT: Final = 0x70  # NVB: all 40 bits follow
_CASCADE_TAG: Final = 0x88  # first byte of a level that is not the last
_SAK_NOT_COMPLETE: Final = 0x04


class Reply(StrEnum):
    """How the air answered one frame."""

    DATA = "data"
    SILENCE = "silence"
    COLLISION = "collision"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Received:
    """One answer; `data` is whole bytes with their CRC where the card sent one."""

    reply: Reply
    data: bytes = b""


Transceive = Callable[[bytes, int], Received]
"""(frame, bits of its last byte, 0 = all 8) -> answer."""

_UNREADABLE: Final = CardPoll(CardPollKind.UNREADABLE)
_SEVERAL: Final = CardPoll(CardPollKind.SEVERAL)


def poll_card(transceive: Transceive) -> CardPoll:
    """One look at the field: no card, one with its UID, several, or one beyond reading."""
    if not _wake(transceive):
        return CardPoll(CardPollKind.NONE)
    found = _select_all(transceive)
    transceive(HLTA, 0)
    return found


def crc_a(data: bytes) -> bytes:
    """CRC_A, low byte first (ISO/IEC 14443-3 annex B: 5000 -> 57 CD)."""
    value = 0x6363
    for byte in data:
        byte ^= value & 0xFF
        byte = (byte ^ (byte << 4)) & 0xFF
        value = (value >> 8) ^ (byte << 8) ^ (byte << 3) ^ (byte >> 4)
    return (value & 0xFFFF).to_bytes(2, "little")


def _wake(transceive: Transceive) -> bool:
    """A card left active by an aborted poll stays silent once, so silence is asked twice."""
    return any(transceive(WUPA, 7).reply is not Reply.SILENCE for _ in range(2))


def _select_all(transceive: Transceive) -> CardPoll:
    uid = b""
    for level in SELECT_LEVELS:
        part = transceive(bytes((level, _ANTICOLLISION)), 0)
        if part.reply is Reply.COLLISION:
            return _SEVERAL
        if part.reply is not Reply.DATA or not _check_byte_fits(part.data):
            return _UNREADABLE
        sak = _select(transceive, level, part.data)
        if sak is None:
            return _UNREADABLE
        if not sak & _SAK_NOT_COMPLETE:
            return _read(uid + part.data[:4], sak)
        if part.data[0] != _CASCADE_TAG:
            return _UNREADABLE
        uid += part.data[1:4]
    return _UNREADABLE  # a fourth level does not exist


def _select(transceive: Transceive, level: int, part: bytes) -> int | None:
    frame = bytes((level, _SELECT)) + part
    answer = transceive(frame + crc_a(frame), 0)
    if answer.reply is not Reply.DATA or len(answer.data) != 3:
        return None
    sak = answer.data[:1]
    return sak[0] if crc_a(sak) == answer.data[1:] else None


def _read(uid: bytes, sak: int) -> CardPoll:
    return CardPoll(CardPollKind.ONE, uid.hex().upper(), sak)


def _check_byte_fits(part: bytes) -> bool:
    return len(part) == 5 and part[0] ^ part[1] ^ part[2] ^ part[3] == part[4]
