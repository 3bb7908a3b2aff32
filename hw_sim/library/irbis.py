"""The catalogue as an IRBIS64 text export: ``#910: ^A0^B12`` per field, ``*****`` per record.

The dialect is that of real exports of Russian libraries: upper-case subfield marks, UTF-8, LF, one
repetition of field 910 per copy (^A state, ^B inventory number, ^D place, ^H barcode, ^T tag UID).
A volume has the worksheet SPEC and names its set in field 461.
"""

from collections.abc import Iterator, Mapping, Sequence

from hw_sim.library.stock import StockItem
from hw_sim.library.titles import Author, Kind, Title

END_OF_RECORD = "*****"
_FREE = "0"  # 910^A: the copy is in place and may be lent
_TEXT = "a"  # 900^T: a printed text
_ONE_VOLUME, _VOLUME_OF_SET = "05", "03"  # 900^B
_TEXTBOOK = "j0"  # 900^C


def irbis_text(titles: Sequence[Title], copies: Mapping[str, Sequence[StockItem]]) -> str:
    """The export of these titles; `copies` are kept under the titles' keys and may be missing."""
    lines: list[str] = []
    for title in titles:
        lines += _record(title, copies.get(title.key, ()))
        lines.append(END_OF_RECORD)
    return "".join(f"{line}\n" for line in lines)


def _record(title: Title, copies: Sequence[StockItem]) -> Iterator[str]:
    yield f"#920: {_worksheet(title)}"
    yield from _codes(title)
    yield "#101: rus"
    yield "#102: RU"
    yield from _fields("10", A=title.isbn)
    yield from _fields("11", A=title.issn)
    for n, author in enumerate(title.authors):
        yield from _fields("701" if n else "700", **_author(author))
    yield from _description(title)
    yield from _fields("225", A=title.series)
    yield from _subject(title)
    yield f"#903: {title.key}"
    yield from _fields("908", title.mark())
    yield from (_copy(copy) for copy in copies)


def _worksheet(title: Title) -> str:
    if title.kind is Kind.PERIODICAL:
        return "J"
    return "SPEC" if title.part else "PAZK"


def _codes(title: Title) -> Iterator[str]:
    age = "" if title.age is None else f"{title.age}+"
    if title.kind is Kind.PERIODICAL:
        return _fields("900", Z=age)
    volume = _VOLUME_OF_SET if title.part else _ONE_VOLUME
    kind = _TEXTBOOK if title.kind is Kind.TEXTBOOK else ""
    return _fields("900", T=_TEXT, B=volume, C=kind, Z=age)


def _author(author: Author) -> dict[str, str]:
    return {"A": author.surname, "B": author.initials, "G": author.full}


def _description(title: Title) -> Iterator[str]:
    said = {"E": title.subtitle, "F": title.statement(), "G": title.second_statement()}
    if title.part:
        yield from _fields("200", V=title.part)
        yield from _fields("461", C=title.name, **(said | _imprint_of_set(title)))
    else:
        yield from _fields("200", A=title.name, **said)
    yield from _fields("205", A=title.edition)
    yield from _fields("210", C=title.publisher, A=title.place, D=_text(title.year))
    yield from _fields("215", A=_text(title.pages))


def _imprint_of_set(title: Title) -> dict[str, str]:
    """In field 461 ^G is the publisher, so translators and editors join the authors in ^F."""
    statement = "; ".join(filter(None, (title.statement(), title.second_statement())))
    return {"F": statement, "G": title.publisher, "D": title.place}


def _subject(title: Title) -> Iterator[str]:
    yield from _fields("675", title.udc)
    yield from _fields("621", title.bbk)
    yield from _fields("606", A=title.heading)
    yield from _fields("610", title.form)


def _copy(copy: StockItem) -> str:
    return f"#910: ^A{_FREE}^B{copy.inventory}^D{copy.place}^H{copy.item}^T{copy.uid}"


def _fields(tag: str, value: str = "", **subfields: str) -> Iterator[str]:
    """The line of a field, or nothing when there is nothing to say in it."""
    content = value + "".join(f"^{mark}{text}" for mark, text in subfields.items() if text)
    if content:
        yield f"#{tag}: {content}"


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
