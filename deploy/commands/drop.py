"""`polka drop`: run the book drop."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.drop.__main__ import main

app = typer.Typer(add_completion=False)


@app.command()
def drop(
    settings: Annotated[Path, typer.Option(help="The drop's TOML file.")],
    check: Annotated[bool, typer.Option("--check", help="Check the settings and end.")] = False,
    listing: Annotated[
        bool, typer.Option("--list", help="Print what was put in as CSV, and end.")
    ] = False,
) -> None:
    """Take books back. Ends with 2 for bad settings, 3 for a device that cannot be used."""
    asked = [*(["--check"] if check else []), *(["--list"] if listing else [])]
    raise typer.Exit(main(["--settings", str(settings), *asked]))
