"""`polka gate`: run the exit gate's firmware."""

from pathlib import Path
from typing import Annotated

import typer

from gate.__main__ import main

app = typer.Typer(add_completion=False)


@app.command()
def gate(
    settings: Annotated[Path, typer.Option(help="The gate's TOML file.")],
    check: Annotated[bool, typer.Option("--check", help="Check the settings and end.")] = False,
) -> None:
    """Guard the exit. Ends with 2 for bad settings, 3 for a device that cannot be used."""
    arguments = ["--settings", str(settings), *(["--check"] if check else [])]
    raise typer.Exit(main(arguments))
