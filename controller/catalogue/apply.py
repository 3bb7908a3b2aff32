"""Carry out what a preview showed: the same file, the same reading, now written."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine, insert

from circulation.ids import Isil
from controller.catalogue.clashes import patron_numbers, without_item_numbers
from controller.catalogue.enrolling import write_roster
from controller.catalogue.preview import Findings, Preview, Progress, file_digest
from controller.catalogue.problems import Code, Problem
from controller.catalogue.runs import begin_run, ensure_library, finish_run
from controller.catalogue.source import Format, Source
from controller.catalogue.writing import Target, write_titles
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


def apply(
    preview: Preview,
    engine: Engine,
    *,
    owner: Isil,
    now: datetime,
    resume: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Write the previewed file for `owner`. Asked again it updates; `now` dates the log's line.

    With `resume` a run of the same file that was cut off goes on behind its last batch.
    `NotUsable` before anything is written; a database error rolls its batch back and is raised.
    """
    source = preview.source
    if source is None or not preview.usable:
        raise NotUsable(preview.problems[0].code if preview.problems else Code.FILE_EMPTY)
    if file_digest(preview.path) != preview.digest:
        raise NotUsable(Code.FILE_CHANGED)
    ensure_library(engine, owner)
    if source.format is Format.ROSTER:
        result = _apply_roster(preview, engine, owner)
    else:
        done = begin_run(engine, preview.digest, owner, now, resume=resume)
        result = _apply_catalogue(preview, source, engine, owner, done, progress)
        finish_run(engine, preview.digest, owner, now)
    _log(engine, source, result, now)
    return result


def _apply_catalogue(
    preview: Preview,
    source: Source,
    engine: Engine,
    owner: Isil,
    done: int,
    progress: Progress | None,
) -> ImportResult:
    target = Target(
        owner=owner,
        # two libraries may use the same keys: the source of a title is format and owner
        source=f"{source.format}:{owner}",
        digest=preview.digest,
        taken=patron_numbers(engine),
    )
    written = write_titles(
        engine,
        preview.spool.titles(skip=done),
        target,
        done=done,
        findings=Findings(preview.problems, preview.problem_counts),
        progress=progress,
    )
    return ImportResult(
        titles_new=written.titles_new,
        titles_updated=written.titles_updated,
        items_new=written.items_new,
        items_updated=written.items_updated,
        problems=written.findings.kept,
        problem_count=written.findings.counts.total(),
    )


def _apply_roster(preview: Preview, engine: Engine, owner: Isil) -> ImportResult:
    pupils, clashes = without_item_numbers(engine, preview.pupils, owner)
    done = write_roster(engine, pupils, owner)
    findings = Findings(preview.problems, preview.problem_counts)
    for found in (*clashes, *done.findings.kept):
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
