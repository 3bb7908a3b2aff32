"""What an import would do, told before anything is written; the database is not touched."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from controller.catalogue.charset import Charset
from controller.catalogue.problems import Code, Problem, Severity, problem
from controller.catalogue.reading import read_titles
from controller.catalogue.records import RosterRow, TitleRecord
from controller.catalogue.roster import read_roster
from controller.catalogue.sheet import rows_of
from controller.catalogue.source import Format, Kind, Source, inspect

SHOWN_RECORDS = 5
KEPT_PROBLEMS = 1000  # listed one by one; `problem_counts` goes on counting


@dataclass(frozen=True, slots=True)
class Counts:
    """What the file holds. `copies` are lines of holdings, `units` the copies they stand for."""

    titles: int = 0
    copies: int = 0
    items: int = 0  # copies with a number of their own: what becomes lendable
    tags: int = 0
    units: int = 0
    pupils: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A file seen whole. `source` None: it cannot be used, and `problems` says why."""

    path: Path
    source: Source | None
    digest: str
    counts: Counts
    first: tuple[TitleRecord, ...] | tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    problem_counts: Mapping[Code, int]

    @property
    def usable(self) -> bool:
        """True when there is something to write."""
        return self.source is not None and self.counts.titles + self.counts.pupils > 0

    @property
    def errors(self) -> int:
        return sum(n for code, n in self.problem_counts.items() if _is_error(code))

    @property
    def warnings(self) -> int:
        return sum(n for code, n in self.problem_counts.items() if not _is_error(code))


class Findings:
    """Counts every problem, keeps the first ones."""

    def __init__(self) -> None:
        self.counts: Counter[Code] = Counter()
        self._kept: list[Problem] = []

    def add(self, found: Problem) -> None:
        self.counts[found.code] += 1
        if len(self._kept) < KEPT_PROBLEMS:
            self._kept.append(found)

    @property
    def kept(self) -> tuple[Problem, ...]:
        return tuple(self._kept)


def preview(path: Path, *, kind: Kind = Kind.AUTO, charset: Charset | None = None) -> Preview:
    """Read the whole file and say what is in it, what is wrong, and where."""
    source = inspect(path, kind, charset)
    if isinstance(source, Problem):
        return Preview(path, None, "", Counts(), (), (source,), {source.code: 1})
    findings = Findings()
    if not source.sure:
        findings.add(problem(Code.CHARSET_UNSURE, source.charset))
    seen = _see_roster if source.format is Format.ROSTER else _see_catalogue
    counts, first = seen(source, findings)
    if not first and not findings.counts:
        findings.add(problem(Code.FILE_EMPTY))
    return Preview(
        path, source, file_digest(path), counts, first, findings.kept, dict(findings.counts)
    )


def file_digest(path: Path) -> str:
    """SHA-256 of a file: what was confirmed is what is written."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _see_roster(source: Source, findings: Findings) -> tuple[Counts, tuple[RosterRow, ...]]:
    roster = read_roster(rows_of(source.path, source.charset))
    for found in roster.problems:
        findings.add(found)
    return Counts(pupils=len(roster.rows)), roster.rows[:SHOWN_RECORDS]


def _see_catalogue(source: Source, findings: Findings) -> tuple[Counts, tuple[TitleRecord, ...]]:
    total: Counter[str] = Counter()
    first: list[TitleRecord] = []
    for found in read_titles(source):
        if isinstance(found, Problem):
            findings.add(found)
            continue
        total["titles"] += 1
        total["copies"] += len(found.copies)
        total["items"] += sum(copy.is_item for copy in found.copies)
        total["tags"] += sum(copy.tag_uid is not None for copy in found.copies)
        total["units"] += sum(copy.quantity for copy in found.copies)
        if len(first) < SHOWN_RECORDS:
            first.append(found)
    return Counts(**total), tuple(first)


def _is_error(code: Code) -> bool:
    return Problem(code).severity is Severity.ERROR
