"""`polka sim`: run the hardware simulator by itself."""

from pathlib import Path
from typing import Annotated

import typer

from hw_sim.server import main

app = typer.Typer(add_completion=False)


@app.command()
def sim(
    state: Annotated[Path, typer.Option(help="Folder for ptys, sockets and wiring.json.")],
    settings: Annotated[Path | None, typer.Option(help="JSON file of SimSettings.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
) -> None:
    """Serve simulated pads, card readers and gates until stopped."""
    arguments = ["--state", str(state)]
    arguments += ["--settings", str(settings)] if settings else []
    arguments += ["--seed", str(seed)] if seed is not None else []
    main(arguments)
