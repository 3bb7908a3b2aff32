"""The text export of IRBIS64: lines ``#910: ^A0^B666468``, a record ends with ``*****``.

Subfield codes mean the same in either case. Tags are padded to three digits ("10" is "010"), so
that one mapping serves IRBIS64 and RUSMARC, from which its tags come.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from controller.catalogue.charset import Charset
from controller.catalogue.fields import Field, SourceRecord, by_tag
from controller.catalogue.problems import Code, Problem, problem

LINE = re.compile(rb"#(\d{1,5}): ?(.*)\Z", re.DOTALL)
_END = re.compile(rb"\*{5,}\s*\Z")
_END_CUT = re.compile(rb"\*{1,4}\Z")
_BOM = b"\xef\xbb\xbf"
_MAX_RECORD = 1 << 20  # bytes; real ones, even with all issues of a journal, are under 100 KB
_ONCE = ("200", "903")  # not repeatable: two of them are two records run together


@dataclass(slots=True)
class _Open:
    """The record being read: its lines as bytes, since only whole ones are decoded."""

    number: int
    line: int
    fields: list[tuple[str, bytes]] = field(default_factory=list)
    size: int = 0
    odd: list[Problem] = field(default_factory=list)

    def add(self, content: bytes, line: int) -> None:
        self.size += len(content)
        if self.size > _MAX_RECORD:
            return
        if match := LINE.match(content):
            self.fields.append((match.group(1).decode().zfill(3), match.group(2)))
            return
        if self.fields:  # a value with a line break inside: nothing of it is lost
            tag, value = self.fields[-1]
            self.fields[-1] = (tag, value + b" " + content)
        self.odd.append(problem(Code.LINE_ODD, record=self.number, line=line))


def read_irbis(stream: BinaryIO, charset: Charset) -> Iterator[SourceRecord | Problem]:
    """Every record, or the problem that keeps it out, in the order of the file; memory bounded."""
    number, current = 1, None
    for line, content in _lines(stream):
        if _END.match(content):
            if current is not None:
                yield from _closed(current, charset)
                number, current = number + 1, None
        elif content.strip() and not _END_CUT.match(content):
            current = current or _Open(number, line)
            current.add(content, line)
    if current is not None:
        yield problem(Code.RECORD_UNFINISHED, record=number, line=current.line)


def parse_field(value: str) -> Field:
    """``^Arus^N02`` as subfields a and n; text before the first ``^`` stays bare."""
    text, *parts = value.split("^")
    return Field(text.strip(), tuple((part[0].lower(), part[1:]) for part in parts if part))


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without their end; a line beyond the bound goes on as several pieces."""
    number, fresh = 0, True
    while raw := stream.readline(_MAX_RECORD):
        number += fresh
        if number == 1 and fresh:
            raw = raw.removeprefix(_BOM)
        fresh = raw.endswith(b"\n")
        yield number, raw.rstrip(b"\r\n")


def _closed(record: _Open, charset: Charset) -> Iterator[SourceRecord | Problem]:
    if record.size > _MAX_RECORD:
        yield problem(Code.RECORD_TOO_LONG, record=record.number, line=record.line)
        return
    tags = [tag for tag, _ in record.fields]
    if any(tags.count(tag) > 1 for tag in _ONCE):
        yield problem(Code.RECORD_DAMAGED, record=record.number, line=record.line)
        return
    try:
        decoded = [(tag, value.decode(charset.value)) for tag, value in record.fields]
    except UnicodeDecodeError as error:
        place = error.object[error.start :][:8].hex(" ")
        yield problem(Code.RECORD_UNREADABLE, place, record=record.number, line=record.line)
        return
    yield from record.odd
    yield SourceRecord(record.number, by_tag(decoded), _parse, line=record.line)


def _parse(_tag: str, text: str) -> Field:
    return parse_field(text)
