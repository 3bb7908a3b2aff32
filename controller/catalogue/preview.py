"""What an import would do, told before anything is written; the database is not touched."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from controller.catalogue.charset import Charset
from controller.catalogue.problems import Code, Problem, Severity, problem
from controller.catalogue.reading import read_titles
from controller.catalogue.records import RosterRow, TitleRecord
from controller.catalogue.roster import read_roster
from controller.catalogue.sheet import rows_of
from controller.catalogue.source import Format, Kind, Source, inspect
from controller.catalogue.spool import TitleSpool

SHOWN_RECORDS = 5
PROGRESS_TITLES = 500  # titles between two words of progress
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
    spool: TitleSpool = field(default_factory=TitleSpool, repr=False, compare=False)
    pupils: tuple[RosterRow, ...] = field(default=(), repr=False)

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
    """Counts every problem, keeps the first ones; may go on where another has ended."""

    def __init__(
        self, kept: Iterable[Problem] = (), counts: Mapping[Code, int] | None = None
    ) -> None:
        self.counts: Counter[Code] = Counter(counts or {})
        self._kept: list[Problem] = list(kept)

    def add(self, found: Problem) -> None:
        self.counts[found.code] += 1
        if len(self._kept) < KEPT_PROBLEMS:
            self._kept.append(found)

    @property
    def kept(self) -> tuple[Problem, ...]:
        return tuple(self._kept)


Progress = Callable[[int], None]
"""Told from time to time how many titles are done."""


def preview(
    path: Path,
    *,
    kind: Kind = Kind.AUTO,
    charset: Charset | None = None,
    taken: frozenset[str] = frozenset(),
    progress: Progress | None = None,
) -> Preview:
    """Read the whole file and say what is in it, what is wrong, and where.

    `taken` are the numbers of people (`clashes.patron_numbers`), which no copy may have.
    """
    source = inspect(path, kind, charset)
    if isinstance(source, Problem):
        return Preview(path, None, "", Counts(), (), (source,), {source.code: 1})
    findings = Findings()
    if not source.sure:
        findings.add(problem(Code.CHARSET_UNSURE, source.charset))
    digest = file_digest(path)
    spool = TitleSpool()
    pupils: tuple[RosterRow, ...] = ()
    first: tuple[TitleRecord, ...] | tuple[RosterRow, ...]
    if source.format is Format.ROSTER:
        pupils = _see_roster(source, findings)
        counts, first = Counts(pupils=len(pupils)), pupils[:SHOWN_RECORDS]
    else:
        counts = _see_catalogue(read_titles(source, taken), findings, spool, progress)
        first = tuple(islice(spool.titles(), SHOWN_RECORDS))
    if not first and not findings.counts:
        findings.add(problem(Code.FILE_EMPTY))
    kept, told = findings.kept, dict(findings.counts)
    return Preview(path, source, digest, counts, first, kept, told, spool, pupils)


def file_digest(path: Path) -> str:
    """SHA-256 of a file: what was confirmed is what is written."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _see_roster(source: Source, findings: Findings) -> tuple[RosterRow, ...]:
    roster = read_roster(rows_of(source.path, source.charset))
    for found in roster.problems:
        findings.add(found)
    return roster.rows


def _see_catalogue(
    found: Iterable[TitleRecord | Problem],
    findings: Findings,
    spool: TitleSpool,
    progress: Progress | None,
) -> Counts:
    copies = items = tags = units = 0
    for one in found:
        if isinstance(one, Problem):
            findings.add(one)
            continue
        spool.add(one)
        for copy in one.copies:
            copies += 1
            items += copy.is_item
            tags += copy.tag_uid is not None
            units += copy.quantity
        if progress is not None and spool.count % PROGRESS_TITLES == 0:
            progress(spool.count)
    return Counts(spool.count, copies, items, tags, units)


def _is_error(code: Code) -> bool:
    return Problem(code).severity is Severity.ERROR
