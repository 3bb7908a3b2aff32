"""A roster of pupils: flexible in its headers, strict in its lines, open about look-alikes."""

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from controller.catalogue.charset import Charset
from controller.catalogue.problems import Code
from controller.catalogue.roster import Roster, read_roster, school_class
from controller.catalogue.sheet import MAX_UNPACKED, rows_of

HEADER = "Класс;Фамилия;Имя;Отчество;Номер билета;UID карты\n"


def read(path: Path, charset: Charset = Charset.UTF8) -> Roster:
    return read_roster(rows_of(path, charset))


def findings(roster: Roster) -> list[tuple[Code, int | None]]:
    return [(problem.code, problem.place.line) for problem in roster.problems]


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "roster.csv"


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("charset", [Charset.UTF8, Charset.CP1251, Charset.CP866])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_when_written_by_any_program_is_read(
    sheet: Path, delimiter: str, charset: Charset, mark: bytes
) -> None:
    text = (HEADER + "5а;Иванов;Пётр;Ильич;0017;04:a1:b2:c3\r\n").replace(";", delimiter)
    sheet.write_bytes((mark if charset is Charset.UTF8 else b"") + text.encode(charset.value))

    (pupil,) = read(sheet, charset).rows

    assert (pupil.school_class, pupil.full_name) == ("5А", "Иванов Пётр Ильич")
    assert (pupil.number, pupil.card, pupil.line) == ("0017", "04A1B2C3", 2)


def test_names_when_in_one_column_are_taken_apart(sheet: Path) -> None:
    sheet.write_text("Школа № 5\n\nФ.И.О.;КЛАСС;Литера\nОглы Али Вели оглы;7;б\n", "utf-8")

    (pupil,) = read(sheet).rows

    assert (pupil.surname, pupil.name, pupil.patronymic) == ("Оглы", "Али", "Вели оглы")
    assert pupil.school_class == "7Б"


@pytest.mark.parametrize(
    ("text", "name"),
    [("5а", "5А"), ("05-А", "5А"), ("11 «Б»", "11Б"), ("5A", "5А"), ("9", "9"), ("3 класс", "3")],
)
def test_class_is_written_one_way(text: str, name: str) -> None:
    assert school_class(text) == name


@pytest.mark.parametrize("text", ["12А", "0А", "А", "", "5АБ", "учитель"])
def test_class_when_it_is_none_is_refused(text: str) -> None:
    assert school_class(text) is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("5А;;Пётр;;;", Code.CELL_EMPTY),
        ("5А;Иванов;;;;", Code.CELL_EMPTY),
        (";Иванов;Пётр;;;", Code.CELL_EMPTY),
        ("5А;Иван0в;Пётр;;;", Code.CELL_ODD),
        ("5А;<b>Иванов</b>;Пётр;;;", Code.CELL_ODD),
        ("5А;+Иванов;Пётр;;;", Code.CELL_ODD),
        ("12А;Иванов;Пётр;;;", Code.CLASS_WRONG),
        ("5А;Иванов;Пётр;;;04A1B2", Code.CARD_WRONG),
        ("5А;Иванов;Пётр;;;1,23E+11", Code.CARD_WRONG),
        ('5А;Иванов;Пётр;;"=A1+1";', Code.FORMULA),
    ],
)
def test_line_when_it_cannot_be_a_pupil_is_told_and_left_out(
    sheet: Path, line: str, code: Code
) -> None:
    sheet.write_text(f"{HEADER}{line}\n6Б;Сидорова;Анна-Мария;;;\n", "utf-8")

    roster = read(sheet)

    assert (code, 2) in findings(roster)
    assert [pupil.surname for pupil in roster.rows] == ["Сидорова"]


def test_namesakes_when_their_cards_differ_are_two_pupils_and_a_question(sheet: Path) -> None:
    sheet.write_text(
        HEADER + "5А;Иванов;Пётр;;;04A1B2C3\n5а;ИВАНОВ;Пётр;;;04A1B2C4\n", encoding="utf-8"
    )

    roster = read(sheet)

    assert [pupil.card for pupil in roster.rows] == ["04A1B2C3", "04A1B2C4"]
    assert findings(roster) == [(Code.SAME_NAME, 2), (Code.SAME_NAME, 3)]


@pytest.mark.parametrize("marks", [(";", ";"), ("17;", ";"), ("17;", "17;")])
def test_namesakes_when_nothing_tells_them_apart_are_left_to_the_librarian(
    sheet: Path, marks: tuple[str, str]
) -> None:
    lines = "".join(f"5А;Иванов;Пётр;;{mark}\n" for mark in marks)
    sheet.write_text(HEADER + lines + "5Б;Иванов;Пётр;;;\n", encoding="utf-8")

    roster = read(sheet)

    assert [pupil.school_class for pupil in roster.rows] == ["5Б"]
    assert {(Code.SAME_NAME, 2), (Code.SAME_NAME, 3)} <= set(findings(roster))
    assert {(Code.SAME_PUPIL, 2), (Code.SAME_PUPIL, 3)} <= set(findings(roster))


@pytest.mark.parametrize(
    ("mark", "code"), [(";04A1B2C3", Code.SAME_CARD), ("17;", Code.SAME_NUMBER)]
)
def test_card_or_number_when_two_people_have_it_keeps_both_out(
    sheet: Path, mark: str, code: Code
) -> None:
    sheet.write_text(f"{HEADER}5А;Иванов;Пётр;;{mark}\n6А;Петров;Иван;;{mark}\n", encoding="utf-8")

    roster = read(sheet)

    assert roster.rows == ()
    assert findings(roster) == [(code, 2), (code, 3)]


def test_card_when_it_makes_up_its_uid_is_not_bound(sheet: Path) -> None:
    sheet.write_text(HEADER + "5А;Иванов;Пётр;;;08A1B2C3\n", encoding="utf-8")

    roster = read(sheet)

    assert [pupil.card for pupil in roster.rows] == [None]
    assert findings(roster) == [(Code.CARD_RANDOM, 2)]


def test_sheet_when_it_has_no_header_is_refused(sheet: Path) -> None:
    sheet.write_text("5А;Иванов;Пётр\n", encoding="utf-8")

    assert findings(read(sheet)) == [(Code.HEADER_MISSING, None)]


def test_csv_when_decoded_wrongly_gives_no_pupil(sheet: Path) -> None:
    sheet.write_bytes((HEADER + "5А;Иванов;Пётр;;;\n").encode("cp1251"))

    roster = read(sheet, Charset.UTF8)

    assert roster.rows == ()
    assert findings(roster) == [(Code.CHARSET_WRONG, None)]


def test_workbook_when_it_holds_numbers_and_formulas_is_read_cell_by_cell(tmp_path: Path) -> None:
    book = Workbook()
    rows = [
        ["Класс", "ФИО", "№ билета", "Карта"],
        ["5А", "Иванов Пётр Ильич", 17, "04A1B2C3"],
        ["5А", '="Сидоров"&" Иван"', 18, None],
        [6, "Петрова Анна", 19.0, None],
        [None, "Орлов Олег", 20, None],
    ]
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "roster.xlsx")

    roster = read(tmp_path / "roster.xlsx")

    assert [(row.full_name, row.number) for row in roster.rows] == [
        ("Иванов Пётр Ильич", "17"),
        ("Петрова Анна", "19"),
    ]
    assert {(Code.FORMULA, 3), (Code.CELL_EMPTY, 5)} <= set(findings(roster))


def test_workbook_when_it_unpacks_without_end_is_refused_unopened(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range((MAX_UNPACKED >> 20) + 1):
            entry.write(b"\0" * (1 << 20))

    roster = read(bomb)

    assert bomb.stat().st_size < 1 << 20
    assert findings(roster) == [(Code.TOO_LARGE, None)]


def test_workbook_when_it_is_only_called_so_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "roster.xlsx"
    broken.write_bytes(b"PK\x03\x04 and nothing more")

    assert findings(read(broken)) == [(Code.FILE_BROKEN, None)]
