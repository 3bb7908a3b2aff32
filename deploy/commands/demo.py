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
    story: Annotated[
        bool | None, typer.Option(help="Tell the story; by default where there is no screen.")
    ] = None,
    stay: Annotated[
        bool | None,
        typer.Option("--stay/--end", help="Stay open; by default where there is a screen."),
    ] = None,
) -> None:
    """Open a library to play with, or tell the story of a book where there is no screen.

    The story ends with 0 only if loan, tag, gate and log agree throughout.
    """
    raise typer.Exit(run(catalogue, pace_s=pace, story=story, stay=stay))
