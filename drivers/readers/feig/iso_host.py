"""FEIG ISO host commands (B0): what a pad does with the tags that lie on it.

Source: manual H20800-16e-ID-B, [B0] host commands. UIDs stand most significant byte first (E0 ...).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.readers.feig.answers import WITH_DATA, Answer, Refused, Status
from drivers.readers.feig.device_commands import RF_TIMEOUT_S, Request
from drivers.refusal import BadAnswer

ISO_HOST: Final = 0xB0
MAX_BLOCKS: Final = 32  # 128 data bytes per block command, in blocks of 4
_ADDRESSED: Final = 0x01  # MODE bits 2-0: the UID follows
_MORE: Final = 0x80  # MODE bit 7: the rest of the last inventory
_ISO15693: Final = 0x03
_ISO14443A: Final = 0x04
_ISO14443B: Final = 0x05
_SET_BYTES: Final = 10  # TYPE DSFID UID(8); the 14443 sets measure the same
_LONG_14443A_BYTES: Final = 13  # TR_INFO bit 2: a UID of 10 bytes instead of 7


@dataclass(frozen=True, slots=True)
class FoundTag:
    """One ISO 15693 data set of an inventory."""

    uid: str
    dsfid: int


@dataclass(frozen=True, slots=True)
class Found:
    """One inventory answer; `more` asks for the next one, `overflow`: some tags are missing."""

    tags: tuple[FoundTag, ...]
    more: bool
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class SystemInformation:
    """Answer of 2B."""

    uid: str
    dsfid: int
    afi: int
    block_size: int
    block_count: int
    ic_reference: int


def inventory(*, more: bool) -> Request:
    """Everything in the field, or what did not fit the answer before."""
    return _request(0x01, bytes((_MORE if more else 0x00,)))


def system_information(uid: str) -> Request:
    """DSFID, AFI and memory size of one tag."""
    return _request(0x2B, _addressed(uid))


def read_blocks(uid: str, first: int, count: int) -> Request:
    """`count` blocks from `first` on, at most `MAX_BLOCKS`."""
    return _request(0x23, _addressed(uid) + bytes((first, count)))


def write_blocks(uid: str, first: int, blocks: list[bytes], *, reverse: bool) -> Request:
    """Whole blocks in tag memory order; `reverse` turns each for readers that want MSB first."""
    head = bytes((first, len(blocks), len(blocks[0])))
    return _request(0x24, _addressed(uid) + head + b"".join(_turn(b, reverse) for b in blocks))


def write_afi(uid: str, afi: int) -> Request:
    """New application family identifier. The answer names no tag: read back."""
    return _request(0x27, _addressed(uid) + bytes((afi,)))


def write_dsfid(uid: str, dsfid: int) -> Request:
    """New data storage format identifier. The answer names no tag: read back."""
    return _request(0x29, _addressed(uid) + bytes((dsfid,)))


def block_security(uid: str, first: int, count: int) -> Request:
    """Which of `count` blocks from `first` on are locked."""
    return _request(0x2C, _addressed(uid) + bytes((first, count)))


def decode_inventory(answer: Answer) -> Found:
    """The tags of one answer; none for "no transponder" and for an RF warning without data."""
    if answer.status == Status.NO_TRANSPONDER:
        return Found((), more=False)
    if answer.status not in WITH_DATA or (
        answer.status == Status.RF_COMMUNICATION and not answer.data
    ):
        raise Refused(answer)
    if not answer.data:
        return Found((), more=answer.status == Status.MORE_DATA)
    return Found(
        tuple(_data_sets(answer)),
        more=answer.status == Status.MORE_DATA,
        overflow=answer.status == Status.DATA_BUFFER_OVERFLOW,
    )


def decode_system_information(uid: str) -> Callable[[Answer], SystemInformation]:
    """Decoder that takes only the answer of this very tag."""

    def decode(answer: Answer) -> SystemInformation:
        data = _whole(answer, 13)
        if not _same_tag(uid, data[1:9]):
            raise BadAnswer(f"asked tag {uid}, tag {data[1:9].hex().upper()} answered")
        return SystemInformation(
            uid=uid,
            dsfid=data[0],
            afi=data[9],
            block_size=data[10] & 0x0F,
            block_count=data[11],
            ic_reference=data[12],
        )

    return decode


def decode_blocks(count: int, *, reverse: bool) -> Callable[[Answer], bytes]:
    """Decoder of exactly `count` blocks into tag memory order."""

    def decode(answer: Answer) -> bytes:
        data = _whole(answer, 2)
        number, size = data[0], data[1]
        if number != count or not size or len(data) != 2 + number * (1 + size):
            raise BadAnswer(f"asked {count} blocks, got {number} of {size} in {len(data)} bytes")
        starts = range(3, len(data), 1 + size)  # each block stands behind its security byte
        return b"".join(_turn(data[at : at + size], reverse) for at in starts)

    return decode


def decode_security(count: int) -> Callable[[Answer], tuple[bool, ...]]:
    """Decoder of exactly `count` security bytes; bit 0 is the lock (ISO/IEC 15693-3, 10.4.13)."""

    def decode(answer: Answer) -> tuple[bool, ...]:
        data = _whole(answer, 1)
        if data[0] != count or len(data) != 1 + count:
            raise BadAnswer(f"asked {count} blocks, got {data[0]} in {len(data)} bytes")
        return tuple(bool(byte & 0x01) for byte in data[1:])

    return decode


def _request(sub_command: int, data: bytes) -> Request:
    return Request(ISO_HOST, bytes((sub_command,)) + data, RF_TIMEOUT_S)


def _addressed(uid: str) -> bytes:
    return bytes((_ADDRESSED,)) + bytes.fromhex(uid)


def _turn(block: bytes, reverse: bool) -> bytes:
    return block[::-1] if reverse else block


def _same_tag(uid: str, told: bytes) -> bool:
    """The manual's text promises the "LSB 32 bits" of the UID only; its field has all 8 bytes."""
    asked = bytes.fromhex(uid)
    return told == asked or (told[:4] == bytes(4) and told[4:] == asked[4:])


def _whole(answer: Answer, at_least: int) -> bytes:
    if answer.status not in WITH_DATA or not answer.data:
        raise Refused(answer)
    if len(answer.data) < at_least:
        raise BadAnswer(f"the answer has {len(answer.data)} of {at_least} bytes")
    return answer.data


def _data_sets(answer: Answer) -> list[FoundTag]:
    number, rest = answer.data[0], answer.data[1:]
    tags: list[FoundTag] = []
    for _ in range(number):
        size = _set_size(answer, rest)
        if len(rest) < size:
            raise BadAnswer(f"the inventory promises {number} tags and breaks off")
        if rest[0] == _ISO15693:
            tags.append(FoundTag(uid=rest[2:10].hex().upper(), dsfid=rest[1]))
        rest = rest[size:]
    if rest:
        raise BadAnswer(f"{len(rest)} bytes too many behind {number} tags")
    return tags


def _set_size(answer: Answer, rest: bytes) -> int:
    if len(rest) < 2:
        raise BadAnswer("the inventory breaks off")
    if rest[0] not in (_ISO15693, _ISO14443A, _ISO14443B):
        # its length is unknown, so the tags behind it cannot be found: better an error than a book
        # unseen
        raise Refused(answer, f"a transponder of unknown kind {rest[0]:02X} is there: take it away")
    return _LONG_14443A_BYTES if rest[0] == _ISO14443A and rest[1] & 0x04 else _SET_BYTES
