"""`polka demo`: play a whole library on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from hw_sim.demo import run

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    catalogue: Annotated[
        Path | None,
        typer.Option(help="A catalogue of your own with tag UIDs.", exists=True, dir_okay=False),
    ] = None,
    pace: Annotated[float, typer.Option(help="Seconds an act takes at least.", min=0)] = 2.0,
    stay: Annotated[
        bool | None, typer.Option("--stay/--end", help="Stay open after the story.")
    ] = None,
) -> None:
    """Play the story of a book. Ends with 0 only if loan, tag, gate and log agree throughout."""
    raise typer.Exit(run(catalogue, pace_s=pace, stay=stay))
