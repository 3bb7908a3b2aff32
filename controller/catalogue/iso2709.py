"""ISO 2709 exchange files: our own framing, because real files are cut and mis-counted.

ISO 2709:2008: a leader of 24 characters (record length 0-4, base address of data 12-16), a
directory of 12-character entries, fields that end with 1E, and 1D at the end of the record.
MARC-8 is decoded by pymarc; the rest is ours, because pymarc drops values without subfields
(IRBIS64 writes them) and a whole record for one Cyrillic letter typed as a subfield code. In the
tests pymarc is the oracle.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pymarc.marc8 import marc8_to_unicode

from controller.catalogue.charset import Charset
from controller.catalogue.fields import Field, SourceRecord
from controller.catalogue.problems import Code, Problem, problem

# Length, status, type, three more, indicator and subfield counts "22", base address, three more,
# entry map "45": ISO 2709:2008, 4.3, with the counts that every MARC format fixes. The letter of
# the type keeps the digits of a directory from looking like a leader.
LEADER = re.compile(rb"\d{5}[a-z ][a-z][\x20-\x7e]{3}22\d{5}[\x20-\x7e]{3}45[\x20-\x7e]{2}")
_LEADER_BYTES = 24
_ENTRY_BYTES = 12  # tag 3, length 4, start 5
_FIELD_END, _RECORD_END = 0x1E, 0x1D
_CODES = dict(zip("асеорхАСЕОРХ", "aceopxaceopx", strict=True))  # typed on a Russian keyboard
_MAX_RECORD = 99_999  # five digits of length
_BETWEEN = b"\r\n \x00\x1a\xef\xbb\xbf"  # what exports put between records without harm
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of one record that holds together; `offset` counts from the start of the file."""

    number: int
    offset: int
    data: bytes


class _Window:
    """The part of the file under the reader's eyes; never more than a few records."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at_end = False
        self.offset = 0
        self.data = b""

    def fill(self) -> None:
        while not self._at_end and len(self.data) < 2 * _MAX_RECORD:
            block = self._stream.read(_BLOCK)
            self._at_end = not block
            self.data += block

    def skip(self, count: int) -> None:
        self.data = self.data[count:]
        self.offset += count


def frames(stream: BinaryIO) -> Iterator[Frame | Problem]:
    """Sound records, and a problem with number and offset for everything that is not one."""
    window = _Window(stream)
    number, garbage = 1, 0
    while True:
        window.fill()
        window.skip(len(window.data) - len(window.data.lstrip(_BETWEEN)))
        if not window.data:
            break
        frame, length, code = _look(window.data)
        if code is Code.GARBAGE:
            garbage += length
            window.skip(length)
            continue
        if garbage:
            yield _garbage(garbage, number, window.offset)
            garbage = 0
        if code is not None:
            yield problem(code, record=number, offset=window.offset)
        if frame:
            yield Frame(number, window.offset, frame)
        number += 1
        window.skip(length)
    if garbage:
        yield _garbage(garbage, number, window.offset)


def read_iso2709(stream: BinaryIO, charset: Charset) -> Iterator[SourceRecord | Problem]:
    """Every record decoded, or the problem that keeps it out, in the order of the file."""
    for found in frames(stream):
        yield found if isinstance(found, Problem) else _decoded(found, charset)


def _look(data: bytes) -> tuple[bytes, int, Code | None]:
    """What starts here: the frame (or nothing), how far to go on, and what is wrong with it."""
    if not LEADER.match(data):
        return b"", _next_leader(data), Code.GARBAGE
    length = int(data[:5])
    if _sound(data[:length]):
        return data[:length], length, None
    end = data.find(_RECORD_END, 0, _MAX_RECORD) + 1
    if end and _sound(data[:end]):
        return b"%05d" % end + data[5:end], end, Code.LENGTH_WRONG
    return b"", _next_leader(data), Code.RECORD_DAMAGED


def _next_leader(data: bytes) -> int:
    """Where the next leader is, or where the window ends; one cut by a full window is kept."""
    if following := LEADER.search(data, 1):
        return following.start()
    return len(data) - (_LEADER_BYTES if len(data) >= 2 * _MAX_RECORD else 0)


def _sound(record: bytes) -> bool:
    """True when directory and data fit each other to the byte, as in no cut record."""
    if len(record) <= _LEADER_BYTES or record[-1] != _RECORD_END:
        return False
    base = int(record[12:17])
    directory = record[_LEADER_BYTES : base - 1]
    if record[base - 1 : base] != bytes([_FIELD_END]) or len(directory) % _ENTRY_BYTES:
        return False
    last = base
    for start in range(0, len(directory), _ENTRY_BYTES):
        place = directory[start + 3 : start + _ENTRY_BYTES]
        if not (place.isdigit() and directory[start : start + 3].isalnum()):
            return False
        end = base + int(place[4:]) + int(place[:4])
        if end >= len(record) or record[end - 1] != _FIELD_END:
            return False
        last = max(last, end)
    return last == len(record) - 1


def _garbage(size: int, number: int, offset: int) -> Problem:
    return problem(Code.GARBAGE, f"{size} bytes", record=number, offset=offset - size)


def _decoded(frame: Frame, charset: Charset) -> SourceRecord | Problem:
    decode = _decoder(charset)
    try:
        fields = tuple((tag, _field(tag, raw, decode)) for tag, raw in _raw_fields(frame.data))
    except UnicodeDecodeError as error:
        place = error.object[error.start :][:8].hex(" ")
        return problem(Code.RECORD_UNREADABLE, place, record=frame.number, offset=frame.offset)
    leader = frame.data[:_LEADER_BYTES].decode("ascii")
    return SourceRecord(frame.number, fields, leader, offset=frame.offset)


def _raw_fields(record: bytes) -> Iterator[tuple[str, bytes]]:
    """Tag and bytes of each field of a sound record, without the field end."""
    base = int(record[12:17])
    for start in range(_LEADER_BYTES, base - 1, _ENTRY_BYTES):
        entry = record[start : start + _ENTRY_BYTES]
        at = base + int(entry[7:])
        yield entry[:3].decode("ascii"), record[at : at + int(entry[3:7]) - 1]


def _decoder(charset: Charset) -> Callable[[bytes], str]:
    if charset is Charset.MARC8:
        return _marc8
    name = charset.value
    return lambda data: data.decode(name)


def _marc8(data: bytes) -> str:
    """Each subfield begins anew in the default set: MARC 21 specifications, character sets."""
    return "\x1f".join(marc8_to_unicode(part, True) for part in data.split(b"\x1f"))


def _field(tag: str, raw: bytes, decode: Callable[[bytes], str]) -> Field:
    """Indicators are dropped; IRBIS64 writes bare values, where there are none to drop."""
    head, *parts = decode(raw).split("\x1f")
    if tag >= "010" and (parts or head[:2] == "  ") and (len(head) <= 2 or head[:2] == "  "):
        head = head[2:]
    subfields = tuple(
        [(_CODES.get(part[0]) or part[0].lower(), part[1:]) for part in parts if part]
    )
    return Field(head, subfields)
