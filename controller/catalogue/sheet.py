"""A roster file as rows of text: CSV as Excel and Russian registers write it, and XLSX."""

import csv
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from openpyxl import load_workbook

from controller.catalogue.charset import Charset
from controller.catalogue.problems import Code, Problem, problem

XLSX_MAGIC = b"PK\x03\x04"
MAX_UNPACKED = 1 << 30  # bytes of an XLSX once unpacked; a zip bomb has more
MAX_LINE = 1 << 17  # characters of a CSV line: what the csv module takes as one field


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a table may be: bytes of the file, and filled rows."""

    file: int
    rows: int


ROSTER = Limits(file=16 << 20, rows=100_000)  # 50,000 pupils take 5 MB
CATALOGUE = Limits(file=512 << 20, rows=1_048_576)  # rows of an XLSX sheet
_DELIMITERS = ";\t,"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as text; `formulas` are the columns (from 0) whose cell is a formula."""

    line: int  # counted from 1, as the spreadsheet shows it
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


def rows_of(path: Path, charset: Charset, limits: Limits = ROSTER) -> Iterator[Row | Problem]:
    """The filled rows of a CSV or XLSX file.

    A `Problem` ends the sequence, but for `RECORD_TOO_LONG`, which stands for one line.
    """
    with path.open("rb") as stream:
        is_workbook = stream.read(4) == XLSX_MAGIC
    if path.stat().st_size > limits.file:
        yield problem(Code.TOO_LARGE, f"{path.stat().st_size >> 20} MB")
        return
    for count, row in enumerate(_xlsx(path) if is_workbook else _csv(path, charset), start=1):
        if count > limits.rows:
            yield problem(Code.TOO_LARGE, f"> {limits.rows}")
            return
        yield row


def _csv(path: Path, charset: Charset) -> Iterator[Row | Problem]:
    encoding = "utf-8-sig" if charset is Charset.UTF8 else charset.value
    with path.open(encoding=encoding, newline="") as stream:
        line = 0
        try:
            head = stream.readline(MAX_LINE)
            delimiter = max(_DELIMITERS, key=head.count)
            stream.seek(0)
            too_long: list[int] = []
            reader = csv.reader(_lines(stream, too_long), delimiter=delimiter)
            for cells in reader:
                line = reader.line_num
                yield from (_too_long(number) for number in too_long)
                too_long.clear()
                if any(cell.strip() for cell in cells):
                    yield _text_row(line, cells)
        except UnicodeDecodeError:
            yield problem(Code.CHARSET_WRONG, charset.value)
        except csv.Error as error:
            yield problem(Code.FILE_BROKEN, error, line=line + 1)


def _lines(stream: TextIO, too_long: list[int]) -> Iterator[str]:
    """Lines of bounded length: one without an end must not fill the memory.

    A longer one comes as an empty line, and its number goes into `too_long`.
    """
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and line[-1] not in "\r\n":
            too_long.append(number)
            while line and line[-1] not in "\r\n":
                line = stream.readline(MAX_LINE)
            line = "\n"
        yield line


def _too_long(line: int) -> Problem:
    return problem(Code.RECORD_TOO_LONG, f"> {MAX_LINE >> 10} KB", line=line)


def _text_row(line: int, cells: list[str]) -> Row:
    values = tuple(" ".join(cell.split()) for cell in cells)
    return Row(line, values, frozenset(n for n, value in enumerate(values) if value[:1] == "="))


def _xlsx(path: Path) -> Iterator[Row | Problem]:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            yield problem(Code.TOO_LARGE, f"{unpacked >> 20} MB")
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validation, which are not read
            yield from _sheet_rows(path)
    except Exception as error:  # noqa: BLE001 - openpyxl lets any error of its XML parsers through
        yield problem(Code.FILE_BROKEN, error)


def _sheet_rows(path: Path) -> Iterator[Row]:
    stream = path.open("rb")  # by its path openpyxl would go by the file's extension
    book = load_workbook(stream, read_only=True)
    try:
        for line, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
            values = tuple(_cell_text(cell.value) for cell in cells)
            if any(values):
                formulas = frozenset(n for n, c in enumerate(cells) if c.data_type == "f")
                yield Row(line, values, formulas)
    finally:
        book.close()
        stream.close()


def _cell_text(value: object) -> str:
    """A number typed into a text column loses the ``.0`` that Excel gives it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
