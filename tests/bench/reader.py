"""Readers at the wire: inventory and a kiosk's cycle against what air and line alone need.

The limits are the model's (`hw_sim.airtime`): air and line, and from the second group on also the
silence that a maker's manual demands before each request. What is above them is our own code and
the operating system.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from drivers.reader import Reader
from drivers.registry import open_reader
from hw_sim.airtime import cycle_ms, inventory_limit_ms, kiosk_cycle_limit_ms
from hw_sim.client import WorldClient
from hw_sim.messages import NewTag
from hw_sim.server import Wiring
from tests.bench.cards import measure as measure_cards
from tests.bench.result import Result, at_most
from tests.bench.simulator import started
from tests.bench.uhf import measure as measure_uhf

BLOCKS = 8
COUNTS = (1, 5, 10, 15, 30)
MOST_TAGS = {"feig-cpr40": 4}
MODELS = ("feig-mr102", "feig-cpr40", "m3-210", "m3-810")
ROUNDS = 3


def measure() -> list[Result]:
    """The 10-book cycle of the FEIG pad first; then each model with 1 to 30 tags; then cards."""
    with started(timing="real", pads=MODELS) as (world, wiring):
        _make_tags(world)
        results = [_ten_books(world, wiring)]
        for model in MODELS:
            results += _at_line_speed(model, world, wiring)
    with started(timing="none", pads=MODELS) as (world, wiring):
        _make_tags(world)
        results += [_at_full_speed(model, world, wiring) for model in MODELS]
    return results + measure_uhf() + measure_cards()


def _ten_books(world: WorldClient, wiring: Wiring) -> Result:
    """Against air and line alone: here the silence counts as ours."""
    with _laid(world, "feig-mr102", 10):
        reader = open_reader("feig-mr102", wiring["pads"]["feig-mr102"]["pty"])
        try:
            value = _median_ms(lambda afi: _cycle(reader, 10, afi))
        finally:
            reader.close()
    limit = cycle_ms(10, BLOCKS).total_ms
    return at_most("reader.cycle_10_books", value, "ms", limit=limit, goal=1.3)


def _at_line_speed(model: str, world: WorldClient, wiring: Wiring) -> Iterator[Result]:
    reader = open_reader(model, wiring["pads"][model]["pty"])
    try:
        for count in _counts(model):
            with _laid(world, model, count):
                inventory = _median_ms(lambda _, n=count: _inventory(reader, n))
                cycle = _median_ms(lambda afi, n=count: _cycle(reader, n, afi))
            yield at_most(
                f"reader.{model}.inventory_{count}",
                inventory,
                "ms",
                limit=inventory_limit_ms(model, count),
                goal=1.1,
            )
            yield at_most(
                f"reader.{model}.cycle_{count}",
                cycle,
                "ms",
                limit=kiosk_cycle_limit_ms(model, count, BLOCKS),
                goal=1.1,
            )
    finally:
        reader.close()


def _at_full_speed(model: str, world: WorldClient, wiring: Wiring) -> Result:
    """With a line and an air that need no time, our own code is all there is."""
    count = _counts(model)[-1]
    reader = open_reader(model, wiring["pads"][model]["pty"])
    try:
        with _laid(world, model, count):
            value = _median_ms(lambda afi: _cycle(reader, count, afi))
    finally:
        reader.close()
    limit = kiosk_cycle_limit_ms(model, count, BLOCKS)
    name = f"reader.{model}.cycle_{count}_full_speed"
    return at_most(name, value, "ms", limit=limit, goal=1.3)


def _counts(model: str) -> list[int]:
    most = MOST_TAGS.get(model, max(COUNTS))
    return [count for count in COUNTS if count <= most] + ([most] if most not in COUNTS else [])


def _uids(model: str, count: int) -> list[str]:
    return [f"E00401{MODELS.index(model):02X}{n:08X}" for n in range(1, count + 1)]


def _make_tags(world: WorldClient) -> None:
    for model in MODELS:
        world.make_tags([NewTag(uid=uid) for uid in _uids(model, max(COUNTS))])


@contextmanager
def _laid(world: WorldClient, model: str, count: int) -> Iterator[None]:
    """These many tags lie on the pad inside the block."""
    world.place(model, _uids(model, count))
    yield
    world.lift(model)


def _median_ms(act: Callable[[int], None]) -> float:
    """In stock and on loan in turn, so that each write changes something."""
    times = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        act((0x07, 0xC2)[number % 2])
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _inventory(reader: Reader, count: int) -> None:
    seen = reader.inventory()
    if len(seen) != count:
        raise AssertionError(f"{len(seen)} tags of {count}")


def _cycle(reader: Reader, count: int, afi: int) -> None:
    seen = reader.inventory()
    if len(seen) != count:
        raise AssertionError(f"{len(seen)} tags of {count}")
    for tag in seen:
        reader.read_blocks(tag.uid, 0, BLOCKS)
        reader.write_afi(tag.uid, afi)
