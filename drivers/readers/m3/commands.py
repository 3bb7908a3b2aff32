"""3M commands and their answers.

Source: 3M RFID Reader Model 210 Protocol Specification 1.0.0. UIDs stand most significant byte
first (E0 ...), those of TI Tag-it with four zero bytes in front.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from drivers.reader import BLOCK_BYTES
from drivers.readers.m3.answers import UID_BYTES, Answer, Error, data_of
from drivers.readers.m3.frames import PROBE_START, START
from drivers.refusal import BadAnswer

HOST_TIMEOUT_S: Final = 0.5  # commands to the reader itself
RF_TIMEOUT_S: Final = 1.5  # commands of the air; an inventory of a stack takes the longest
MAX_BLOCKS: Final = 32  # per command, as a FEIG reader; no limit is documented

VENDOR_3M: Final = 0x0A
SIMULATED_BUILD: Final = 0xEE  # last version byte of a simulated device; real builds are lower
_HARDWARE: Final = {  # answers to the D5 probe, captured
    (5, 0, 0x02): "810",
    (5, 2, 0x1B): "210",
    (5, 1, 0x19): "210",
}

_QUIET, _READ, _CHECK_EAS, _WRITE = 0x01, 0x02, 0x03, 0x04
_WRITE_AFI, _READ_AFI, _WRITE_DSFID, _SET_EAS = 0x09, 0x0A, 0x0B, 0x0C
_TAG_INFO, _READ_DSFID, _VERSION, _STARTUP = 0x0D, 0x0F, 0x11, 0x13
_PROBE, _INVENTORY = 0x04, 0xFE
_STARTUP_810: Final = bytes.fromhex("04 0100 0200 0300 0400")
_STARTUP_210: Final = bytes.fromhex("06 0100 0200 0300 0400 0B00 0A00")
_ANY_AFI: Final = 0x00
_INFO_ALL: Final = 0x0F  # DSFID, AFI, memory size, IC reference


class InventoryOption(IntFlag):
    """OPT of an inventory. `CAPTURED` is set in every capture and missing in the specification."""

    UID = 0x01
    DSFID = 0x02
    CAPTURED = 0x04
    ONE_POLL = 0x20
    """Skip telling the found tags to be quiet and asking once more for hidden ones."""
    PROTOCOLS = 0x40


class ReadOption(IntFlag):
    """OPT of a block read."""

    DATA_ON_ERROR = 0x01
    PROPAGATE = 0x02
    NEW_STYLE = 0x04
    NO_LOCKS = 0x08


@dataclass(frozen=True, slots=True)
class Request:
    """Command byte and data, the tag it is for, and how long an answer may take."""

    command: int
    data: bytes = b""
    uid: str | None = None
    timeout_s: float = HOST_TIMEOUT_S
    start: int = START


@dataclass(frozen=True, slots=True)
class Version:
    """Answer of 11: vendor 0A, then major, minor, build."""

    major: int
    minor: int
    build: int

    @property
    def simulated(self) -> bool:
        """The device says of itself that it is not real."""
        return self.build == SIMULATED_BUILD

    @property
    def firmware(self) -> str:
        """As a technician reads it out."""
        return f"{self.major}.{self.minor}.{self.build}"


@dataclass(frozen=True, slots=True)
class FoundTag:
    """One tag of an inventory."""

    uid: str
    dsfid: int | None


@dataclass(frozen=True, slots=True)
class Information:
    """Answer of 0D; what the tag does not tell is None."""

    dsfid: int | None
    afi: int | None
    block_size: int | None
    block_count: int | None
    ic_reference: int | None


def probe() -> Request:
    """Start byte D5, hardware version: vendor software sends it first (captured)."""
    return Request(_PROBE, b"\x00\x11", start=PROBE_START)


def startup(hardware: str) -> Request:
    """13, sent by vendor software behind the probe; its meaning is not documented.

    Two captures: four numbers to an 810, six to a 210.
    """
    return Request(_STARTUP, _STARTUP_210 if hardware == "210" else _STARTUP_810)


def version() -> Request:
    """Who are you?"""
    return Request(_VERSION)


def inventory(options: InventoryOption) -> Request:
    """Every tag in the field, in one answer."""
    return Request(_INVENTORY, bytes((_ANY_AFI, options)), timeout_s=RF_TIMEOUT_S)


def read_blocks(uid: str, first: int, count: int, options: ReadOption | None = None) -> Request:
    """`count` blocks from `first` on; without options in the old style."""
    tail = b"" if options is None else bytes((options,))
    return _addressed(_READ, uid, bytes((first, count)) + tail)


def write_blocks(uid: str, first: int, data: bytes) -> Request:
    """Whole blocks in tag memory order."""
    return _addressed(_WRITE, uid, bytes((first, len(data) // BLOCK_BYTES, 0)) + data)


def read_afi(uid: str) -> Request:
    """Application family identifier."""
    return _addressed(_READ_AFI, uid)


def write_afi(uid: str, afi: int) -> Request:
    """New application family identifier."""
    return _addressed(_WRITE_AFI, uid, bytes((afi,)))


def read_dsfid(uid: str) -> Request:
    """Data storage format identifier."""
    return _addressed(_READ_DSFID, uid)


def write_dsfid(uid: str, dsfid: int) -> Request:
    """New data storage format identifier."""
    return _addressed(_WRITE_DSFID, uid, bytes((dsfid,)))


def check_eas(uid: str) -> Request:
    """Is the EAS bit of this tag set?"""
    return _addressed(_CHECK_EAS, uid)


def set_eas(uid: str, *, on: bool) -> Request:
    """Set or clear the EAS bit."""
    return _addressed(_SET_EAS, uid, bytes((on,)))


def tag_info(uid: str) -> Request:
    """DSFID, AFI, memory size and IC reference, as far as the tag tells them."""
    return _addressed(_TAG_INFO, uid, bytes((_INFO_ALL,)))


def quiet(uid: str) -> Request:
    """Stay silent until addressed by UID or out of the field."""
    return _addressed(_QUIET, uid)


def decode_hardware(answer: Answer) -> str:
    """The model behind the hardware version that the probe tells."""
    told = data_of(answer, 5)  # 11, vendor, three numbers
    return _HARDWARE.get((told[2], told[3], told[4]), "210 or 810")


def decode_version(answer: Answer) -> Version:
    """`Version` out of the answer to 11."""
    vendor, major, minor, build = data_of(answer, 4)[:4]
    if vendor != VENDOR_3M:
        raise BadAnswer(f"vendor {vendor:02X} is not 3M")
    return Version(major, minor, build)


def decode_inventory(answer: Answer) -> tuple[FoundTag, ...]:
    """Each tag once: the same UID may stand in the answer twice."""
    _, options, number = data_of(answer, 3)[:3]
    with_dsfid = bool(options & InventoryOption.DSFID)
    size = UID_BYTES + with_dsfid
    sets = answer.data[3:]
    if not options & InventoryOption.UID or len(sets) != number * size:
        raise BadAnswer(f"the inventory promises {number} tags in {len(sets)} bytes")
    found: dict[str, FoundTag] = {}
    for at in range(0, len(sets), size):
        uid = sets[at + with_dsfid : at + size].hex().upper()
        found[uid] = FoundTag(uid, sets[at] if with_dsfid else None)
    return tuple(found.values())


def decode_old_style(first: int, count: int) -> Callable[[Answer], bytes]:
    """Decoder of exactly these blocks out of N x {number, lock or error, data}."""

    def decode(answer: Answer) -> bytes:
        data = data_of(answer, 1)
        size = 2 + BLOCK_BYTES
        numbers = list(data[1::size])
        if len(data) != 1 + data[0] * size or numbers != list(range(first, first + count)):
            raise BadAnswer(f"asked {count} blocks from {first}, got {numbers}")
        return b"".join(data[at + 2 : at + size] for at in range(1, len(data), size))

    return decode


def decode_new_style(first: int, count: int) -> Callable[[Answer], bytes]:
    """Decoder of exactly these blocks out of FIRST N data."""

    def decode(answer: Answer) -> bytes:
        return _new_style(answer, first, count, BLOCK_BYTES)

    return decode


def decode_locks(first: int, count: int) -> Callable[[Answer], tuple[bool, ...]]:
    """Decoder of the locks out of FIRST N x {lock, data}."""

    def decode(answer: Answer) -> tuple[bool, ...]:
        data = _new_style(answer, first, count, 1 + BLOCK_BYTES)
        return tuple(bool(lock) for lock in data[:: 1 + BLOCK_BYTES])

    return decode


def decode_byte(answer: Answer) -> int:
    """AFI or DSFID."""
    return data_of(answer, 1)[0]


def decode_eas(answer: Answer) -> bool | None:
    """The EAS bit; None for error 06: it is 0, or the tag is not there."""
    if answer.status == Error.NO_TRANSPONDER:
        return None
    return bool(data_of(answer, 1)[0])


def decode_tag_info(answer: Answer) -> Information:
    """What the mask in front says is there, in its order."""
    rest = data_of(answer, 1)
    mask, rest = rest[0], rest[1:]
    fields: list[bytes | None] = []
    for bit, size in enumerate((1, 1, 2, 2)):
        there = bool(mask & 1 << bit)
        fields.append(rest[:size] if there else None)
        rest = rest[size:] if there else rest
        if there and len(fields[-1] or b"") < size:
            raise BadAnswer("the tag information breaks off")
    dsfid, afi, memory, ic = fields
    return Information(
        dsfid=dsfid[0] if dsfid else None,
        afi=afi[0] if afi else None,
        block_size=memory[0] + 1 if memory else None,
        block_count=memory[1] + 1 if memory else None,
        ic_reference=ic[0] if ic else None,
    )


def _addressed(command: int, uid: str, data: bytes = b"") -> Request:
    return Request(command, bytes.fromhex(uid) + data, uid, RF_TIMEOUT_S)


def _new_style(answer: Answer, first: int, count: int, size: int) -> bytes:
    data = data_of(answer, 2)
    if data[:2] != bytes((first, count)) or len(data) != 2 + count * size:
        raise BadAnswer(f"asked {count} blocks from {first}, got {data[1]} from {data[0]}")
    return data[2:]
