"""The titles of the sample library, read from the tables in ``data/``; an empty cell: not known."""

import csv
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources


class Kind(StrEnum):
    """The part of the stock a title belongs to; a Russian school counts textbooks apart."""

    BOOK = "book"
    TEXTBOOK = "textbook"
    PERIODICAL = "periodical"


Row = dict[str, str]
BOOK_TABLES = ("russian", "children", "foreign", "science", "reference")
FORMS = {"1": "Поэзия", "2": "Пьесы", "31": "Романы", "32": "Повести и рассказы", "34": "Сказки"}
"""Special auxiliary numbers of УДК for literary forms, as used after a dash in 821."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person as catalogued; `full` is first name and patronymic, `mark` the авторский знак."""

    surname: str
    initials: str = ""
    full: str = ""
    mark: str = ""

    def signature(self) -> str:
        """The name as it stands on a title page: ``А. С. Пушкин``."""
        return f"{self.initials} {self.surname}".strip()


@dataclass(frozen=True, slots=True)
class Title:
    """One bibliographic record; an empty string, `None` or an empty tuple means: not known.

    `part` is the volume of a set ("Ч. 1"), `original` the language a book was translated from
    (ISO 639-2/B).
    """

    key: str
    kind: Kind
    name: str
    copies: int
    authors: tuple[Author, ...] = ()
    more_authors: bool = False
    part: str = ""
    subtitle: str = ""
    responsibility: str = ""
    edition: str = ""
    place: str = ""
    publisher: str = ""
    series: str = ""
    year: int | None = None
    pages: int | None = None
    isbn: str = ""
    issn: str = ""
    udc: str = ""
    bbk: str = ""
    heading: str = ""
    form: str = ""
    original: str = ""
    age: int | None = None
    grades: str = ""
    is_reference: bool = False

    def statement(self) -> str:
        """First statement of responsibility: the authors if there are any, else the editors."""
        if not self.authors:
            return self.responsibility
        names = ", ".join(author.signature() for author in self.authors)
        return f"{names} [и др.]" if self.more_authors else names

    def second_statement(self) -> str:
        """What follows the authors: translators, editors, an institution."""
        return self.responsibility if self.authors else ""

    def shelf_mark(self) -> str:
        """Шифр: the class of ББК and the author's mark, as on the spine."""
        return f"{self.bbk} {self.mark()}".strip()

    def mark(self) -> str:
        """Авторский знак of the first author, empty when it is not known."""
        return self.authors[0].mark if self.authors else ""


@cache
def load_titles() -> tuple[Title, ...]:
    """Books, textbooks, periodicals, in this order; `ValueError` names a bad line of a table."""
    return (*_books(), *_textbooks(), *_periodicals())


@cache
def known_authors() -> tuple[Author, ...]:
    """Writers whose full names are known, most of them; no invented pupil may bear their names."""
    return tuple(_authors().values())


def _books() -> list[Title]:
    rows = [(name, row) for name in BOOK_TABLES for row in _table(name)]
    titles = [_title(f"b{n:04d}", Kind.BOOK, row) for n, (_, row) in enumerate(rows, start=1)]
    return [
        replace(title, is_reference=name == "reference")
        for title, (name, _) in zip(titles, rows, strict=True)
    ]


def _textbooks() -> list[Title]:
    rows = [volume for row in _table("textbooks") for volume in _volumes(row)]
    return [_title(f"t{n:04d}", Kind.TEXTBOOK, row) for n, row in enumerate(rows, start=1)]


def _periodicals() -> list[Title]:
    rows = _table("periodicals")
    return [_title(f"p{n:04d}", Kind.PERIODICAL, row) for n, row in enumerate(rows, start=1)]


def _volumes(row: Row) -> list[Row]:
    """A textbook in two parts is two books in a satchel, so it is two records."""
    word = "классы" if "–" in row["grades"] else "класс"
    parts = int(row["parts"])
    whole = row | {"title": f"{row['title']}. {row['grades']} {word}", "subtitle": "учебник"}
    if parts == 1:
        return [whole]
    whole["subtitle"] = f"учебник : в {parts} ч."
    return [whole | {"part": f"Ч. {number}"} for number in range(1, parts + 1)]


def _title(key: str, kind: Kind, row: Row) -> Title:
    authors, more = _parse_authors(row.get("authors", ""))
    subject = _classes()[row["class"]]
    form = row.get("form", "")
    return Title(
        key=key,
        kind=kind,
        name=row["title"],
        copies=int(row["copies"]),
        authors=authors,
        more_authors=more,
        part=row.get("part", ""),
        subtitle=row.get("subtitle", ""),
        responsibility=row.get("responsibility", ""),
        edition=row.get("edition", ""),
        place=row["place"],
        publisher=row["publisher"],
        series=row.get("series", ""),
        year=_number(row.get("year", "")),
        pages=_number(row.get("pages", "")),
        isbn=row.get("isbn", ""),
        issn=row.get("issn", ""),
        udc=f"{subject['udc']}-{form}" if form and subject["udc"] else subject["udc"],
        bbk=subject["bbk"],
        heading=subject["heading"],
        form=FORMS[form] if form else "",
        original=subject["original"],
        age=_number(row.get("age", "").removesuffix("+")),
        grades=row["grades"],
    )


def _parse_authors(text: str) -> tuple[tuple[Author, ...], bool]:
    listed, more = text.removesuffix(" и др."), text.endswith(" и др.")
    return tuple(_author(name) for name in listed.split(", ") if name), more


def _author(name: str) -> Author:
    known = _authors().get(name)
    if known is not None:
        return known
    surname, _, initials = name.partition(" ")
    return Author(surname, initials)


@cache
def _authors() -> dict[str, Author]:
    rows = _table("authors")
    return {
        row["name"]: Author(row["surname"], row["initials"], row["full"], row["mark"])
        for row in rows
    }


@cache
def _classes() -> dict[str, Row]:
    return {row["code"]: row for row in _table("classes")}


def _number(text: str) -> int | None:
    return int(text) if text else None


def _table(name: str) -> list[Row]:
    source = resources.files("hw_sim.library") / "data" / f"{name}.csv"
    header, *lines = csv.reader(source.read_text("utf-8").splitlines(), delimiter=";")
    for number, line in enumerate(lines, start=2):
        if len(line) != len(header):
            raise ValueError(f"{name}.csv, line {number}: {len(line)} cells, not {len(header)}")
    return [dict(zip(header, line, strict=True)) for line in lines]
