"""What a Chafon reader answers: status bytes, Gen2 errors, and what each means for the caller.

Source: CF-RU5102 UHF RFID Reader User's Manual V1.2, command execution results; the names agree
with the vendor's UHFReader18_Head.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.refusal import BadAnswer, Refusal


class Status(IntEnum):
    """First payload byte of every answer."""

    OK = 0x00
    COMPLETE = 0x01
    TIME_OVER = 0x02
    MORE_FRAMES = 0x03
    MEMORY_FULL = 0x04
    WRONG_PASSWORD = 0x05
    NOT_SUPPORTED = 0x0B
    ANTENNA = 0xF8
    EXECUTION = 0xF9
    POOR_COMMUNICATION = 0xFA
    NO_TAG = 0xFB
    TAG_ERROR = 0xFC
    LENGTH = 0xFD
    ILLEGAL = 0xFE
    PARAMETER = 0xFF


AIR_FAULTS: Final = frozenset({Status.POOR_COMMUNICATION, Status.NO_TAG})
"""Statuses that a disturbed field gives for a moment: worth asking again."""

NOT_UNDERSTOOD: Final = frozenset({Status.LENGTH, Status.ILLEGAL, Status.PARAMETER})
"""The form of the question is another firmware's."""

MEMORY_OVERRUN: Final = 0x03
_LOCKED: Final = 0x04
_TAG_ERRORS: Final = {  # EPC Gen2, error codes of tags
    0x00: "the tag reports an error without a name",
    MEMORY_OVERRUN: "the tag has no such memory",
    _LOCKED: "locked: its content cannot be changed",
    0x0B: "the tag has too little power to write: lay it flat and closer",
    0x0F: "the tag reports an error without a name",
}
_SENTENCES: Final = {
    Status.WRONG_PASSWORD: "the tag asks for an access password",
    Status.NOT_SUPPORTED: "the tag does not support this command",
    Status.ANTENNA: "no antenna is connected there",
    Status.POOR_COMMUNICATION: "the tag answers badly: lay it flat and closer",
    Status.NO_TAG: "the tag does not answer: put it back on the antenna",
    Status.LENGTH: "the reader expects this command in another form",
    Status.ILLEGAL: "this reader model does not know the command",
    Status.PARAMETER: "the reader does not take this parameter",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One matched answer, status split off; `earlier` are the frames an inventory sent before."""

    command: int
    status: int
    data: bytes
    earlier: tuple[bytes, ...] = ()


def describe(answer: Answer) -> str:
    """One sentence for a technician."""
    if answer.status == Status.TAG_ERROR and answer.data:
        code = answer.data[0]
        return _TAG_ERRORS.get(code, f"the tag reports Gen2 error {code:02X}")
    if answer.status not in Status.__members__.values():
        return "the reader answered with a status unknown to this driver"
    status = Status(answer.status)
    return _SENTENCES.get(status, f"the reader reports {status.name.lower().replace('_', ' ')}")


def is_final(status: int, data: bytes) -> bool:
    """True if repeating the same write cannot help: locked, no such memory, password."""
    if status == Status.TAG_ERROR and data:
        return data[0] in (MEMORY_OVERRUN, _LOCKED)
    return status in NOT_UNDERSTOOD | {Status.WRONG_PASSWORD, Status.NOT_SUPPORTED}


def done(answer: Answer) -> None:
    """Decoder of commands that answer with a status alone; all others begin with it."""
    if answer.status != Status.OK:
        raise Refusal(describe(answer), status=answer.status, data=answer.data)


def data_of(answer: Answer, at_least: int) -> bytes:
    """The data of a good answer, which must have at least so many bytes."""
    done(answer)
    if len(answer.data) < at_least:
        raise BadAnswer(f"the answer has {len(answer.data)} of {at_least} bytes")
    return answer.data
