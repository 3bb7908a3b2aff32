"""A pupil roster: columns found by their headers, each line checked, look-alikes told apart."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from circulation.ids import BadId, CardUid, is_random_uid, parse_card_uid
from controller.catalogue.problems import Code, Problem, problem
from controller.catalogue.records import RosterRow
from controller.catalogue.sheet import Row


class Column(StrEnum):
    """What a column of a roster can be."""

    CLASS = "class"
    LETTER = "letter"
    FULL_NAME = "full_name"
    SURNAME = "surname"
    NAME = "name"
    PATRONYMIC = "patronymic"
    NUMBER = "number"
    CARD = "card"


# Headers of school registers (ЭЖД, Сетевой город, 1С) and of plain lists, letters only.
_HEADERS: dict[Column, tuple[str, ...]] = {
    Column.CLASS: ("класс", "классгруппа", "параллель", "class"),
    Column.LETTER: ("литера", "литер", "буква"),
    Column.FULL_NAME: (
        "фио",
        "фамилияимяотчество",
        "фамилияимя",
        "фиоученика",
        "фиоучащегося",
        "ученик",
        "учащийся",
        "fullname",
    ),
    Column.SURNAME: ("фамилия", "surname", "lastname"),
    Column.NAME: ("имя", "name", "firstname"),
    Column.PATRONYMIC: ("отчество", "отчествоприналичии", "patronymic"),
    Column.NUMBER: (
        "номербилета",
        "билет",
        "читательскийбилет",
        "номерчитательскогобилета",
        "number",
    ),
    Column.CARD: ("uidкарты", "uid", "карта", "номеркарты", "uidкарточки", "rfid", "card"),
}
_BY_HEADER = {header: column for column, headers in _HEADERS.items() for header in headers}
_HEADER_WITHIN = 10  # rows of a title, a date, a school's name that may stand above the header
_CLASS = re.compile(r"0?(\d{1,2})\s*[-–.]?\s*[«\"']?\s*([А-ЯЁ]?)\s*[»\"']?(?:\s*КЛАСС)?\Z")
_GRADES = range(1, 12)
_LATIN_TWINS = str.maketrans("ABEKMHOPCTX", "АВЕКМНОРСТХ")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’.-]+[^\W\d_]+)*\.?(?: ?\([^\W\d_]+\))?\Z")


@dataclass(frozen=True, slots=True)
class Roster:
    """What a file says: the pupils that may be imported, and every finding."""

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]


def is_header(row: Row) -> bool:
    """True for a row that names a class column and a name column."""
    columns = set(_columns(row).values())
    return Column.CLASS in columns and bool(columns & {Column.FULL_NAME, Column.SURNAME})


def read_roster(found: Iterable[Row | Problem]) -> Roster:
    """All lines of a roster; nothing is decided for the librarian where two lines look alike."""
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    columns: dict[int, Column] | None = None
    for count, row in enumerate(found):
        if isinstance(row, Problem):
            problems.append(row)
            if row.code is Code.RECORD_TOO_LONG:  # one line, and the others are well
                continue
            return Roster((), tuple(problems))
        if columns is not None:
            rows.extend(_pupil(row, columns, problems))
        elif is_header(row):
            columns = _columns(row)
        elif count >= _HEADER_WITHIN:
            break
    if columns is None:
        return Roster((), (problem(Code.HEADER_MISSING),))
    kept, questions = _tell_apart(rows)
    ordered = sorted((*problems, *questions), key=lambda item: item.place.line or 0)
    return Roster(tuple(kept), tuple(ordered))


def school_class(text: str) -> str | None:
    """``5 а``, ``05-А``, ``5 «A»`` as ``5А``; None for what is no school class."""
    match = _CLASS.match(text.strip().upper().translate(_LATIN_TWINS))
    if not match or int(match.group(1)) not in _GRADES:
        return None
    return f"{int(match.group(1))}{match.group(2)}"


def _columns(row: Row) -> dict[int, Column]:
    """Column of each cell by its header; the first of two alike wins."""
    columns: dict[int, Column] = {}
    for index, cell in enumerate(row.cells):
        header = re.sub(r"[\W_]+", "", cell.lower().replace("№", "номер").replace("ё", "е"))
        column = _BY_HEADER.get(header)
        if column and column not in columns.values():
            columns[index] = column
    return columns


def _pupil(row: Row, columns: dict[int, Column], problems: list[Problem]) -> list[RosterRow]:
    """The pupil of one line, or an empty list and the reason."""
    cells = {
        column: row.cells[index] if index < len(row.cells) else ""
        for index, column in columns.items()
    }
    faults = [
        problem(Code.FORMULA, row.cells[index], line=row.line, field=column)
        for index, column in columns.items()
        if index in row.formulas
    ]
    surname, name, patronymic = _names(cells)
    faults += _name_faults(row.line, surname, name, patronymic)
    written = f"{cells[Column.CLASS]}{cells.get(Column.LETTER, '')}"
    klass = school_class(written)
    if not faults and klass is None:
        code = Code.CLASS_WRONG if written else Code.CELL_EMPTY
        faults.append(problem(code, written, line=row.line, field=Column.CLASS))
    problems.extend(faults)
    if faults or klass is None:
        return []
    try:
        card = _card(cells.get(Column.CARD, ""), row.line, problems)
    except BadId:
        problems.append(
            problem(Code.CARD_WRONG, cells[Column.CARD], line=row.line, field=Column.CARD)
        )
        return []
    number = cells.get(Column.NUMBER, "")
    return [RosterRow(row.line, klass, surname, name, patronymic, number, card)]


def _names(cells: dict[Column, str]) -> tuple[str, str, str]:
    """Surname, name, patronymic from three columns or from one."""
    if cells.get(Column.SURNAME):
        return (
            cells[Column.SURNAME],
            cells.get(Column.NAME, ""),
            cells.get(Column.PATRONYMIC, ""),
        )
    surname, _, rest = cells.get(Column.FULL_NAME, "").partition(" ")
    name, _, patronymic = rest.partition(" ")
    return surname, name, patronymic


def _name_faults(line: int, surname: str, name: str, patronymic: str) -> list[Problem]:
    needed = ((Column.SURNAME, surname), (Column.NAME, name))
    faults = [problem(Code.CELL_EMPTY, line=line, field=c) for c, text in needed if not text]
    for column, text in (*needed, (Column.PATRONYMIC, patronymic)):
        if text and not _NAME.match(text):
            faults.append(problem(Code.CELL_ODD, text, line=line, field=column))
    return faults


def _card(text: str, line: int, problems: list[Problem]) -> CardUid | None:
    if not text:
        return None
    uid = parse_card_uid(text)
    if is_random_uid(uid):
        problems.append(problem(Code.CARD_RANDOM, uid, line=line, field=Column.CARD))
        return None
    return uid


def _tell_apart(rows: list[RosterRow]) -> tuple[list[RosterRow], list[Problem]]:
    """Rows that are surely different people, and a finding for each line that is in doubt."""
    problems: list[Problem] = []
    left_out: set[int] = set()
    for group in _groups(rows, lambda row: (row.school_class, row.full_name.casefold())):
        problems += [_about(Code.SAME_NAME, row, row.full_name) for row in group]
        if not _distinct(group):
            problems += [_about(Code.SAME_PUPIL, row, row.full_name) for row in group]
            left_out |= {row.line for row in group}
    for code, key in ((Code.SAME_CARD, _card_key), (Code.SAME_NUMBER, _number_key)):
        for group in _groups([row for row in rows if key(row)], key):
            if len({(row.school_class, row.full_name.casefold()) for row in group}) > 1:
                problems += [_about(code, row, key(row)) for row in group]
                left_out |= {row.line for row in group}
    return [row for row in rows if row.line not in left_out], problems


def _groups(rows: list[RosterRow], key: Callable[[RosterRow], Hashable]) -> list[list[RosterRow]]:
    found: defaultdict[Hashable, list[RosterRow]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return [group for group in found.values() if len(group) > 1]


def _distinct(group: list[RosterRow]) -> bool:
    """True when every pupil of the group has a card or number that no other of them has."""
    marks = [row.card or row.number for row in group]
    return all(marks) and len(set(marks)) == len(marks)


def _card_key(row: RosterRow) -> str:
    return row.card or ""


def _number_key(row: RosterRow) -> str:
    return row.number


def _about(code: Code, row: RosterRow, value: str) -> Problem:
    return problem(code, value, line=row.line)
