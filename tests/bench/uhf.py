"""UHF readers at the wire: inventory, and the user bank of each tag, at line speed."""

import statistics
import time
from collections.abc import Callable

from drivers.reader import UhfReader
from drivers.registry import open_uhf_reader
from hw_sim.airtime import inventory_limit_ms, kiosk_cycle_limit_ms
from hw_sim.client import WorldClient
from hw_sim.server import Wiring
from hw_sim.uhf_messages import NewUhfTag
from tests.bench.result import Result, at_most
from tests.bench.simulator import started

MODELS = ("chafon-ru5102", "chafon-288")
COUNTS = (1, 5, 10, 15, 30)
USER_WORDS = 16  # as much as eight blocks of an ISO 15693 tag
ROUNDS = 3


def measure() -> list[Result]:
    """Each model with 1 to 30 tags."""
    results: list[Result] = []
    with started(timing="real", pads=(), uhf_pads=MODELS) as (world, wiring):
        for model in MODELS:
            tags = [_tag(model, number) for number in range(max(COUNTS))]
            world.make_uhf_tags(tags)
            for count in COUNTS:
                results += _measure(model, [tag.tid for tag in tags[:count]], world, wiring)
    return results


def _tag(model: str, number: int) -> NewUhfTag:
    name = f"{MODELS.index(model):02X}{number:04X}"
    return NewUhfTag(tid=f"E2003412{name:>016}", epc=f"30{name:>022}", user_words=USER_WORDS)


def _measure(model: str, tids: list[str], world: WorldClient, wiring: Wiring) -> list[Result]:
    count, blocks = len(tids), USER_WORDS // 2
    world.place_uhf(model, tids)
    reader = open_uhf_reader(model, wiring["uhf_pads"][model]["pty"])
    try:
        inventory = _median_ms(lambda: _inventory(reader, count))
        cycle = _median_ms(lambda: _cycle(reader, count))
    finally:
        reader.close()
        world.lift_uhf(model)
    name = f"reader.{model}"
    limits = inventory_limit_ms(model, count), kiosk_cycle_limit_ms(model, count, blocks)
    return [
        at_most(f"{name}.inventory_{count}", inventory, "ms", limit=limits[0], goal=1.1),
        at_most(f"{name}.cycle_{count}", cycle, "ms", limit=limits[1], goal=1.1),
    ]


def _median_ms(act: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _inventory(reader: UhfReader, count: int) -> list[str]:
    seen = [tag.uid for tag in reader.inventory()]
    if len(seen) != count:
        raise AssertionError(f"{len(seen)} tags of {count}")
    return seen


def _cycle(reader: UhfReader, count: int) -> None:
    for uid in _inventory(reader, count):
        reader.read_user_bank(uid, USER_WORDS)
