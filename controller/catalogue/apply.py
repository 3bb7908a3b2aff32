"""Carry out what a preview showed: the same file, the same reading, now written."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, insert

from circulation.ids import Isil
from controller.catalogue.enrolling import write_roster
from controller.catalogue.preview import Findings, Preview, file_digest
from controller.catalogue.problems import Code, Problem
from controller.catalogue.reading import read_titles
from controller.catalogue.roster import read_roster
from controller.catalogue.sheet import rows_of
from controller.catalogue.source import Format, Source
from controller.catalogue.writing import ensure_library, write_titles
from controller.tables import Event, EventKind


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What the database has now that it had not before, and every problem on the way."""

    titles_new: int = 0
    titles_updated: int = 0
    items_new: int = 0
    items_updated: int = 0
    patrons_new: int = 0
    patrons_updated: int = 0
    cards_new: int = 0
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0


class NotUsable(ValueError):
    """The preview has nothing to write, or its file is another one by now; `code` says which."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def apply(preview: Preview, engine: Engine, *, owner: Isil, now: datetime) -> ImportResult:
    """Write the previewed file for `owner`. Asked again it updates; `now` dates the log's line.

    `NotUsable` before anything is written; a database error rolls its batch back and is raised.
    """
    source = preview.source
    if source is None or not preview.usable:
        raise NotUsable(preview.problems[0].code if preview.problems else Code.FILE_EMPTY)
    if file_digest(preview.path) != preview.digest:
        raise NotUsable(Code.FILE_CHANGED)
    ensure_library(engine, owner)
    write = _apply_roster if source.format is Format.ROSTER else _apply_catalogue
    result = write(source, engine, owner)
    _log(engine, source, result, now)
    return result


def _apply_catalogue(source: Source, engine: Engine, owner: Isil) -> ImportResult:
    # two libraries may use the same keys: the source of a title is format and owner
    done = write_titles(engine, read_titles(source), owner=owner, source=f"{source.format}:{owner}")
    return ImportResult(
        titles_new=done.titles_new,
        titles_updated=done.titles_updated,
        items_new=done.items_new,
        items_updated=done.items_updated,
        problems=done.findings.kept,
        problem_count=done.findings.counts.total(),
    )


def _apply_roster(source: Source, engine: Engine, _owner: Isil) -> ImportResult:
    roster = read_roster(rows_of(source.path, source.charset))
    done = write_roster(engine, roster.rows)
    findings = Findings()
    for found in (*roster.problems, *done.findings.kept):
        findings.add(found)
    return ImportResult(
        patrons_new=done.patrons_new,
        patrons_updated=done.patrons_updated,
        cards_new=done.cards_new,
        problems=findings.kept,
        problem_count=findings.counts.total(),
    )


def _log(engine: Engine, source: Source, result: ImportResult, now: datetime) -> None:
    """Counts only: the file's name and its people stay out of the log."""
    is_roster = source.format is Format.ROSTER
    kind = EventKind.ROSTER_IMPORTED if is_roster else EventKind.CATALOGUE_IMPORTED
    detail = {"format": source.format.value} | {
        name: value for name, value in asdict(result).items() if isinstance(value, int) and value
    }
    with engine.begin() as connection:
        connection.execute(insert(Event), {"at": now, "kind": kind, "detail": json.dumps(detail)})
