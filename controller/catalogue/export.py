"""Write the catalogue of a library in a format that other systems, and this one, read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import BinaryIO
from xml.sax.saxutils import escape, quoteattr

from controller.catalogue import describing, irbis, iso2709
from controller.catalogue.describing import Dialect, Fields
from controller.catalogue.own import Subfields, own_fields
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import TitleRecord
from controller.catalogue.table import write_csv, write_xlsx


class ExportFormat(StrEnum):
    """What a library may ask for."""

    RUSMARC = "rusmarc"
    MARC21 = "marc21"
    RUSMARC_XML = "rusmarc-xml"
    MARC21_XML = "marc21-xml"
    IRBIS = "irbis"
    CSV = "csv"
    XLSX = "xlsx"


_MAX_FIELD, _MAX_RECORD = 9_999, 99_999  # digits of a directory entry and of a leader, ISO 2709
# A class set has more copies than one record holds; the rest follow in records of the same key.
_COPIES_OF_ISO2709, _COPIES_OF_IRBIS = 200, 2_000
_XML_HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
)
_XML_TAIL = b"</collection>\n"


@dataclass(frozen=True, slots=True)
class Exported:
    """How many titles were written, and what could not be."""

    titles: int
    problems: tuple[Problem, ...]


def export(titles: Iterable[TitleRecord], form: ExportFormat, stream: BinaryIO) -> Exported:
    """All titles into the stream, UTF-8; memory holds one of them (XLSX: what openpyxl needs)."""
    match form:
        case ExportFormat.RUSMARC:
            return _write(titles, stream, lambda one: _iso2709(one, describing.RUSMARC))
        case ExportFormat.MARC21:
            return _write(titles, stream, lambda one: _iso2709(one, describing.MARC21))
        case ExportFormat.RUSMARC_XML:
            return _write_xml(titles, stream, describing.RUSMARC)
        case ExportFormat.MARC21_XML:
            return _write_xml(titles, stream, describing.MARC21)
        case ExportFormat.IRBIS:
            return _write(titles, stream, _irbis)
        case ExportFormat.CSV:
            return Exported(write_csv(titles, stream), ())
        case ExportFormat.XLSX:
            return Exported(write_xlsx(titles, stream), ())


Pack = Callable[[TitleRecord], bytes | Code]


def _write(titles: Iterable[TitleRecord], stream: BinaryIO, pack: Pack) -> Exported:
    problems: list[Problem] = []
    count = 0
    for number, title in enumerate(titles, start=1):
        packed = pack(title)
        if isinstance(packed, Code):
            problems.append(problem(packed, title.title, record=number))
            continue
        stream.write(packed)
        count += 1
    return Exported(count, tuple(problems))


def _write_xml(titles: Iterable[TitleRecord], stream: BinaryIO, dialect: Dialect) -> Exported:
    stream.write(_XML_HEAD)
    done = _write(titles, stream, lambda title: _xml(title, dialect))
    stream.write(_XML_TAIL)
    return done


def _parts(title: TitleRecord, copies: int) -> Iterator[TitleRecord]:
    rest = iter(title.copies)
    yield replace(title, copies=tuple(islice(rest, copies)))
    while more := tuple(islice(rest, copies)):
        yield replace(title, copies=more)


def _marc_fields(title: TitleRecord, dialect: Dialect) -> list[tuple[str, str]]:
    """Tags and contents with their blank indicators, those of our own included."""
    texts = [(tag, text) for tag, content in dialect.describe(title) if (text := _marc(content))]
    mine = own_fields(
        title,
        texts,
        leader=_leader(title, dialect),
        draft=dialect.draft,
        parse=iso2709.parse_field,
    )
    return texts + [(tag, _marc(subfields, empty=True)) for tag, subfields in mine]


def _marc(content: Subfields | str, *, empty: bool = False) -> str:
    if isinstance(content, str):
        return _plain(content)
    parts = [f"\x1f{code}{_plain(text)}" for code, text in content if text or empty]
    return f"  {''.join(parts)}" if parts else ""


def _plain(text: str) -> str:
    """Without the characters that exchange formats are built of."""
    return "".join(char if char.isprintable() else " " for char in text)


def _leader(title: TitleRecord, dialect: Dialect) -> str:
    return f"00000{dialect.leader(title)} a2200000   4500"


def _iso2709(title: TitleRecord, dialect: Dialect) -> bytes | Code:
    records = b""
    for part in _parts(title, _COPIES_OF_ISO2709):
        directory, body = b"", b""
        for tag, text in _marc_fields(part, dialect):
            data = text.encode() + b"\x1e"
            directory += f"{tag}{len(data):04}{len(body):05}".encode()
            body += data
            if len(data) > _MAX_FIELD:
                return Code.RECORD_TOO_LONG
        base = 24 + len(directory) + 1
        length = base + len(body) + 1
        if length > _MAX_RECORD:
            return Code.RECORD_TOO_LONG
        head = f"{length:05}{dialect.leader(part)} a22{base:05}   4500".encode()
        records += head + directory + b"\x1e" + body + b"\x1d"
    return records


def _xml(title: TitleRecord, dialect: Dialect) -> bytes:
    lines = ["<record>", f"<leader>{_leader(title, dialect)}</leader>"]
    for tag, text in _marc_fields(title, dialect):
        head, *parts = text.split("\x1f")
        if tag < "010":
            lines.append(f'<controlfield tag="{tag}">{escape(head)}</controlfield>')
            continue
        inside = "".join(
            f"<subfield code={quoteattr(part[0])}>{escape(part[1:])}</subfield>" for part in parts
        )
        lines.append(f'<datafield tag="{tag}" ind1=" " ind2=" ">{inside}</datafield>')
    return ("".join(lines) + "</record>\n").encode()


def _irbis(title: TitleRecord) -> bytes:
    return b"".join(_irbis_record(part) for part in _parts(title, _COPIES_OF_IRBIS))


def _irbis_record(title: TitleRecord) -> bytes:
    texts = _irbis_texts(describing.IRBIS.describe(title))
    mine = own_fields(
        title,
        texts,
        leader="",
        draft=describing.IRBIS.draft,
        parse=lambda _tag, text: irbis.parse_field(text),
    )
    texts += [(tag, _caret(subfields, empty=True)) for tag, subfields in mine]
    return "".join(f"#{int(tag)}: {text}\n" for tag, text in texts).encode() + b"*****\n"


def _irbis_texts(fields: Fields) -> list[tuple[str, str]]:
    return [(tag, text) for tag, content in fields if (text := _caret(content))]


def _caret(content: Subfields | str, *, empty: bool = False) -> str:
    """A caret begins a subfield, so a value may not have one."""
    if isinstance(content, str):
        return _plain(content).replace("^", "ˆ")
    return "".join(
        f"^{code.upper()}{_plain(text).replace('^', 'ˆ')}"
        for code, text in content
        if text or empty
    )
