"""The files of the sample library read back to what they were written from."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pymarc import MARCReader, Record

from hw_sim.library import files as shipped
from hw_sim.library.build import IRBIS, ROSTER_CSV, ROSTER_XLSX, RUSMARC, build
from hw_sim.library.pupils import pupils
from hw_sim.library.roster import HEADER
from hw_sim.library.stock import copies, copies_by_title
from hw_sim.library.titles import load_titles

IrbisRecord = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Described:
    """What both catalogue files must say about a title."""

    key: str
    name: str
    part: str
    authors: tuple[str, ...]
    year: str
    isbn: str
    copies: tuple[tuple[str, str, str, str], ...]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    build(folder)
    return folder


@pytest.fixture(scope="module")
def expected() -> list[Described]:
    stock = copies_by_title(copies())
    return [
        Described(
            title.key,
            title.name,
            title.part,
            tuple(author.surname for author in title.authors),
            str(title.year or ""),
            title.isbn,
            tuple((c.inventory, c.place, c.item, c.uid) for c in stock[title.key]),
        )
        for title in load_titles()
    ]


def irbis_records(text: str) -> list[IrbisRecord]:
    """A reader of its own: records of lines ``#tag: value^Xvalue``, each ended by five stars."""
    *records, rest = text.split("*****\n")
    assert rest == ""
    return [irbis_fields(record.splitlines()) for record in records]


def irbis_fields(lines: list[str]) -> IrbisRecord:
    fields: IrbisRecord = {}
    for line in lines:
        tag, value = line.removeprefix("#").split(": ", 1)
        bare, *parts = value.split("^")
        fields.setdefault(tag, []).append({"": bare} | {part[0]: part[1:] for part in parts})
    return fields


def described_by_irbis(record: IrbisRecord) -> Described:
    title = record["200"][0]
    name = title.get("A") or record["461"][0]["C"]
    people = record.get("700", []) + record.get("701", [])
    return Described(
        record["903"][0][""],
        name,
        title.get("V", ""),
        tuple(person["A"] for person in people),
        record.get("210", [{}])[0].get("D", ""),
        record.get("10", [{}])[0].get("A", ""),
        tuple((copy["B"], copy["D"], copy["H"], copy["T"]) for copy in record["910"]),
    )


def described_by_rusmarc(record: Record) -> Described:
    is_volume = bool(record.get_fields("461"))
    title = record["461"] if is_volume else record["200"]
    imprint, number = record.get("210"), record.get("010")
    return Described(
        record["001"].data,
        title["a"],
        title["v"] if is_volume else "",
        tuple(person["a"] for person in record.get_fields("700", "701")),
        imprint.get("d", "") if imprint else "",
        number["a"] if number else "",
        tuple((f["b"], f["d"], f["h"], f["t"]) for f in record.get_fields("910")),
    )


def test_the_irbis_export_says_what_the_tables_say(built: Path, expected: list[Described]) -> None:
    records = irbis_records((built / IRBIS).read_text("utf-8"))

    assert [described_by_irbis(record) for record in records] == expected


def test_the_rusmarc_file_says_what_the_tables_say(built: Path, expected: list[Described]) -> None:
    with (built / RUSMARC).open("rb") as stream:
        records = list(MARCReader(stream, force_utf8=True))

    assert [described_by_rusmarc(record) for record in records] == expected


def test_a_rusmarc_leader_is_of_unimarc_and_not_of_marc21(built: Path) -> None:
    leader = (built / RUSMARC).read_bytes()[:24]

    assert leader[5:12] == b"nam0 22"  # position 9 is blank: MARC21 alone writes the coding there
    assert leader[18:24] == b"i 450 "
    assert (built / RUSMARC).read_bytes()[int(leader[:5]) - 1] == 0x1D  # record terminator


def test_an_irbis_record_line_by_line(built: Path) -> None:
    text = (built / IRBIS).read_text("utf-8")

    record = text.split("*****\n")[14].splitlines()

    assert record[:16] == [
        "#920: PAZK",
        "#900: ^Ta^B05^Z12+",
        "#101: rus",
        "#102: RU",
        "#700: ^AПушкин^BА. С.^GАлександр Сергеевич",
        "#200: ^AКапитанская дочка^Eповесть^FА. С. Пушкин",
        "#210: ^CДетская литература^AМосква",
        "#225: ^AШкольная библиотека",
        "#675: 821.161.1-32",
        "#621: 84(2Рос=Рус)1",
        "#606: ^AРусская литература",
        "#610: Повести и рассказы",
        "#903: b0015",
        "#908: П 91",
        record[14],
        record[15],
    ]
    assert record[14].startswith("#910: ^A0^B0")


def test_the_roster_is_the_same_in_both_formats(built: Path) -> None:
    text = (built / ROSTER_CSV).read_text("utf-8-sig")
    sheet = load_workbook(built / ROSTER_XLSX).active

    from_csv = list(csv.reader(io.StringIO(text), delimiter=";"))
    from_xlsx = [list(row) for row in sheet.iter_rows(values_only=True)]

    assert from_csv == from_xlsx
    assert tuple(from_csv[0]) == HEADER
    assert [row[5] for row in from_csv[1:]] == [pupil.card for pupil in pupils()]


def test_building_twice_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    again = build(tmp_path)

    assert [path.read_bytes() for path in again] == [
        (built / path.name).read_bytes() for path in again
    ]


@pytest.mark.parametrize("name", [IRBIS, RUSMARC, ROSTER_CSV])
def test_the_shipped_file_is_what_the_generator_writes(built: Path, name: str) -> None:
    committed = Path(shipped.__file__).parent / name

    assert committed.read_bytes() == (built / name).read_bytes()
