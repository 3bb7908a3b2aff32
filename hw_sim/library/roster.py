"""The pupils as the CSV and XLSX a school secretary sends; same pupils, same bytes."""

import csv
import io
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook

from hw_sim.library.pupils import Pupil

HEADER = ("Класс", "Фамилия", "Имя", "Отчество", "Номер билета", "UID карты")
_BOM = "\ufeff"  # without it a Russian Excel takes the file for CP1251
_ZIP_DAY = (2026, 9, 1, 0, 0, 0)
_PROPERTIES = "docProps/core.xml"  # holds the time of saving and nothing that a roster needs
_NO_PROPERTIES = (
    b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties '
    b'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)


def roster_csv(pupils: Sequence[Pupil]) -> bytes:
    """Semicolons, UTF-8 with a byte order mark, CRLF: what Excel writes in Russia today."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows(_row(pupil) for pupil in pupils)
    return (_BOM + text.getvalue()).encode()


def roster_xlsx(pupils: Sequence[Pupil]) -> bytes:
    """One sheet, every cell a text, so that a card such as 12345E67 does not become a number."""
    book = Workbook()
    sheet = book.create_sheet("Ученики", 0)
    book.remove(book.worksheets[1])
    for row in (HEADER, *(_row(pupil) for pupil in pupils)):
        sheet.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return _without_time(saved.getvalue())


def _row(pupil: Pupil) -> tuple[str, ...]:
    names = (pupil.surname, pupil.name, pupil.patronymic)
    return (pupil.school_class, *names, pupil.card_number, pupil.card)


def _without_time(xlsx: bytes) -> bytes:
    """The same workbook with a fixed day in place of the time at which it was saved."""
    repacked = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx)) as old, zipfile.ZipFile(repacked, "w") as new:
        for name in old.namelist():
            content = _NO_PROPERTIES if name == _PROPERTIES else old.read(name)
            new.writestr(zipfile.ZipInfo(name, _ZIP_DAY), content, zipfile.ZIP_DEFLATED)
    return repacked.getvalue()
