"""`polka import`: show what a catalogue or a roster holds and what is wrong in it, then write it.

Ends with 0 when everything was written, 1 when it was written and problems are listed, 2 when
nothing was written. With --dry-run 0 and 1 say what the preview found.
"""

import gc
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from circulation.ids import BadId, Isil, parse_isil
from controller.catalogue.apply import ImportResult, NotUsable, apply
from controller.catalogue.charset import Charset
from controller.catalogue.clashes import patron_numbers
from controller.catalogue.preview import Preview, Progress, preview
from controller.catalogue.problems import Problem
from controller.catalogue.records import RosterRow, TitleRecord
from controller.catalogue.runs import is_current
from controller.catalogue.source import Kind
from controller.catalogue.wording import describe
from controller.db import upgrade
from controller.settings import BadSettings, load_settings
from deploy.ledger import opened

app = typer.Typer(add_completion=False)

DONE, DONE_WITH_PROBLEMS, NOTHING_WRITTEN = 0, 1, 2
_SHOWN_PROBLEMS = 20  # on a screen; --json lists all that were kept

_WORDS: dict[str, tuple[str, str]] = {
    "file": ("Файл", "File"),
    "format": ("формат", "format"),
    "charset": ("кодировка", "charset"),
    "titles": ("названий", "titles"),
    "copies": ("записей об экземплярах", "lines of holdings"),
    "items": ("экземпляров с номером", "numbered copies"),
    "tags": ("с метками", "with tags"),
    "units": ("экземпляров всего", "copies in all"),
    "pupils": ("учеников", "pupils"),
    "first": ("Первые записи:", "First records:"),
    "error": ("ошибка", "error"),
    "warning": ("внимание", "warning"),
    "problems": ("Ошибок и предупреждений", "Errors and warnings"),
    "more": ("и ещё", "and more"),
    "ask": ("Загрузить?", "Import?"),
    "nothing": ("Ничего не записано.", "Nothing was written."),
    "titles_new": ("новых названий", "new titles"),
    "titles_updated": ("обновлено названий", "titles updated"),
    "items_new": ("новых экземпляров", "new copies"),
    "items_updated": ("обновлено экземпляров", "copies updated"),
    "patrons_new": ("новых учеников", "new pupils"),
    "patrons_updated": ("обновлено учеников", "pupils updated"),
    "cards_new": ("новых карт", "new cards"),
    "owner": ("владелец не ISIL, например RU-10010033", "the owner is no ISIL such as RU-10010033"),
    "database": ("назовите базу (--database)", "name the database (--database)"),
    "json": ("к --json нужен --yes или --dry-run", "--json needs --yes or --dry-run"),
    "read": ("прочитано", "read"),
    "written": ("записано", "written"),
    "unread": ("база не читается", "the database cannot be read"),
    "unwritten": (
        "база не отвечает, последняя порция не записана, продолжите загрузку с --resume",
        "the database failed, its last batch was not written, go on with --resume",
    ),
}


@app.command()
def import_file(
    file: Annotated[Path, typer.Argument(help="Catalogue or roster.", metavar="FILE")],
    owner: Annotated[str, typer.Option(help="The library that owns the copies, as ISIL.")],
    kind: Annotated[Kind, typer.Option(help="What the file is.")] = Kind.AUTO,
    charset: Annotated[
        Charset | None, typer.Option(help="When the guess is wrong.", case_sensitive=False)
    ] = None,
    database: Annotated[
        str, typer.Option(help="Database URL, or the controller's settings file.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where an import of this file was cut off.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for a program.")] = False,
) -> None:
    """Import a catalogue (IRBIS64, RUSMARC, MARC21, CSV, XLSX) or a roster of pupils."""
    isil = _isil(owner)
    if not dry_run and not database:
        _stop(_word("database"))
    if as_json and not (yes or dry_run):
        _stop(_word("json"))
    gc.freeze()  # full collections need not walk the imported modules: an eighth of the time
    seen = preview(
        file, kind=kind, charset=charset, taken=_people(database), progress=_progress("read")
    )
    if not as_json:
        _show(seen)
    if not seen.usable:
        _finish(seen, None, as_json=as_json, code=NOTHING_WRITTEN)
    if dry_run:
        code = DONE_WITH_PROBLEMS if seen.problems else DONE
        _finish(seen, None, as_json=as_json, code=code)
    if not yes and not _confirmed():
        _finish(seen, None, as_json=as_json, code=NOTHING_WRITTEN)
    result = _write(seen, database, isil, resume=resume)
    code = DONE_WITH_PROBLEMS if result.problem_count else DONE
    _finish(seen, result, as_json=as_json, code=code)


def _confirmed() -> bool:
    """A librarian's yes; an input that has ended is a no."""
    try:
        return typer.confirm(_word("ask"))
    except typer.Abort:
        return False


def _isil(owner: str) -> Isil:
    try:
        return parse_isil(owner)
    except BadId:
        _stop(f"{_word('owner')}: {owner}")


def _people(database: str) -> frozenset[str]:
    """Numbers of people in a ledger that is there already; looking makes none."""
    if not database:
        return frozenset()
    with opened(_url(database), _word("unread")) as engine:
        file = engine.url.database if engine.dialect.name == "sqlite" else None
        if file is not None and not Path(file).exists():
            return frozenset()
        return patron_numbers(engine) if is_current(engine) else frozenset()


def _url(database: str) -> str:
    try:
        return database if "://" in database else load_settings(Path(database)).database_url
    except BadSettings as error:
        _stop(str(error))


def _progress(act: str) -> Progress | None:
    """Tells a person at a terminal how far it is; a program and a log are not told."""
    if not sys.stderr.isatty():
        return None

    def tell(titles: int) -> None:
        typer.echo(f"\r{_word(act)}: {titles}", err=True, nl=False)

    return tell


def _write(seen: Preview, database: str, owner: Isil, *, resume: bool) -> ImportResult:
    with opened(_url(database), _word("unwritten")) as engine:
        upgrade(engine)
        try:
            return apply(
                seen,
                engine,
                owner=owner,
                now=datetime.now(UTC),
                resume=resume,
                progress=_progress("written"),
            )
        except NotUsable as refused:
            _stop(describe(Problem(refused.code), _language()))


def _finish(seen: Preview, result: ImportResult | None, *, as_json: bool, code: int) -> NoReturn:
    if as_json:
        print(json.dumps(_document(seen, result), ensure_ascii=False, indent=2))
    elif result is None:
        print(_word("nothing"))
    else:
        print(_numbers(asdict(result)))
        told = set(seen.problems)
        _list_problems([found for found in result.problems if found not in told])
    raise typer.Exit(code)


def _stop(reason: str) -> NoReturn:
    """Nothing is written; the reason goes to stderr, out of the way of a JSON answer."""
    typer.echo(reason, err=True)
    raise typer.Exit(NOTHING_WRITTEN)


def _show(seen: Preview) -> None:
    print(f"{_word('file')}: {seen.path.name}")
    if seen.source:
        print(f"{_word('format')}: {seen.source.format}, {_word('charset')}: {seen.source.charset}")
        print(_numbers(asdict(seen.counts)))
    if seen.first:
        print(_word("first"))
    for record in seen.first:
        print(f"  {_line(record)}")
    if seen.problem_counts:
        print(f"{_word('problems')}: {seen.errors} + {seen.warnings}")
    _list_problems(seen.problems, seen.errors + seen.warnings)


def _list_problems(problems: Sequence[Problem], total: int | None = None) -> None:
    for found in problems[:_SHOWN_PROBLEMS]:
        print(f"  {_word(found.severity)}: {describe(found, _language())}")
    hidden = (len(problems) if total is None else total) - _SHOWN_PROBLEMS
    if hidden > 0:
        print(f"  {_word('more')}: {hidden} (--json)")


def _line(record: TitleRecord | RosterRow) -> str:
    if isinstance(record, RosterRow):
        return (
            f"{record.school_class} {record.full_name} {record.number} {record.card or ''}".strip()
        )
    parts = (record.author, record.title, record.publisher, str(record.year or ""), record.isbn)
    return f"{' · '.join(part for part in parts if part)} ({record.kind}, {len(record.copies)})"


def _numbers(counts: Mapping[str, object]) -> str:
    """Every number but the zeros, each by its name."""
    told = ((name, n) for name, n in counts.items() if name in _WORDS and isinstance(n, int) and n)
    return ", ".join(f"{_word(name)}: {n}" for name, n in told)


def _document(seen: Preview, result: ImportResult | None) -> dict[str, Any]:
    """The answer of ``--json``; `written` is null when nothing was."""
    problems = seen.problems if result is None else result.problems
    return {
        "file": str(seen.path),
        "usable": seen.usable,
        "format": seen.source.format if seen.source else None,
        "charset": seen.source.charset if seen.source else None,
        "charset_sure": seen.source.sure if seen.source else None,
        "counts": asdict(seen.counts),
        "first": [asdict(record) for record in seen.first],
        "errors": seen.errors,
        "warnings": seen.warnings,
        "problems": [_problem(found) for found in problems],
        "written": None if result is None else _written(result),
    }


def _problem(found: Problem) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        **asdict(found.place),
        "value": found.value,
        "text": describe(found, _language()),
    }


def _written(result: ImportResult) -> dict[str, int]:
    return {name: n for name, n in asdict(result).items() if isinstance(n, int)}


def _word(name: str) -> str:
    russian, english = _WORDS[name]
    return russian if _language() == "ru" else english


def _language() -> str:
    """``ru`` or ``en``, as the first of the locale's variables that is set says."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((value for name in names if (value := os.environ.get(name))), "")
    return "ru" if locale.lower().startswith("ru") else "en"
