"""Chafon commands and their answers.

Source: CF-RU5102 UHF RFID Reader User's Manual V1.2; for the 288 wabson/chafon-rfid, in use.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.readers.chafon.answers import Answer, Status, data_of, describe
from drivers.refusal import BadAnswer, Refusal

HOST_TIMEOUT_S: Final = 0.5
TAG_TIMEOUT_S: Final = 1.5
INVENTORY_TIMEOUT_S: Final = 4.0  # scan time, then frame after frame at 57600 baud
SCAN_TIME: Final = 3  # x 100 ms; by factory 10, and an inventory blocks that long
POWER_DBM: Final = range(20, 31)
MAX_WORDS: Final = 16  # per command; the manual allows 120 to be read
SIMULATED_VERSION: Final = 0xEE  # second version byte of a simulated device

_INVENTORY, _READ, _WRITE = 0x01, 0x02, 0x03
_INFORMATION, _SCAN_TIME, _POWER, _BEEP = 0x21, 0x25, 0x2F, 0x33
_TYPES: Final = {0x09: "UHFReader18", 0x0C: "UHFReader288"}  # wabson/chafon-rfid, ReaderType
_NO_PASSWORD: Final = bytes(4)
_Q, _SESSION, _MASK_BANK, _TARGET_A = 4, 0, 1, 0  # Q 4: sixteen slots to begin with
_FIRST_ANTENNA: Final = 0x80
_BEEP_TICK_S: Final = 0.05


class Bank(IntEnum):
    """Memory banks of a Gen2 tag."""

    EPC = 1
    TID = 2
    USER = 3


@dataclass(frozen=True, slots=True)
class Request:
    """Command byte, its data, and how long an answer may take."""

    command: int
    data: bytes = b""
    timeout_s: float = HOST_TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Information:
    """Answer of 21: version(2) type protocols dmaxfre dminfre power scantime."""

    version: tuple[int, int]
    type: int
    power_dbm: int
    scan_time: int

    @property
    def simulated(self) -> bool:
        """The device says of itself that it is not real."""
        return self.version[1] == SIMULATED_VERSION

    @property
    def model(self) -> str:
        """Name of the make, by its type byte."""
        return f"Chafon {_TYPES.get(self.type, f'type {self.type:02X}')}"

    @property
    def firmware(self) -> str:
        """Version and settings as a technician reads them out."""
        major, minor = self.version
        return f"{major}.{minor:02} {self.power_dbm} dBm"


@dataclass(frozen=True, slots=True)
class FoundTag:
    """One tag of an inventory; `antenna` from 1 and `rssi` as the reader's byte, or None."""

    epc: str
    antenna: int | None = None
    rssi: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One inventory with all its frames; not `complete` if time or memory ran out."""

    tags: tuple[FoundTag, ...]
    complete: bool


def information() -> Request:
    """Who are you, and how are you set?"""
    return Request(_INFORMATION)


def inventory() -> Request:
    """Every tag in the field, on the antennas that the reader is set to."""
    return Request(_INVENTORY, timeout_s=INVENTORY_TIMEOUT_S)


def inventory_on(antenna: int) -> Request:
    """Every tag at one antenna (from 1): the form that newer 288 firmware asks for."""
    mask = bytes((_MASK_BANK, 0, 0, 0))
    where = bytes((_TARGET_A, _FIRST_ANTENNA + antenna - 1, SCAN_TIME))
    return Request(_INVENTORY, bytes((_Q, _SESSION)) + mask + where, INVENTORY_TIMEOUT_S)


def is_inventory(request: Request) -> bool:
    """True if the answer may come in several frames."""
    return request.command == _INVENTORY


def scan_time(tenths: int) -> Request:
    """How long an inventory may take, in steps of 0.1 s; the reader keeps it."""
    return Request(_SCAN_TIME, bytes((tenths,)))


def power(dbm: int) -> Request:
    """Transmit power; the reader keeps it. `ValueError` outside of 20 to 30 dBm."""
    if dbm not in POWER_DBM:
        raise ValueError(f"{dbm} dBm: a Chafon reader sends with 20 to 30")
    return Request(_POWER, bytes((dbm,)))


def beep(seconds: float) -> Request:
    """Sound the beeper once."""
    ticks = math.ceil(round(seconds / _BEEP_TICK_S, 6))
    if not 1 <= ticks <= 255:
        raise ValueError(f"{seconds} s: the beeper sounds for 0.05 to 12.75 s")
    return Request(_BEEP, bytes((ticks, 0, 1)), HOST_TIMEOUT_S + seconds)


def read_words(epc: str, bank: Bank, first: int, count: int, *, mask: bytes) -> Request:
    """`count` words of a bank; `mask` is what this model wants behind the password."""
    place = bytes((bank, first, count))
    return Request(_READ, _named(epc) + place + _NO_PASSWORD + mask, TAG_TIMEOUT_S)


def write_words(epc: str, bank: Bank, first: int, data: bytes, *, mask: bytes) -> Request:
    """Whole words into a bank."""
    head = bytes((len(data) // 2,)) + _named(epc) + bytes((bank, first))
    return Request(_WRITE, head + data + _NO_PASSWORD + mask, TAG_TIMEOUT_S)


def decode_information(answer: Answer) -> Information:
    """`Information` out of the answer to 21."""
    data = data_of(answer, 8)
    return Information((data[0], data[1]), data[2], power_dbm=data[6], scan_time=data[7])


def decode_words(count: int) -> Callable[[Answer], bytes]:
    """Decoder of exactly `count` words."""

    def decode(answer: Answer) -> bytes:
        data = data_of(answer, 2)
        if len(data) != 2 * count:
            raise BadAnswer(f"asked {count} words, got {len(data)} bytes")
        return data

    return decode


def decode_inventory(answer: Answer, *, with_antenna: bool) -> Found:
    """The tags of all frames, each EPC once; `with_antenna` for models that tell where and RSSI."""
    if answer.status == Status.NO_TAG and not answer.earlier:
        return Found((), complete=True)
    if answer.status not in (Status.COMPLETE, Status.TIME_OVER, Status.MEMORY_FULL, Status.NO_TAG):
        raise Refusal(describe(answer), status=answer.status, data=answer.data)
    tags: dict[str, FoundTag] = {}
    for part in (*answer.earlier, answer.data):
        for tag in _tags(part, with_antenna=with_antenna):
            tags.setdefault(tag.epc, tag)
    complete = answer.status in (Status.COMPLETE, Status.NO_TAG)
    return Found(tuple(tags.values()), complete)


def _named(epc: str) -> bytes:
    name = bytes.fromhex(epc)
    return bytes((len(name) // 2,)) + name


def _tags(part: bytes, *, with_antenna: bool) -> list[FoundTag]:
    if not part:  # "no tag" closes a series without a count
        return []
    antenna = _antenna(part[0]) if with_antenna else None
    rest = part[1:] if with_antenna else part
    number, rest = rest[0] if rest else 0, rest[1:]
    tags: list[FoundTag] = []
    for _ in range(number):
        size = rest[0] if rest else 0
        end = 1 + size + with_antenna
        if not size or len(rest) < end:
            raise BadAnswer(f"the inventory promises {number} tags and breaks off")
        rssi = rest[end - 1] if with_antenna else None
        tags.append(FoundTag(rest[1 : 1 + size].hex().upper(), antenna, rssi))
        rest = rest[end:]
    if rest:
        raise BadAnswer(f"{len(rest)} bytes too many behind {number} tags")
    return tags


def _antenna(mask: int) -> int | None:
    """The lowest antenna of a bit mask, counted from 1."""
    return (mask & -mask).bit_length() or None
