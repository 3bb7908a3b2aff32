"""Readers at the wire: a kiosk's cycle against the time that air and line alone need."""

import statistics
import time
from collections.abc import Iterator

from drivers.reader import Reader
from drivers.registry import open_reader
from hw_sim.airtime import REQUEST_GAP_MS, RF_RESET_MS, cycle_ms
from hw_sim.messages import NewTag
from tests.bench.result import Result, at_most
from tests.bench.simulator import started

TAGS, BLOCKS = 10, 8
ROUNDS = 7


def measure() -> list[Result]:
    """The 10-book cycle at the real speed of line and air, on the serial line and on TCP.

    The first goal is against air and line alone. The second also counts the silence that the
    reader's manual demands before each request (FEIG H20800: 5 ms, an inventory resets the field
    first), so what is left there is our own code and the operating system.
    """
    cycle = cycle_ms(TAGS, BLOCKS)
    silence = (2 + 3 * TAGS) * REQUEST_GAP_MS + RF_RESET_MS
    with started(timing="real") as (world, wiring):
        world.make_tags([NewTag(uid=uid) for uid in _uids()])
        world.place("pad1", _uids())
        on_line = _median_ms(wiring["pads"]["pad1"]["pty"])
        on_tcp = _median_ms(wiring["pads"]["pad1"]["tcp"])
    name = f"reader.cycle_{TAGS}_books"
    return [
        at_most(name, on_line, "ms", limit=cycle.total_ms, goal=1.3),
        at_most(f"{name}_own_share", on_line, "ms", limit=cycle.total_ms + silence, goal=1.1),
        at_most(f"{name}_tcp_own_share", on_tcp, "ms", limit=cycle.air_ms + silence, goal=1.1),
    ]


def _median_ms(url: str) -> float:
    reader = open_reader("feig-mr102", url)
    try:
        return statistics.median(_cycle_ms(reader, afi) for afi in _turns())
    finally:
        reader.close()


def _uids() -> list[str]:
    return [f"E00401{n:010X}" for n in range(1, TAGS + 1)]


def _turns() -> Iterator[int]:
    """In stock and on loan in turn, so that each write changes something."""
    for number in range(ROUNDS):
        yield (0x07, 0xC2)[number % 2]


def _cycle_ms(reader: Reader, afi: int) -> float:
    began = time.perf_counter()
    seen = reader.inventory()
    if len(seen) != TAGS:
        raise AssertionError(f"{len(seen)} tags of {TAGS}")
    for tag in seen:
        reader.read_blocks(tag.uid, 0, BLOCKS)
        reader.write_afi(tag.uid, afi)
    return (time.perf_counter() - began) * 1000
