"""Author marks (авторские знаки) by a table that the library brings along: none is built in.

L. B. Khavkina's tables give the first word of an entry (the author's family name, else the title)
its initial and a number of two or three figures. A file has one beginning and its mark a line:
`Лер;49` or `Лер;Л49`. The longest beginning that fits the word decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_ROWS = 20_000  # the tables have some thousands
_LONGEST = 24
_WORD = re.compile(r"[^\W\d_]+")
_FIGURES = re.compile(r"[0-9]{1,4}")
_MARK = re.compile(r"[^\W\d_][0-9]{1,4}")


class BadMarks(ValueError):
    """A table that cannot be used; the message names the file, the line and what to do."""


@dataclass(frozen=True, slots=True)
class AuthorMarks:
    """Marks by beginning, as `fold` writes both."""

    marks: Mapping[str, str]
    longest: int

    def mark_for(self, author: str, title: str) -> str:
        """The mark of the entry's first word; empty when no beginning of the table fits."""
        word = first_word(author) or first_word(title)
        beginnings = (word[:length] for length in range(min(len(word), self.longest), 0, -1))
        return next((self.marks[one] for one in beginnings if one in self.marks), "")


def first_word(text: str) -> str:
    """«Мцыри» begins with мцыри, Ёлкин with елкин; quotes and figures count for nothing."""
    found = _WORD.search(text)
    return fold(found[0]) if found else ""


def fold(word: str) -> str:
    """Capitals do not matter, nor does ё."""
    return word.casefold().replace("ё", "е")


def load_marks(path: Path) -> AuthorMarks:
    """The table in this file (UTF-8; empty lines and lines that begin with # do not count)."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadMarks(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadMarks(f"{path} is not UTF-8: save it as UTF-8 and try again") from error
    marks: dict[str, str] = {}
    lines_of: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        beginning, mark = _row(path, number, line)
        if beginning in marks:
            before = lines_of[beginning]
            raise BadMarks(f"{path}, line {number}: {beginning!r} stands in line {before} already")
        marks[beginning], lines_of[beginning] = mark, number
    if not 0 < len(marks) <= MOST_ROWS:
        raise BadMarks(f"{path} has {len(marks)} marks; a table has 1 to {MOST_ROWS}")
    return AuthorMarks(marks, max(map(len, marks)))


def _row(path: Path, number: int, line: str) -> tuple[str, str]:
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) != 2:
        raise BadMarks(f"{path}, line {number}: write one beginning and its mark: Лер;49")
    beginning, mark = cells
    if not _WORD.fullmatch(beginning) or len(beginning) > _LONGEST:
        problem = f"{beginning!r} is no beginning of a word: 1 to {_LONGEST} letters and no more"
        raise BadMarks(f"{path}, line {number}: {problem}")
    if _FIGURES.fullmatch(mark):
        return fold(beginning), beginning[0].upper() + mark
    if not _MARK.fullmatch(mark) or fold(mark[0]) != fold(beginning[0]):
        problem = f"{mark!r} is no mark for {beginning!r}: figures, or its first letter and figures"
        raise BadMarks(f"{path}, line {number}: {problem}")
    return fold(beginning), mark.upper()
