"""What a FEIG reader answers: status bytes, ISO errors, and what each of them means for the caller.

Source: manual H20800-16e-ID-B, status bytes; SDK change note "status 0x84 takes returned records".
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.refusal import Refusal


class Status(IntEnum):
    """First payload byte of every answer."""

    OK = 0x00
    NO_TRANSPONDER = 0x01
    DATA_FALSE = 0x02
    WRITE_ERROR = 0x03
    ADDRESS_ERROR = 0x04
    WRONG_TYPE = 0x05
    AUTHENT_ERROR = 0x08
    COLLISION = 0x0B
    GENERAL_ERROR = 0x0E
    EEPROM_FAILURE = 0x10
    PARAMETER_RANGE = 0x11
    LOGIN_REQUEST = 0x13
    LOGIN_ERROR = 0x14
    READ_PROTECTED = 0x15
    WRITE_PROTECTED = 0x16
    UNKNOWN_COMMAND = 0x80
    LENGTH_ERROR = 0x81
    NOT_AVAILABLE = 0x82
    RF_COMMUNICATION = 0x83
    RF_WARNING = 0x84
    NO_VALID_DATA = 0x92
    DATA_BUFFER_OVERFLOW = 0x93
    MORE_DATA = 0x94
    ISO15693_ERROR = 0x95
    ISO14443_ERROR = 0x96
    HARDWARE_WARNING = 0xF1


WITH_DATA: Final = frozenset(
    {
        Status.OK,
        Status.RF_COMMUNICATION,
        Status.RF_WARNING,
        Status.DATA_BUFFER_OVERFLOW,
        Status.MORE_DATA,
    }
)
"""Statuses whose data counts when data is there."""

AIR_FAULTS: Final = frozenset(
    {
        Status.NO_TRANSPONDER,
        Status.DATA_FALSE,
        Status.COLLISION,
        Status.RF_COMMUNICATION,
        Status.RF_WARNING,
    }
)
"""Statuses that a disturbed field gives for a moment: worth asking again."""

_WRITE_MAY_TAKE: Final = AIR_FAULTS | {Status.WRITE_ERROR, Status.GENERAL_ERROR}

ISO_NOT_PROGRAMMED: Final = 0x13
ISO_UNKNOWN: Final = 0x0F
_ISO_ERRORS: Final = {
    0x01: "the tag does not support this command",
    0x02: "the tag did not recognise the command",
    0x03: "the tag does not support this option",
    ISO_UNKNOWN: "the tag reports an error without a name",
    0x10: "the tag has no such block",
    0x11: "already locked",
    0x12: "locked: its content cannot be changed",
    ISO_NOT_PROGRAMMED: "the tag could not program the new content",
    0x14: "the tag could not lock",
}
_SENTENCES: Final = {
    Status.NO_TRANSPONDER: "the tag does not answer: put it back on the antenna",
    Status.WRITE_ERROR: "the tag did not take the write: lay it flat and closer",
    Status.NOT_AVAILABLE: "wrong mode: a pad needs ISO host mode, a gate buffered read mode",
    Status.UNKNOWN_COMMAND: "this reader model does not know the command",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One matched answer, status split off."""

    command: int
    status: int
    data: bytes


class Refused(Refusal):
    """`Refusal` out of an answer that says no."""

    def __init__(self, answer: Answer, why: str | None = None) -> None:
        super().__init__(why or describe(answer), status=answer.status, data=answer.data)


def describe(answer: Answer) -> str:
    """One sentence for a technician."""
    if answer.status == Status.ISO15693_ERROR and answer.data:
        code = answer.data[0]
        return _ISO_ERRORS.get(code, f"the tag reports ISO 15693 error {code:02X}")
    if answer.status not in Status.__members__.values():
        return "the reader answered with a status unknown to this driver"
    status = Status(answer.status)
    return _SENTENCES.get(status, status.name.lower().replace("_", " "))


def is_final(status: int, data: bytes) -> bool:
    """True if repeating the same write cannot help: locked, not supported, wrong mode."""
    if status == Status.ISO15693_ERROR and data:
        return data[0] not in (ISO_UNKNOWN, ISO_NOT_PROGRAMMED)
    return status not in _WRITE_MAY_TAKE


def done(answer: Answer) -> None:
    """Decoder of commands that answer with a status alone."""
    if answer.status not in (Status.OK, Status.RF_WARNING):
        raise Refused(answer)
