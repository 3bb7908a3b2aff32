"""The catalogue as RUSMARC, the Russian member of the UNIMARC family, in ISO 2709 and UTF-8.

Field 899 says who holds the title and under which shelf mark. The author's mark and the copies
stand in the local fields 908 and 910 as IRBIS64 hands them over (910: $a state, $b inventory
number, $d place, $h barcode, $t tag UID), since 899 knows no tag.
"""

from collections.abc import Iterator, Mapping, Sequence

from pymarc import Field, Indicators, Record, Subfield

from hw_sim.library.stock import OWNER, StockItem
from hw_sim.library.titles import Author, Kind, Title

CATALOGUED = "20260901"  # day of every record, fixed so that the file comes out the same
_PLAIN = "  "
_FREE = "0"
_UNICODE = "50"  # 100$a/26-27: ISO/IEC 10646; the bytes are UTF-8
_TEXTBOOK = "j"  # 105$a/4
_OPENS_EMBEDDED_TITLE = "2001 "  # $1 of 461: field 200 with its indicators follows


def rusmarc_bytes(titles: Sequence[Title], copies: Mapping[str, Sequence[StockItem]]) -> bytes:
    """The file of these titles; `copies` are kept under the titles' keys and may be missing."""
    return b"".join(_iso2709(_record(title, copies.get(title.key, ()))) for title in titles)


def _iso2709(record: Record) -> bytes:
    raw = bytearray(record.as_marc())
    raw[9:10] = raw[23:24] = b" "  # pymarc writes "a" and "0" there, as MARC21 wants them
    return bytes(raw)


def _record(title: Title, copies: Sequence[StockItem]) -> Record:
    record = Record(force_utf8=True, leader=_leader(title))
    record.fields.append(Field(tag="001", data=title.key))
    record.fields.extend(field for field in _fields(title) if field is not None)
    record.fields.extend(_copy(copy) for copy in copies)
    return record


def _leader(title: Title) -> str:
    """New record of a printed text; a volume stands below its set in the hierarchy."""
    level = "s" if title.kind is Kind.PERIODICAL else "m"
    hierarchy = "2" if title.part else "0"
    return f"00000na{level}{hierarchy} 2200000 i 450 "


def _fields(title: Title) -> Iterator[Field | None]:
    yield _field("010", a=title.isbn)
    yield _field("011", a=title.issn)
    yield _field("100", a=_general_data(title))
    yield _field("101", "1 " if title.original else "0 ", a="rus", c=title.original)
    yield _field("102", a="RU")
    if title.kind is Kind.TEXTBOOK:
        yield _field("105", a=f"||||{_TEXTBOOK}   |||||")
    yield from _description(title)
    yield _field("225", "1 ", a=title.series)
    yield _field("333", a="" if title.age is None else f"{title.age}+")
    yield from _set(title)
    yield from _subject(title)
    for n, author in enumerate(title.authors):
        yield _author("701" if n else "700", author)
    yield _field("801", " 0", a="RU", b=OWNER, c=CATALOGUED, g="PSBO")
    yield _field("899", a=OWNER, j=title.shelf_mark())
    yield _field("908", a=title.mark())


def _general_data(title: Title) -> str:
    """The 36 characters of 100$a: day of cataloguing, kind and year, language, characters."""
    dates = "a    9999" if title.kind is Kind.PERIODICAL else f"d{title.year or '':4}    "
    return f"{CATALOGUED}{dates}u  y0rusy{_UNICODE}      ca"


def _description(title: Title) -> Iterator[Field | None]:
    if title.part:
        yield _field("200", "1 ", a=title.part)
    else:
        said = {"e": title.subtitle, "f": title.statement(), "g": title.second_statement()}
        yield _field("200", "1 ", a=title.name, **said)
    yield _field("205", a=title.edition)
    yield _field("210", a=title.place, c=title.publisher, d=str(title.year or ""))
    yield _field("215", a=f"{title.pages} с." if title.pages else "")


def _set(title: Title) -> Iterator[Field | None]:
    """The set a volume belongs to, with its title embedded as UNIMARC wants it."""
    if not title.part:
        return
    subfields = [
        ("1", _OPENS_EMBEDDED_TITLE),
        ("a", title.name),
        ("e", title.subtitle),
        ("f", title.statement()),
        ("g", title.second_statement()),
        ("v", title.part),
    ]
    said = [Subfield(code, text) for code, text in subfields if text]
    yield Field(tag="461", indicators=Indicators(" ", "0"), subfields=said)


def _subject(title: Title) -> Iterator[Field | None]:
    yield _field("606", "0 ", a=title.heading)
    yield _field("610", "0 ", a=title.form)
    if title.udc:
        yield _field("675", a=title.udc, z="rus")
    if title.bbk:
        yield _field("686", a=title.bbk, **{"2": "rubbk"})


def _author(tag: str, author: Author) -> Field | None:
    entry = " 1" if author.initials else " 0"  # under the surname, or under the name as it is
    return _field(tag, entry, a=author.surname, b=author.initials, g=author.full, **{"4": "070"})


def _copy(copy: StockItem) -> Field:
    values = {"a": _FREE, "b": copy.inventory, "d": copy.place, "h": copy.item, "t": copy.uid}
    subfields = [Subfield(code, value) for code, value in values.items()]
    return Field(tag="910", indicators=Indicators(" ", " "), subfields=subfields)


def _field(tag: str, indicators: str = _PLAIN, **values: str) -> Field | None:
    """A field of the values that are known, or `None` when none is."""
    subfields = [Subfield(code, value) for code, value in values.items() if value]
    if not subfields:
        return None
    return Field(tag=tag, indicators=Indicators(*indicators), subfields=subfields)
