"""ISO 2709 exchange files: our own framing, because real files are cut and mis-counted.

ISO 2709:2008: a leader of 24 characters (record length 0-4, base address of data 12-16), a
directory of 12-character entries, fields that end with 1E, and 1D at the end of the record.
MARC-8 is decoded by pymarc; the rest is ours, because pymarc drops values without subfields
(IRBIS64 writes them) and a whole record for one Cyrillic letter typed as a subfield code. In the
tests pymarc is the oracle.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, digits
from typing import BinaryIO

from pymarc.marc8 import marc8_to_unicode

from controller.catalogue.charset import Charset
from controller.catalogue.fields import Field, SourceRecord, by_tag
from controller.catalogue.problems import Code, Problem, problem

# Length, status, type, three more, indicator and subfield counts "22", base address, three more,
# entry map "45": ISO 2709:2008, 4.3, with the counts that every MARC format fixes. The letter of
# the type keeps the digits of a directory from looking like a leader.
LEADER = re.compile(rb"\d{5}[a-z ][a-z][\x20-\x7e]{3}22\d{5}[\x20-\x7e]{3}45[\x20-\x7e]{2}")
_LEADER_BYTES = 24
_ENTRY = re.compile(rb"([0-9A-Za-z]{3})(\d{4})(\d{5})")  # tag, length, start
_DIRECTORY = re.compile(rb"(?:[0-9A-Za-z]{3}\d{9})*\Z")
_FIELD_END, _RECORD_END = b"\x1e", b"\x1d"
_CODES = {code: code for code in ascii_lowercase + digits}  # as they should be
_CODES |= zip("асеорхАСЕОРХ", "aceopxaceopx", strict=True)  # typed on a Russian keyboard
_MAX_RECORD = 99_999  # five digits of length
_BETWEEN = b"\r\n \x00\x1a\xef\xbb\xbf"  # what exports put between records without harm
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of one record that holds together; `offset` counts from the start of the file."""

    number: int
    offset: int
    data: bytes
    fields: list[tuple[str, bytes]]  # tag and content, without the field end


class _Window:
    """The part of the file under the reader's eyes: never more than a few records."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at_end = False
        self._before = 0  # bytes of the file that came before `data`
        self.data = b""
        self.at = 0  # where in `data` the reader is

    @property
    def offset(self) -> int:
        return self._before + self.at

    @property
    def whole(self) -> bool:
        """True when nothing of the file is behind the window."""
        return self._at_end

    def fill(self) -> None:
        """At least two records' worth before the reader, where the file has it."""
        while not self._at_end and len(self.data) - self.at < 2 * _MAX_RECORD:
            block = self._stream.read(_BLOCK)
            self._at_end = not block
            self._before += self.at
            self.data = self.data[self.at :] + block
            self.at = 0

    def skip_between(self) -> bool:
        """Go over what stands between records; False at the end of the file."""
        data, at = self.data, self.at
        while at < len(data) and data[at] in _BETWEEN:
            at += 1
        self.at = at
        return at < len(data)


def frames(stream: BinaryIO) -> Iterator[Frame | Problem]:
    """Sound records, and a problem with number and offset for everything that is not one."""
    window = _Window(stream)
    number, garbage = 1, 0
    while True:
        window.fill()
        if not window.skip_between():
            if window.whole:
                break
            continue
        frame, length, code = _look(window)
        if code is Code.GARBAGE:
            garbage += length
            window.at += length
            continue
        if garbage:
            yield _garbage(garbage, number, window.offset)
            garbage = 0
        if code is not None:
            yield problem(code, record=number, offset=window.offset)
        if frame:
            yield Frame(number, window.offset, frame.data, frame.fields)
        number += 1
        window.at += length
    if garbage:
        yield _garbage(garbage, number, window.offset)


def read_iso2709(stream: BinaryIO, charset: Charset) -> Iterator[SourceRecord | Problem]:
    """Every record decoded, or the problem that keeps it out, in the order of the file."""
    for found in frames(stream):
        yield found if isinstance(found, Problem) else _decoded(found, charset)


@dataclass(frozen=True, slots=True)
class _Sound:
    """A record whose directory and data fit each other."""

    data: bytes
    fields: list[tuple[str, bytes]]


def _look(window: _Window) -> tuple[_Sound | None, int, Code | None]:
    """What starts here: a record (or nothing), how far to go on, and what is wrong with it."""
    data, at = window.data, window.at
    if not LEADER.match(data, at):
        return None, _next_leader(data, at), Code.GARBAGE
    length = int(data[at : at + 5])
    if sound := _sound(data[at : at + length]):
        return sound, length, None
    end = data.find(_RECORD_END, at, at + _MAX_RECORD) + 1
    if end and (sound := _sound(data[at:end])):
        return sound, end - at, Code.LENGTH_WRONG
    return None, _next_leader(data, at), Code.RECORD_DAMAGED


def _next_leader(data: bytes, at: int) -> int:
    """Bytes to the next leader or the window's end; one cut by a full window is kept."""
    if following := LEADER.search(data, at + 1):
        return following.start() - at
    rest = len(data) - at
    return rest - (_LEADER_BYTES if rest >= 2 * _MAX_RECORD else 0)


def _sound(record: bytes) -> _Sound | None:
    """The record where directory and data fit each other to the byte, as in no cut record."""
    if len(record) <= _LEADER_BYTES or record[-1:] != _RECORD_END:
        return None
    base = int(record[12:17])
    if record[base - 1 : base] != _FIELD_END or not _DIRECTORY.match(record, 24, base - 1):
        return None
    entries = _ENTRY.findall(record, _LEADER_BYTES, base - 1)
    fields = _fields_in_order(entries, record[base:-1]) or _fields_anywhere(entries, record, base)
    return None if fields is None else _Sound(record, fields)


def _fields_in_order(
    entries: list[tuple[bytes, bytes, bytes]], data: bytes
) -> list[tuple[str, bytes]] | None:
    """The fields of a record that is written from front to back, as nearly all are."""
    pieces = data.split(_FIELD_END)
    if len(pieces) != len(entries) + 1 or pieces[-1]:
        return None
    fields, start = [], 0
    for (tag, length, at), piece in zip(entries, pieces, strict=False):
        if int(at) != start or int(length) != len(piece) + 1:
            return None
        start += len(piece) + 1
        fields.append((tag.decode(), piece))
    return fields


def _fields_anywhere(
    entries: list[tuple[bytes, bytes, bytes]], record: bytes, base: int
) -> list[tuple[str, bytes]] | None:
    """The fields where the directory says; none when it says what cannot be."""
    fields, last = [], base
    for tag, length, at in entries:
        start = base + int(at)
        end = start + int(length)
        if end >= len(record) or record[end - 1 : end] != _FIELD_END:
            return None
        fields.append((tag.decode(), record[start : end - 1]))
        last = max(last, end)
    return fields if last == len(record) - 1 else None


def _garbage(size: int, number: int, offset: int) -> Problem:
    return problem(Code.GARBAGE, f"{size} bytes", record=number, offset=offset - size)


def _decoded(frame: Frame, charset: Charset) -> SourceRecord | Problem:
    tags = [tag for tag, _ in frame.fields]
    try:
        contents = _contents([raw for _, raw in frame.fields], charset)
        texts = by_tag(zip(tags, contents, strict=True))
    except UnicodeDecodeError as error:
        place = error.object[error.start :][:8].hex(" ")
        return problem(Code.RECORD_UNREADABLE, place, record=frame.number, offset=frame.offset)
    leader = frame.data[:_LEADER_BYTES].decode("ascii")
    return SourceRecord(frame.number, texts, parse_field, leader, offset=frame.offset)


def _contents(fields: list[bytes], charset: Charset) -> list[str]:
    """The fields decoded: all at once, since no field holds a field end."""
    if charset is Charset.MARC8:
        return [_marc8(field) for field in fields]
    return _FIELD_END.join(fields).decode(charset.value).split("\x1e") if fields else []


def _marc8(data: bytes) -> str:
    """Each subfield begins anew in the default set: MARC 21 specifications, character sets."""
    return "\x1f".join(marc8_to_unicode(part, True) for part in data.split(b"\x1f"))


def parse_field(tag: str, text: str) -> Field:
    """Indicators are dropped; IRBIS64 writes bare values, where there are none to drop."""
    head, *parts = text.split("\x1f")
    if tag >= "010" and (parts or head[:2] == "  ") and (len(head) <= 2 or head[:2] == "  "):
        head = head[2:]
    return Field(
        head, tuple([(_CODES.get(part[0]) or part[0].lower(), part[1:]) for part in parts if part])
    )
