"""Readers at the wire: inventory and a kiosk's cycle against what air and line alone need.

The limits are the model's (`hw_sim.limits`): air, line, and the silence that a maker's manual
demands before each request. They are computed, not measured, so noise of this machine is only on
our side, and the medians of the steps keep it out (`tests.bench.stacks`).

At line speed the simulator imposes air and line, and part of our work hides behind them. At full
speed they need no time, and what is measured is our own code, the operating system and the silence;
the row adds what the model says of air and line: our work, hidden nowhere.
"""

from collections.abc import Callable, Iterator

from hw_sim.airtime import cycle_ms
from hw_sim.client import WorldClient
from hw_sim.limits import Limit, inventory_limit, kiosk_cycle_limit
from hw_sim.server import Wiring
from tests.bench.cards import measure as measure_cards
from tests.bench.result import Result, at_most
from tests.bench.simulator import started
from tests.bench.stacks import (
    BLOCKS,
    MODELS,
    PADS,
    UHF_PADS,
    Pace,
    counts_of,
    laid,
    make_tags,
    pace,
)

TEN_BOOKS = ("feig-mr102", 10)
AT_LINE_SPEED, AT_FULL_SPEED = 1.1, 1.3  # goals
Paces = dict[tuple[str, int], Pace]


def measure() -> list[Result]:
    """The 10-book cycle of the FEIG pad first; then each model with 1 to 30 tags; then cards."""
    with started(timing="real", pads=PADS, uhf_pads=UHF_PADS) as (world, wiring):
        at_line_speed = _paces(world, wiring)
    with started(timing="none", pads=PADS, uhf_pads=UHF_PADS) as (world, wiring):
        at_full_speed = _paces(world, wiring)
    return [
        _ten_books(at_line_speed[TEN_BOOKS]),
        *_rows(at_line_speed, "", AT_LINE_SPEED, lambda _: 0.0),
        *_rows(at_full_speed, "_full_speed", AT_FULL_SPEED, _air_and_line_ms),
        *measure_cards(),
    ]


def _paces(world: WorldClient, wiring: Wiring) -> Paces:
    make_tags(world)
    paces: Paces = {}
    for model in MODELS:
        for count in counts_of(model):
            with laid(model, count, world, wiring) as stack:
                paces[model, count] = pace(stack)
    return paces


def _ten_books(measured: Pace) -> Result:
    """Against air and line alone: here reset and silence count as ours."""
    limit = cycle_ms(measured.count, BLOCKS).total_ms
    return at_most("reader.cycle_10_books", measured.cycle_ms, "ms", limit=limit, goal=1.3)


def _rows(
    paces: Paces, suffix: str, goal: float, left_out_ms: Callable[[Limit], float]
) -> Iterator[Result]:
    """An inventory and a cycle for each stack; `left_out_ms` is what the simulator left out."""
    for (model, count), measured in paces.items():
        for act, value, limit in (
            ("inventory", measured.inventory_ms, inventory_limit(model, count)),
            ("cycle", measured.cycle_ms, kiosk_cycle_limit(model, count, BLOCKS)),
        ):
            name = f"reader.{model}.{act}_{count}{suffix}"
            whole = value + left_out_ms(limit)
            yield at_most(name, whole, "ms", limit=limit.total_ms, goal=goal)


def _air_and_line_ms(limit: Limit) -> float:
    return limit.air_ms + limit.line_ms
