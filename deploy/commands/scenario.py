"""`polka scenario`: play what libraries suffer from on the running product, and judge it."""

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from hw_sim.scenarios.outcome import Outcome
from hw_sim.scenarios.runner import find, play_all
from hw_sim.scenarios.script import BadScenario, load_all

app = typer.Typer(add_completion=False)


@app.command()
def scenario(
    names: Annotated[list[str] | None, typer.Argument(help="Names, or how they begin.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Play every scenario.")] = False,
    seed: Annotated[int, typer.Option(help="Of everything random.", min=0)] = 1,
    evidence: Annotated[bool, typer.Option(help="Tell every step.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Play scenarios. Ends with 0 only if every one passed; 2 for a name or file that is wrong."""
    if every == bool(names):
        typer.echo("Give names of scenarios, e.g. p01, or --all.", err=True)
        raise typer.Exit(2)
    try:
        chosen = load_all() if every else [find(name) for name in names or ()]
    except BadScenario as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if not as_json:
        typer.echo(f"seed {seed}")
    began, failed = time.monotonic(), 0
    for outcome in play_all(chosen, seed):
        failed += not outcome.passed
        typer.echo(_as_json(outcome, seed) if as_json else _in_words(outcome, evidence=evidence))
    if not as_json:
        seconds = time.monotonic() - began
        typer.echo(f"{len(chosen) - failed} of {len(chosen)} passed in {seconds:.0f} s")
    raise typer.Exit(1 if failed else 0)


def _as_json(outcome: Outcome, seed: int) -> str:
    told = {**asdict(outcome), "passed": outcome.passed, "seed": seed}
    return json.dumps(told, ensure_ascii=False)


def _in_words(outcome: Outcome, *, evidence: bool) -> str:
    lines = [f"{outcome.word:<7} {outcome.name}  {outcome.seconds:.1f} s"]
    if evidence or not outcome.passed:
        lines += [f"          {line}" for line in outcome.evidence]
    if outcome.problem:
        lines.append(f"        ! {outcome.problem}")
    elif outcome.later:
        lines.append(f"          later: {outcome.later}")
    return "\n".join(lines)
