"""`polka kiosk`: run the self-service kiosk."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.__main__ import main

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def kiosk() -> None:
    """The self-service kiosk."""


@app.command()
def run(
    settings: Annotated[Path, typer.Option(help="The kiosk's TOML file.")],
    check: Annotated[bool, typer.Option("--check", help="Check the settings and end.")] = False,
) -> None:
    """Lend and take back. Ends with 1 after an exception, 2 for bad settings."""
    arguments = ["--settings", str(settings), *(["--check"] if check else [])]
    raise typer.Exit(main(arguments))
