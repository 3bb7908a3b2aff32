"""`polka station`: run the encoding station."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.station.__main__ import main

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def station() -> None:
    """The encoding station."""


@app.command()
def run(
    settings: Annotated[Path, typer.Option(help="The station's TOML file.")],
    check: Annotated[bool, typer.Option("--check", help="Check the settings and end.")] = False,
) -> None:
    """Tag the stock. Ends with 1 after an exception, 2 for bad settings."""
    arguments = ["--settings", str(settings), *(["--check"] if check else [])]
    raise typer.Exit(main(arguments))
