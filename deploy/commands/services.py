"""`polka services`: let systemd run this machine's part of the library, from the next start on."""

import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from deploy.services import PROGRAMS, Unit, Unsuitable, accounts, installed_polka, unit

app = typer.Typer(add_completion=False)

_UNITS = Path("etc/systemd/system")
_ACCOUNTS = Path("etc/sysusers.d")


@app.command()
def services(
    programs: Annotated[list[str], typer.Argument(help=f"Of {', '.join(PROGRAMS)}.")],
    root: Annotated[Path, typer.Option(help="Write below this folder, e.g. of an image.")] = Path(
        "/"
    ),
    polka: Annotated[Path | None, typer.Option(help="The polka command, absolute.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the units and write nothing.")] = (
        False
    ),
) -> None:
    """Write the units and the accounts they run as. Ends with 2 when a unit cannot be written."""
    try:
        command = polka or installed_polka()
        units = [unit(program, command) for program in programs]
        if show:
            typer.echo("\n".join(one.text for one in units))
            return
        _write(root, units)
    except (Unsuitable, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    names = " ".join(one.name for one in units)
    typer.echo(f"enable them with: systemctl enable --now {names}", err=True)


def _write(root: Path, units: list[Unit]) -> None:
    for folder, files in ((root / _ACCOUNTS, [accounts()]), (root / _UNITS, units)):
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).write_text(file.text, encoding="utf-8")
            typer.echo(str(folder / file.name))
    if root == Path("/") and Path("/run/systemd/system").is_dir():
        for words in (["systemd-sysusers"], ["systemctl", "daemon-reload"]):
            if program := shutil.which(words[0]):
                subprocess.run([program, *words[1:]], check=True)  # noqa: S603  # our own words
