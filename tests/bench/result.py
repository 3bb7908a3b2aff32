"""One measured figure beside its limit, and the table they are printed in."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """`ratio` is value / limit; `goal` bounds the ratio, e.g. ``<= 1.3``."""

    name: str
    value: float
    unit: str
    limit: float
    ratio: float
    goal: str
    met: bool


def at_most(name: str, value: float, unit: str, *, limit: float, goal: float = 1.0) -> Result:
    """A figure that should be small: a time against the time physics needs, or against a bound."""
    ratio = value / limit
    return Result(name, value, unit, limit, ratio, f"<= {goal:g}", ratio <= goal)


def at_least(name: str, value: float, unit: str, *, limit: float, goal: float = 1.0) -> Result:
    """A figure that should be large: a rate against the rate of the bare parts."""
    ratio = value / limit
    return Result(name, value, unit, limit, ratio, f">= {goal:g}", ratio >= goal)


def table(results: Sequence[Result]) -> str:
    """The results as lines a person reads."""
    width = max((len(result.name) for result in results), default=4)
    head = f"{'name':<{width}}  {'value':>10} {'unit':<6} {'limit':>10} {'ratio':>7}  goal       "
    lines = [head, "-" * len(head)]
    for one in results:
        verdict = "met" if one.met else "MISSED"
        lines.append(
            f"{one.name:<{width}}  {one.value:>10.2f} {one.unit:<6} {one.limit:>10.2f} "
            f"{one.ratio:>7.2f}  {one.goal:<8} {verdict}"
        )
    return "\n".join(lines)


def keep(results: Sequence[Result], path: Path) -> None:
    """Write the results as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(result) for result in results]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
