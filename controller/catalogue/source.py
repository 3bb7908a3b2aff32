"""What a file is: its format by its content and its charset by its letters, both overridable."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from pathlib import Path

from controller.catalogue.charset import Charset, Guess, fits, guess, sample
from controller.catalogue.fields import SourceRecord
from controller.catalogue.irbis import read_irbis
from controller.catalogue.iso2709 import LEADER, read_iso2709
from controller.catalogue.marcxml import looks_like_marcxml, read_marcxml
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.roster import is_header
from controller.catalogue.sheet import CATALOGUE, XLSX_MAGIC, Row, rows_of
from controller.catalogue.table import is_catalogue_header


class Kind(StrEnum):
    """What a librarian may say about a file."""

    AUTO = "auto"
    IRBIS = "irbis"
    MARC = "marc"  # RUSMARC or MARC21, by content
    RUSMARC = "rusmarc"
    MARC21 = "marc21"
    ROSTER = "roster"
    TABLE = "table"  # titles and copies as CSV or XLSX


class Format(StrEnum):
    """What a file is."""

    IRBIS = "irbis"
    RUSMARC = "rusmarc"
    MARC21 = "marc21"
    ROSTER = "roster"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read. `sure` False: the charset was a close call."""

    path: Path
    format: Format
    charset: Charset
    sure: bool = True
    xml: bool = False  # MARCXML in place of ISO 2709


_MARC = (Kind.AUTO, Kind.MARC, Kind.RUSMARC, Kind.MARC21)
_HEAD = 1 << 17  # bytes that decide the format
_IRBIS_LINE = re.compile(rb"^#\d{1,5}: ?\S", re.MULTILINE)
_DIALECT_RECORDS = 50  # a file is one dialect; its first records tell which

# UNIMARC 100$a/26-29: 50 is ISO 10646; 79, 89 and 99 are what RUSMARC gives to DOS, Windows and
# KOI-8 text. Conversions leave it wrong, so it only decides where there is no text to measure.
_DECLARED = {b"50": Charset.UTF8, b"79": Charset.CP866, b"89": Charset.CP1251, b"99": Charset.KOI8R}
_FIELD_100 = re.compile(rb"\x1fa(?:\d{8})[a-z ].{17}(\d\d|  )(\d\d|  )", re.DOTALL)


def inspect(path: Path, kind: Kind = Kind.AUTO, charset: Charset | None = None) -> Source | Problem:
    """How to read the file, or why it cannot be read."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
            stream.seek(0)
            words = sample(stream)
    except OSError as error:
        return problem(Code.FILE_MISSING, error.strerror or error)
    if not head.strip():
        return problem(Code.FILE_EMPTY)
    if head.startswith(XLSX_MAGIC):
        if kind not in (Kind.AUTO, Kind.ROSTER, Kind.TABLE):
            return problem(Code.FORMAT_UNKNOWN, kind)
        table = kind is Kind.TABLE or (
            kind is Kind.AUTO and _sheet_format(path, Charset.UTF8) is Format.TABLE
        )
        return Source(path, Format.TABLE if table else Format.ROSTER, Charset.UTF8)
    if kind in _MARC and looks_like_marcxml(head):
        return _xml_source(path, kind)
    return _text_source(path, kind, charset, head, words)


def records_of(source: Source) -> Iterator[SourceRecord | Problem]:
    """Every description of a catalogue file, or the problem that keeps it out."""
    with source.path.open("rb") as stream:
        if source.xml:
            yield from read_marcxml(stream)
        else:
            read = read_irbis if source.format is Format.IRBIS else read_iso2709
            yield from read(stream, source.charset)


def _xml_source(path: Path, kind: Kind) -> Source:
    """The charset is the XML's own business: its declaration says it."""
    if kind in (Kind.RUSMARC, Kind.MARC21):
        return Source(path, Format(kind.value), Charset.UTF8, xml=True)
    source = Source(path, Format.MARC21, Charset.UTF8, xml=True)
    return replace(source, format=_dialect(source))


def _text_source(
    path: Path, kind: Kind, charset: Charset | None, head: bytes, words: bytes
) -> Source | Problem:
    is_marc = kind in (Kind.MARC, Kind.RUSMARC, Kind.MARC21) or (
        kind is Kind.AUTO and LEADER.search(head) is not None
    )
    if charset is not None and not fits(words, charset):
        best = guess(words, marc8_possible=is_marc).charset
        return problem(Code.CHARSET_WRONG, f"{charset} → {best}" if best else charset)
    guessed = Guess(charset) if charset else _guess(words, head, is_marc=is_marc)
    if guessed.charset is None:
        return problem(Code.CHARSET_UNKNOWN)
    found = _format(path, kind, guessed.charset, head)
    if found is None:
        return problem(Code.FORMAT_UNKNOWN, kind)
    return Source(path, found, guessed.charset, guessed.sure)


def _guess(words: bytes, head: bytes, *, is_marc: bool) -> Guess:
    if not is_marc:
        return guess(words)
    declared = Charset.UTF8 if head[9:10] == b"a" else None
    if match := _FIELD_100.search(head):
        codes = (_DECLARED.get(match.group(2)), _DECLARED.get(match.group(1)))
        declared = next((code for code in codes if code), declared)
    return guess(words, marc8_possible=True, declared=declared)


def _format(path: Path, kind: Kind, charset: Charset, head: bytes) -> Format | None:
    match kind:
        case Kind.IRBIS:
            return Format.IRBIS if _IRBIS_LINE.search(head) else None
        case Kind.RUSMARC | Kind.MARC21:
            return Format(kind.value) if LEADER.search(head) else None
        case Kind.MARC:
            return _marc_dialect(path, charset) if LEADER.search(head) else None
        case Kind.ROSTER | Kind.TABLE:
            return Format(kind.value)
        case Kind.AUTO:
            return _by_content(path, charset, head)


def _by_content(path: Path, charset: Charset, head: bytes) -> Format | None:
    if LEADER.search(head):
        return _marc_dialect(path, charset)
    if _IRBIS_LINE.search(head):
        return Format.IRBIS
    return _sheet_format(path, charset)


def _sheet_format(path: Path, charset: Charset) -> Format | None:
    """A table of titles or a roster, by the first of the rows that is a header."""
    for row in islice(rows_of(path, charset, CATALOGUE), 10):
        if isinstance(row, Row) and is_header(row):
            return Format.ROSTER
        if isinstance(row, Row) and is_catalogue_header(row):
            return Format.TABLE
    return None


def _marc_dialect(path: Path, charset: Charset) -> Format:
    return _dialect(Source(path, Format.MARC21, charset))


def _dialect(source: Source) -> Format:
    """MARC21 titles stand in 245, RUSMARC titles in 200."""
    votes = 0
    found = records_of(source)
    for record in islice((r for r in found if isinstance(r, SourceRecord)), _DIALECT_RECORDS):
        votes += bool(record.each("245")) - bool(record.each("200"))
    return Format.MARC21 if votes > 0 else Format.RUSMARC
