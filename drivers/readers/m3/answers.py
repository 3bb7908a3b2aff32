"""What a 3M reader answers: error bytes, and what each of them means for the caller.

Source: 3M RFID Reader Model 210 Protocol Specification 1.0.0, error codes.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.refusal import BadAnswer, Refusal

UID_BYTES: Final = 8


class Error(IntEnum):
    """First byte behind the command of every answer."""

    OK = 0x00
    NOT_IMPLEMENTED = 0x02
    NO_TRANSPONDER = 0x06
    UNKNOWN = 0x0F
    NO_SUCH_BLOCK = 0x11
    LOCKED = 0x12
    NOT_READ = 0x15
    NOT_WRITTEN = 0x16
    TAG_ERROR_1 = 0x21
    TAG_ERROR_2 = 0x22
    TAG_ERROR_3 = 0x23
    NOT_SUPPORTED = 0x30
    OPTION = 0x31
    PARAMETER = 0x32
    CANCEL = 0xFD
    MEMORY = 0xFE


AIR_FAULTS: Final = frozenset({Error.NO_TRANSPONDER, Error.NOT_READ, Error.NOT_WRITTEN})
"""Errors that a disturbed field gives for a moment: worth asking again."""

_FINAL: Final = frozenset(
    {
        Error.NOT_IMPLEMENTED,
        Error.NO_SUCH_BLOCK,
        Error.LOCKED,
        Error.NOT_SUPPORTED,
        Error.OPTION,
        Error.PARAMETER,
        Error.MEMORY,
    }
)
_SENTENCES: Final = {
    Error.NOT_IMPLEMENTED: "this reader model does not know the command",
    Error.NO_TRANSPONDER: "the tag does not answer: put it back on the antenna",
    Error.NO_SUCH_BLOCK: "the tag has no such block or AFI",
    Error.LOCKED: "locked: its content cannot be changed",
    Error.NOT_READ: "the tag could not be read: lay it flat and closer",
    Error.NOT_WRITTEN: "the tag did not take the write: lay it flat and closer",
    Error.NOT_SUPPORTED: "the tag does not support this command",
    Error.OPTION: "the reader does not take this option",
    Error.PARAMETER: "the reader does not take this parameter",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One matched answer: error byte, the UID if the command has one, and what stands behind."""

    command: int
    status: int
    data: bytes


def describe(status: int) -> str:
    """One sentence for a technician."""
    if status not in Error.__members__.values():
        return "the reader answered with an error unknown to this driver"
    error = Error(status)
    return _SENTENCES.get(error, f"the reader reports {error.name.lower().replace('_', ' ')}")


def is_final(status: int) -> bool:
    """True if repeating the same write cannot help: locked, not supported, no such block."""
    return status in _FINAL


def done(answer: Answer) -> None:
    """Decoder of commands that answer with an error byte alone; all others begin with it."""
    if answer.status != Error.OK:
        raise Refusal(describe(answer.status), status=answer.status, data=answer.data)


def data_of(answer: Answer, at_least: int) -> bytes:
    """The data of a good answer, which must have at least so many bytes."""
    done(answer)
    if len(answer.data) < at_least:
        raise BadAnswer(f"the answer has {len(answer.data)} of {at_least} bytes")
    return answer.data
