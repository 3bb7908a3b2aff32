"""`polka export`: the catalogue of a library for another system, or for another Polka.

Ends with 0 when everything was written, 1 when some titles did not fit the format and are listed,
2 when nothing was written.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from circulation.ids import BadId, parse_isil
from controller.catalogue.export import Exported, ExportFormat, export
from controller.catalogue.ledger import read_ledger
from controller.catalogue.wording import describe
from controller.settings import BadSettings, load_settings
from deploy.ledger import opened

app = typer.Typer(add_completion=False)

DONE, DONE_WITH_PROBLEMS, NOTHING_WRITTEN = 0, 1, 2


class _Exit(StrEnum):
    OWNER = "the owner is no ISIL such as RU-10010033"
    EXISTS = "the file is there already; name another, or --overwrite"


@app.command()
def export_file(
    file: Annotated[Path, typer.Argument(help="The file to write.", metavar="FILE")],
    owner: Annotated[str, typer.Option(help="The library that owns the copies, as ISIL.")],
    database: Annotated[str, typer.Option(help="Database URL, or the controller's settings file.")],
    form: Annotated[ExportFormat, typer.Option("--format", help="What to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
) -> None:
    """Export the titles and copies of a library."""
    if file.exists() and not overwrite:
        _stop(f"{file}: {_Exit.EXISTS}")
    done = _export(file, owner, database, form)
    print(f"{file}: {done.titles} titles")
    for found in done.problems:
        print(f"  {describe(found, 'en')}")
    raise typer.Exit(DONE_WITH_PROBLEMS if done.problems else DONE)


def _export(file: Path, owner: str, database: str, form: ExportFormat) -> Exported:
    """Beside the file first, so that a half-written export never has its name."""
    part = file.with_name(f"{file.name}.part")
    try:
        isil = parse_isil(owner)
        url = database if "://" in database else load_settings(Path(database)).database_url
        with opened(url) as engine, part.open("wb") as stream:
            done = export(read_ledger(engine, isil), form, stream)
        part.replace(file)
    except BadId:
        _stop(f"{owner}: {_Exit.OWNER}")
    except (BadSettings, OSError) as error:
        _stop(str(error))
    finally:
        part.unlink(missing_ok=True)
    return done


def _stop(reason: str) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(NOTHING_WRITTEN)
