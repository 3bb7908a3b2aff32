"""The catalogue as a table: one line a copy, the description repeated; both ways.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it, and
the apostrophe is taken off when such a cell comes back.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any, BinaryIO

from openpyxl import Workbook

from circulation.loan import ItemState
from circulation.policy import ItemKind
from controller.catalogue.draft import CopyDraft, TitleDraft, check
from controller.catalogue.fields import Field, SourceRecord
from controller.catalogue.kinds import AGE_MARKS, GRADES
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import CopyRecord, TitleRecord
from controller.catalogue.sheet import Row

_STATES = {
    ItemState.IN_STOCK: "",
    ItemState.LOST: "утерян",
    ItemState.DAMAGED: "повреждён",
    ItemState.WITHDRAWN: "списан",
}
_STATE_WORDS = {word: state for state, word in _STATES.items()} | {"в фонде": ItemState.IN_STOCK}
_KINDS = {
    ItemKind.BOOK: "книга",
    ItemKind.TEXTBOOK: "учебник",
    ItemKind.PERIODICAL: "журнал",
    ItemKind.REFERENCE: "справочник",
}
_KIND_WORDS = {word: kind for kind, word in _KINDS.items()}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_YES = ("да", "1", "+", "yes")
_SHEET_CHARACTERS = 32_767  # one cell of XLSX


class Column(StrEnum):
    """The headers, in their order."""

    ORIGIN = "Источник"
    KEY = "Ключ"
    TITLE = "Заглавие"
    SUBTITLE = "Подзаголовок"
    AUTHOR = "Автор"
    PUBLISHER = "Издательство"
    PLACE = "Место издания"
    YEAR = "Год"
    ISBN = "ISBN"
    KIND = "Вид"
    SECTION = "ББК"
    UDC = "УДК"
    AUTHOR_MARK = "Авторский знак"
    SUBJECTS = "Рубрики"
    AGE_MARK = "Возраст"
    GRADE = "Класс"
    ITEM = "Номер экземпляра"
    INVENTORY_NO = "Инвентарный номер"
    TAG = "Метка"
    SHELF = "Место хранения"
    PRICE = "Цена"
    STATE = "Состояние"
    READING_ROOM = "Только в читальном зале"
    CONDITION = "Сохранность"
    ARRIVAL = "Поступление"
    WRITE_OFF = "Акт списания"


Cells = dict[Column, str]


def is_catalogue_header(row: Row) -> bool:
    """True for a row that names a title and something to know a copy or a book by."""
    columns = set(_columns(row).values())
    return Column.TITLE in columns and len(columns) > 1


def write_csv(titles: Iterable[TitleRecord], stream: BinaryIO) -> int:
    """Semicolons and a byte order mark, as a Russian Excel opens it; how many titles."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    count = _write(titles, writer.writerow)
    text.detach()
    return count


def write_xlsx(titles: Iterable[TitleRecord], stream: BinaryIO) -> int:
    """One sheet; how many titles."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Каталог")
    count = _write(titles, sheet.append)
    book.save(stream)
    return count


def read_table(rows: Iterable[Row | Problem]) -> Iterator[TitleRecord | Problem]:
    """Titles with the copies of the lines that follow each other under one key."""
    columns: dict[int, Column] = {}
    current: TitleRecord | None = None
    number = 0
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        if not columns:
            columns = _columns(row) if is_catalogue_header(row) else {}
            continue
        number += 1
        title, problems = _title(row, columns, number)
        yield from problems
        if title is None:
            continue
        if current is not None and _same(current, title):
            current = replace(current, copies=current.copies + title.copies)
            continue
        if current is not None:
            yield current
        current = title
    if current is not None:
        yield current
    if not columns:
        yield problem(Code.TABLE_HEADER_MISSING)


def _same(one: TitleRecord, other: TitleRecord) -> bool:
    return (one.origin, one.source_key) == (other.origin, other.source_key)


def _columns(row: Row) -> dict[int, Column]:
    names = {column.casefold(): column for column in Column}
    found = ((n, names.get(cell.strip().casefold())) for n, cell in enumerate(row.cells))
    return {n: column for n, column in found if column}


def _title(
    row: Row, columns: dict[int, Column], number: int
) -> tuple[TitleRecord | None, list[Problem]]:
    formulas = [
        problem(Code.FORMULA, row.cells[n], line=row.line, field=column)
        for n, column in columns.items()
        if n in row.formulas
    ]
    if formulas:
        return None, formulas
    cells = {column: _bare(row.cells[n]) for n, column in columns.items() if n < len(row.cells)}

    def cell(column: Column) -> str:
        return cells.get(column, "")

    place = SourceRecord(number, {}, _no_field, line=row.line)
    found, told = check(_draft(cell), place)
    problems = [one for one in told if one.code is not Code.KEY_MISSING]
    if found is None:
        return None, problems
    return _as_said(found, cell), problems


def _draft(cell: Callable[[Column], str]) -> TitleDraft:
    copy = CopyDraft(
        Column.ITEM,
        barcode=cell(Column.ITEM),
        inventory_no=cell(Column.INVENTORY_NO),
        uid=cell(Column.TAG),
        place=cell(Column.SHELF),
        price=cell(Column.PRICE),
        state=_STATE_WORDS.get(cell(Column.STATE).lower(), ItemState.IN_STOCK),
        reading_room_only=cell(Column.READING_ROOM).lower() in _YES,
        condition=cell(Column.CONDITION),
        arrival=cell(Column.ARRIVAL),
        write_off=cell(Column.WRITE_OFF),
    )
    numbered = cell(Column.ITEM) or cell(Column.INVENTORY_NO)
    return TitleDraft(
        key=cell(Column.KEY),
        title=cell(Column.TITLE),
        subtitle=cell(Column.SUBTITLE),
        author=cell(Column.AUTHOR),
        publisher=cell(Column.PUBLISHER),
        place=cell(Column.PLACE),
        dates=(cell(Column.YEAR),),
        isbns=(cell(Column.ISBN),),
        section=cell(Column.SECTION),
        udc=cell(Column.UDC),
        author_mark=cell(Column.AUTHOR_MARK),
        subjects=tuple(cell(Column.SUBJECTS).split("; ")) if cell(Column.SUBJECTS) else (),
        audience=(cell(Column.AGE_MARK),),
        copies=(copy,) if numbered else (),
    )


def _as_said(title: TitleRecord, cell: Callable[[Column], str]) -> TitleRecord:
    """What the table says outright is not guessed."""
    said: dict[str, Any] = {}
    if kind := _KIND_WORDS.get(cell(Column.KIND).lower()):
        said["kind"] = kind
        said["grade"] = {str(grade): grade for grade in GRADES}.get(cell(Column.GRADE))
    if mark := {f"{mark}+": mark for mark in AGE_MARKS}.get(cell(Column.AGE_MARK)):
        said["age_mark"] = mark
    elif cell(Column.AGE_MARK) == "0+":
        said["age_mark"] = 0
    if cell(Column.READING_ROOM).lower() == "нет":
        said["copies"] = tuple(replace(copy, reading_room_only=False) for copy in title.copies)
    return replace(title, origin=cell(Column.ORIGIN), **said)


def _write(titles: Iterable[TitleRecord], write: Callable[[list[str]], object]) -> int:
    write([column.value for column in Column])
    count = 0
    for title in titles:
        description = [_safe(text) for text in _described(title)]
        for copy in title.copies or (None,):
            write(description + [_safe(text) for text in _copy_cells(copy)])
        count += 1
    return count


def _described(title: TitleRecord) -> list[str]:
    return [
        title.origin,
        title.source_key,
        title.title,
        title.subtitle,
        title.author,
        title.publisher,
        title.place,
        "" if title.year is None else str(title.year),
        title.isbn,
        _KINDS[title.kind],
        title.section,
        title.udc,
        title.author_mark,
        title.subjects,
        f"{title.age_mark}+",
        "" if title.grade is None else str(title.grade),
    ]


def _copy_cells(copy: CopyRecord | None) -> list[str]:
    if copy is None:
        return [""] * 10
    price = "" if copy.price is None else f"{copy.price // 100}.{copy.price % 100:02}"
    return [
        str(copy.item_id),
        copy.inventory_no,
        copy.tag_uid or "",
        copy.place,
        price,
        _STATES[copy.state],
        "да" if copy.reading_room_only else "нет",
        copy.condition,
        copy.arrival,
        copy.write_off,
    ]


def _safe(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)[:_SHEET_CHARACTERS]
    return f"'{plain}" if text.startswith(_FORMULA) or text.startswith("'") else plain


def _bare(text: str) -> str:
    return text[1:] if text.startswith("'") else text


def _no_field(_tag: str, _text: str) -> Field:
    return Field("")
