"""What was exported comes back the same, into the same ledger or into an empty one."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pymarc import MARCReader, parse_xml_to_array
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from circulation.ids import Isil, ItemId, TagUid
from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.apply import apply
from controller.catalogue.export import ExportFormat, export
from controller.catalogue.ledger import read_ledger
from controller.catalogue.preview import preview
from controller.catalogue.problems import Code
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.db import make_engine, sqlite_url, upgrade
from controller.tables import Item, Title

OWNER = Isil("RU-10010033")
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SOURCE = f"irbis:{OWNER}"

# Each of these is misread by somebody: a dictionary that is lent as a book, an author who is no
# surname with initials, a journal, a key with a slash, a lost copy of the reading room.
CATALOGUE = (
    TitleRecord(
        "22.1я72/А 45-100",
        "Алгебра",
        subtitle="7 класс: учебник",
        author="Макарычев Ю. Н., Миндюк Н. Г.",
        publisher="Просвещение",
        place="Москва",
        year=2021,
        isbn="9785090877053",
        kind=ItemKind.TEXTBOOK,
        section="22.1я72",
        udc="373.167.1:512",
        author_mark="А 45",
        age_mark=12,
        grade=7,
        subjects="Алгебра; Учебники — для школ",
        origin=SOURCE,
        copies=(
            CopyRecord(
                ItemId("20000001001"),
                "1001",
                TagUid("E004015032410001"),
                "Абонемент",
                110_050,
                arrival="15/2021",
                condition="потёрта",
            ),
            CopyRecord(ItemId("1002"), "1002", place="Читальный зал", write_off="Акт № 3"),
            CopyRecord(
                ItemId("1003"), state=ItemState.LOST, reading_room_only=True, place="Фонд; 2"
            ),
            CopyRecord(ItemId("1004"), state=ItemState.WITHDRAWN, price=5),
            CopyRecord(ItemId("1005"), state=ItemState.DAMAGED, place="Мастерская"),
            CopyRecord(ItemId("E004015032419999"), "7", reading_room_only=True),
        ),
    ),
    TitleRecord("k2", "Словарь. Том 1: словарь", author="Гомер", kind=ItemKind.BOOK, origin=SOURCE),
    TitleRecord("k3", "=SUM(A1:A9)", subtitle="+7 (495)", author="-1", origin=SOURCE),
    TitleRecord("k4", "Мурзилка", kind=ItemKind.PERIODICAL, year=1999, origin=SOURCE),
    TitleRecord("k5", "Большой 12+ атлас", kind=ItemKind.REFERENCE, origin=SOURCE),
    TitleRecord("k6", "'Кавычки' <и> \"&\"", author="Толстой Л. Н. и др.", origin=SOURCE),
)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    """An empty ledger."""
    engine = make_engine(sqlite_url(tmp_path / "other.db"))
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def full(engine: Engine, tmp_path: Path) -> Engine:
    """The ledger with the catalogue, brought in by the most exact of the formats."""
    bring(CATALOGUE, ExportFormat.MARC21_XML, tmp_path / "first", engine)
    return engine


def bring(
    titles: tuple[TitleRecord, ...], form: ExportFormat, file: Path, engine: Engine
) -> list[Code]:
    """Exports titles and imports them again; the codes of what was found wrong."""
    with file.open("wb") as stream:
        exported = export(titles, form, stream)
    assert exported.titles == len(titles)
    seen = preview(file)
    result = apply(seen, engine, owner=OWNER, now=NOW)
    return [found.code for found in result.problems]


def catalogue(engine: Engine) -> tuple[TitleRecord, ...]:
    return tuple(read_ledger(engine, OWNER))


def test_ledger_holds_the_catalogue(full: Engine) -> None:
    assert catalogue(full) == CATALOGUE


@pytest.mark.parametrize("form", ExportFormat)
def test_catalogue_when_exported_and_imported_is_the_same(
    full: Engine, other: Engine, tmp_path: Path, form: ExportFormat
) -> None:
    problems = bring(catalogue(full), form, tmp_path / "again", other)

    assert problems == []
    assert catalogue(other) == CATALOGUE


@pytest.mark.parametrize("form", ExportFormat)
def test_export_when_imported_where_it_came_from_changes_nothing(
    full: Engine, tmp_path: Path, form: ExportFormat
) -> None:
    bring(catalogue(full), form, tmp_path / "again", full)

    assert catalogue(full) == CATALOGUE


@pytest.mark.parametrize("form", [ExportFormat.RUSMARC, ExportFormat.IRBIS, ExportFormat.CSV])
def test_class_set_larger_than_a_record_stays_one_title(
    other: Engine, tmp_path: Path, form: ExportFormat
) -> None:
    copies = tuple(CopyRecord(ItemId(f"T{n}"), place="Учебный фонд") for n in range(2_500))
    title = replace(CATALOGUE[0], copies=copies)

    problems = bring((title,), form, tmp_path / "set", other)

    assert problems == []
    with Session(other) as session:
        assert session.exec(select(func.count()).select_from(Title)).one() == 1
        assert session.exec(select(func.count()).select_from(Item)).one() == 2_500


def test_other_library_that_imports_an_export_gets_titles_of_its_own(
    full: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "export.mrc"
    with file.open("wb") as stream:
        export(catalogue(full), ExportFormat.RUSMARC, stream)

    apply(preview(file), full, owner=Isil("RU-10010034"), now=NOW)

    assert catalogue(full) == CATALOGUE
    sources = {title.origin for title in read_ledger(full, Isil("RU-10010034"))}
    assert sources == {"rusmarc:RU-10010034"}


def test_pymarc_reads_our_records(full: Engine) -> None:
    stream = io.BytesIO()
    export(catalogue(full), ExportFormat.MARC21, stream)

    records = list(MARCReader(stream.getvalue()))

    assert next(record.title for record in records if record) == "Алгебра 7 класс: учебник"
    assert len(records) == len(CATALOGUE)
    assert records[0] is not None
    assert [field["p"] for field in records[0].get_fields("952")][:2] == ["20000001001", "1002"]


def test_pymarc_reads_our_xml(full: Engine, tmp_path: Path) -> None:
    file = tmp_path / "export.xml"
    with file.open("wb") as stream:
        export(catalogue(full), ExportFormat.MARC21_XML, stream)

    records = parse_xml_to_array(str(file))

    assert [record["245"]["a"] for record in records] == [title.title for title in CATALOGUE]


def test_irbis_text_is_what_irbis64_reads(full: Engine) -> None:
    stream = io.BytesIO()
    export(catalogue(full)[:1], ExportFormat.IRBIS, stream)

    lines = stream.getvalue().decode().splitlines()

    assert lines[:2] == ["#920: PAZK", "#903: 22.1я72/А 45-100"]
    assert "#200: ^AАлгебра^E7 класс: учебник" in lines
    assert "#910: ^A0^B1001^DАбонемент^E1100.50^H20000001001^TE004015032410001^U15/2021" in lines
    assert lines[-1] == "*****"


def test_cells_that_look_like_formulas_are_text(full: Engine, tmp_path: Path) -> None:
    file = tmp_path / "export.xlsx"
    with file.open("wb") as stream:
        export(catalogue(full), ExportFormat.XLSX, stream)
    stream = io.BytesIO()
    export(catalogue(full), ExportFormat.CSV, stream)

    book = load_workbook(file)
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig")), delimiter=";"))
    book.close()
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [text for row in rows for text in row if text.startswith(("=", "+", "-", "@"))]
    assert "'=SUM(A1:A9)" in [text for row in rows for text in row]


@pytest.mark.parametrize("state", [ItemState.ON_LOAN, ItemState.CLAIMED_RETURNED])
def test_lent_copy_is_exported_as_one_on_its_shelf(full: Engine, state: ItemState) -> None:
    with Session(full) as session:
        item = session.exec(select(Item).where(Item.item_id == "20000001001")).one()
        item.state = state
        session.add(item)
        session.commit()

    assert catalogue(full)[0].copies[0].state is ItemState.IN_STOCK


def test_correction_of_another_system_is_taken_over(
    full: Engine, other: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "export.txt"
    with file.open("wb") as stream:
        export(catalogue(full)[:1], ExportFormat.IRBIS, stream)
    text = file.read_text(encoding="utf-8").replace("#200: ^AАлгебра", "#200: ^AАлгебра и анализ")
    file.write_text(text, encoding="utf-8")

    apply(preview(file), full, owner=OWNER, now=NOW)

    assert catalogue(full)[0].title == "Алгебра и анализ"
    assert len(catalogue(full)) == len(CATALOGUE)


def test_description_too_long_for_iso2709_is_listed_and_the_rest_is_written() -> None:
    stream = io.BytesIO()
    titles = (TitleRecord("k", "Я" * 6_000, origin=SOURCE), CATALOGUE[1])

    done = export(titles, ExportFormat.RUSMARC, stream)

    assert done.titles == 1
    assert [(found.code, found.place.record) for found in done.problems] == [
        (Code.RECORD_TOO_LONG, 1)
    ]


def test_two_exports_of_one_ledger_are_the_same_bytes(full: Engine) -> None:
    first, second = io.BytesIO(), io.BytesIO()

    export(catalogue(full), ExportFormat.RUSMARC, first)
    export(catalogue(full), ExportFormat.RUSMARC, second)

    assert first.getvalue() == second.getvalue()
