"""FEIG buffered read mode (22, 32, 33): what a gate reader noticed by itself.

Source: SDK sources FEDM_BRMTabItem.cpp; manual H20411-0e-ID-B (LR1002) p. 153-156.

Notification mode sends the answer to 22 unasked, and people counters as 77.

    22 answer: TR-DATA1 [TR-DATA2 if TR-DATA1 bit 7] N(2), then N records record   : RECLEN(2,
    itself included) IDD DB TIME DATE ANT IN MAC ANTEXT DIR, each if its bit is set
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from drivers.reader import TagSeen
from drivers.readers.feig.answers import WITH_DATA, Answer, Refused, Status
from drivers.readers.feig.device_commands import Request
from drivers.refusal import BadAnswer

_ISO15693: Final = 0x03
# TR-DATA1 in the low byte, TR-DATA2 in the high byte
_IDD, _DB, _ANT, _TIME, _DATE, _SECOND = 0x01, 0x02, 0x10, 0x20, 0x40, 0x80
_IN, _MAC, _AFI, _ANTEXT, _DIR = 0x0100, 0x0200, 0x0400, 0x1000, 0x2000
_KNOWN: Final = _IDD | _DB | _ANT | _TIME | _DATE | _SECOND | _IN | _MAC | _AFI | _ANTEXT | _DIR
_ANTEXT_BYTES: Final = 6  # number, RSSI, 4 reserved


@dataclass(frozen=True, slots=True)
class Record:
    """One ISO 15693 tag out of the reader's buffer. `time_ms` is the reader's own clock."""

    uid: str
    afi: int | None = None
    dsfid: int | None = None
    antenna: int | None = None
    time_ms: int | None = None
    direction: int | None = None


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """Totals of the radar counters since they were set, two aisles at most."""

    in_1: int
    out_1: int
    in_2: int
    out_2: int


def init_buffer() -> Request:
    """Empty the buffer and start afresh."""
    return Request(0x33)


def read_buffer(sets: int) -> Request:
    """Up to `sets` records; the same ones again until `clear_buffer`."""
    return Request(0x22, sets.to_bytes(2, "big"))


def clear_buffer() -> Request:
    """Forget the records of the last read."""
    return Request(0x32)


def decode_records(answer: Answer) -> tuple[int, tuple[Record, ...]]:
    """How many records were read, and those of ISO 15693 tags among them."""
    if answer.status in (Status.NO_VALID_DATA, Status.NO_TRANSPONDER):
        return 0, ()
    if answer.status not in WITH_DATA:
        raise Refused(answer)
    if not answer.data:
        return 0, ()
    fields, rest = _selector(answer.data)
    number = int.from_bytes(rest.take(2), "big")
    found = [_record(rest.take_record(), fields) for _ in range(number)]
    return number, tuple(record for record in found if record is not None)


def decode_people_count(answer: Answer) -> PeopleCount:
    """`PeopleCount` out of an event 77; the meaning of its 17th byte is not documented."""
    if answer.status != Status.OK:
        raise Refused(answer)
    rest = _Bytes(answer.data)
    return PeopleCount(*(int.from_bytes(rest.take(4), "big") for _ in range(4)))


def tags_seen(records: Iterable[Record], at: float) -> tuple[TagSeen, ...]:
    """The records as the rest of the product knows tags."""
    return tuple(
        TagSeen(
            record.uid,
            at,
            dsfid=record.dsfid,
            afi=record.afi,
            antenna=record.antenna,
            direction=record.direction,
        )
        for record in records
    )


class _Bytes:
    """A cursor that refuses to read past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def take(self, count: int) -> bytes:
        if count > len(self._data):
            raise BadAnswer("a record of the buffer breaks off")
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def take_record(self) -> "_Bytes":
        length = int.from_bytes(self.take(2), "big")
        if length < 2:
            raise BadAnswer(f"a record of the buffer claims {length} bytes")
        return _Bytes(self.take(length - 2))


def _selector(data: bytes) -> tuple[int, _Bytes]:
    rest = _Bytes(data)
    first = rest.take(1)[0]
    second = rest.take(1)[0] if first & _SECOND else 0
    return first | second << 8, rest


def _record(rest: _Bytes, fields: int) -> Record | None:
    if not fields & _IDD:
        return None
    kind, _, length = rest.take(3)
    identity = rest.take(length)
    if kind != _ISO15693 or length < 8:
        return None
    uid = identity[-8:].hex().upper()
    with_afi = bool(fields & _AFI) and length == 10
    afi, dsfid = (identity[0], identity[1]) if with_afi else (None, None)
    if fields & ~_KNOWN:  # a field without a known length may stand anywhere behind the identity
        return Record(uid, afi, dsfid)
    return _with_place(Record(uid, afi, dsfid), rest, fields)


def _with_place(record: Record, rest: _Bytes, fields: int) -> Record:
    if fields & _DB:
        head = rest.take(3)
        rest.take(int.from_bytes(head[:2], "big") * head[2])
    time_ms = int.from_bytes(rest.take(4), "big") if fields & _TIME else None
    if fields & _DATE:
        rest.take(5)
    antenna = rest.take(1)[0] if fields & _ANT else None
    if fields & _IN:
        rest.take(2)
    if fields & _MAC:
        rest.take(6)
    if fields & _ANTEXT:
        antenna = _first_antenna(rest, antenna)
    direction = rest.take(1)[0] if fields & _DIR else None
    return Record(record.uid, record.afi, record.dsfid, antenna, time_ms, direction)


def _first_antenna(rest: _Bytes, told: int | None) -> int | None:
    """The scale of the RSSI byte is not documented, so the antenna named first stands for all."""
    seen = [rest.take(_ANTEXT_BYTES)[0] for _ in range(rest.take(1)[0])]
    return told if told is not None or not seen else seen[0]
