"""A roster file as rows of text: CSV as Excel and Russian registers write it, and XLSX."""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from controller.catalogue.charset import Charset
from controller.catalogue.problems import Code, Problem, problem

XLSX_MAGIC = b"PK\x03\x04"
MAX_FILE = 16 << 20  # bytes; 50,000 pupils take 5 MB
MAX_UNPACKED = 128 << 20  # bytes of an XLSX once unpacked; a zip bomb has gigabytes
MAX_ROWS = 100_000
_DELIMITERS = ";\t,"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as text; `formulas` are the columns (from 0) whose cell is a formula."""

    line: int  # counted from 1, as the spreadsheet shows it
    cells: tuple[str, ...]
    formulas: frozenset[int] = frozenset()


def rows_of(path: Path, charset: Charset) -> Iterator[Row | Problem]:
    """The filled rows of a CSV or XLSX file; a `Problem` ends the sequence."""
    with path.open("rb") as stream:
        is_workbook = stream.read(4) == XLSX_MAGIC
    if path.stat().st_size > MAX_FILE:
        yield problem(Code.TOO_LARGE, f"{path.stat().st_size >> 20} MB")
        return
    for count, row in enumerate(_xlsx(path) if is_workbook else _csv(path, charset), start=1):
        if count > MAX_ROWS:
            yield problem(Code.TOO_LARGE, f"> {MAX_ROWS}")
            return
        yield row


def _csv(path: Path, charset: Charset) -> Iterator[Row | Problem]:
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode(charset.value)
    except UnicodeDecodeError:
        yield problem(Code.CHARSET_WRONG, charset.value)
        return
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _text_row(reader.line_num, cells)
    except csv.Error as error:
        yield problem(Code.FILE_BROKEN, error, line=reader.line_num)


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
    book = load_workbook(path, read_only=True)
    try:
        for line, cells in enumerate(book.worksheets[0].iter_rows(), start=1):
            values = tuple(_cell_text(cell.value) for cell in cells)
            if any(values):
                formulas = frozenset(n for n, c in enumerate(cells) if c.data_type == "f")
                yield Row(line, values, formulas)
    finally:
        book.close()


def _cell_text(value: object) -> str:
    """A number typed into a text column loses the ``.0`` that Excel gives it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())
