"""A stack of tags on each reader, and what a kiosk does with it: the same steps for every make."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from drivers.reader import Reader
from drivers.registry import open_reader, open_uhf_reader
from hw_sim.client import WorldClient
from hw_sim.messages import NewTag
from hw_sim.server import Wiring
from hw_sim.uhf_messages import NewUhfTag

BLOCKS = 8
USER_WORDS = 2 * BLOCKS  # of a UHF tag: as much as the blocks hold
PADS = ("feig-mr102", "feig-cpr40", "m3-210", "m3-810")
UHF_PADS = ("chafon-ru5102", "chafon-288")
MODELS = PADS + UHF_PADS
MOST_TAGS = {"feig-cpr40": 4}
COUNTS = (1, 5, 10, 15, 30)
LEAST_LOOKS = 7
LEAST_HANDLED = 21  # tags, over all rounds
AFIS = (0x07, 0xC2)  # in stock and on loan in turn, so that each write changes something


@dataclass(frozen=True, slots=True)
class Pace:
    """Medians in ms: one inventory of the stack, and what is done with one tag of it."""

    count: int
    inventory_ms: float
    tag_ms: float

    @property
    def cycle_ms(self) -> float:
        """The whole cycle. It is put together of its steps: see `pace`."""
        return self.inventory_ms + self.count * self.tag_ms


@dataclass(frozen=True, slots=True)
class Stack:
    """An opened reader and the tags on it; `handle` does one tag's part of a cycle."""

    reader: Reader
    count: int
    handle: Callable[[str, int], object]


def counts_of(model: str) -> list[int]:
    """The stacks to measure; the last is the highest that this model takes."""
    most = MOST_TAGS.get(model, max(COUNTS))
    return [count for count in COUNTS if count < most] + [most]


def make_tags(world: WorldClient) -> None:
    """As many as the highest stack of each model takes."""
    for model in PADS:
        world.make_tags([NewTag(uid=uid) for uid in _uids(model, counts_of(model)[-1])])
    for model in UHF_PADS:
        tids = _tids(model, counts_of(model)[-1])
        world.make_uhf_tags(
            [NewUhfTag(tid=tid, epc=f"30{tid[2:]}", user_words=USER_WORDS) for tid in tids]
        )


@contextmanager
def laid(model: str, count: int, world: WorldClient, wiring: Wiring) -> Iterator[Stack]:
    """These many tags lie on the pad inside the block."""
    if model in UHF_PADS:
        world.place_uhf(model, _tids(model, count))
        uhf = open_uhf_reader(model, wiring["uhf_pads"][model]["pty"])
        stack = Stack(uhf, count, lambda uid, _: uhf.read_user_bank(uid, USER_WORDS))
    else:
        world.place(model, _uids(model, count))
        pad = open_reader(model, wiring["pads"][model]["pty"])
        stack = Stack(pad, count, lambda uid, number: _lend_or_take(pad, uid, number))
    try:
        yield stack
    finally:
        stack.reader.close()
        (world.lift_uhf if model in UHF_PADS else world.lift)(model)


def pace(stack: Stack) -> Pace:
    """The usual time of each step, over several rounds.

    Other programs only add to a time, and never to more than a few steps of a cycle in a row, so
    the median of a step holds on a busy machine, where the sum of ninety does not. What a median
    would hide is looked at apart: an exchange too many in `tests/system/test_exchanges.py`, and
    retries here.
    """
    looks: list[float] = []
    handled: list[float] = []
    while len(looks) < LEAST_LOOKS or len(handled) < LEAST_HANDLED:
        began = time.perf_counter()
        uids = _inventory(stack)
        looks.append(time.perf_counter() - began)
        for uid in uids if len(handled) < LEAST_HANDLED else ():
            began = time.perf_counter()
            stack.handle(uid, len(looks))
            handled.append(time.perf_counter() - began)
    health = stack.reader.health
    if health.retries or health.garbled:
        raise AssertionError(f"{health.retries} retries on a sound line")
    return Pace(stack.count, statistics.median(looks) * 1000, statistics.median(handled) * 1000)


def _inventory(stack: Stack) -> list[str]:
    uids = [tag.uid for tag in stack.reader.inventory()]
    if len(uids) != stack.count:
        raise AssertionError(f"{len(uids)} tags of {stack.count}")
    return uids


def _lend_or_take(pad: Reader, uid: str, number: int) -> None:
    pad.read_blocks(uid, 0, BLOCKS)
    pad.write_afi(uid, AFIS[number % 2])


def _uids(model: str, count: int) -> list[str]:
    return [f"E00401{PADS.index(model):02X}{number:08X}" for number in range(1, count + 1)]


def _tids(model: str, count: int) -> list[str]:
    return [f"E2003412{UHF_PADS.index(model):02X}{number:014X}" for number in range(count)]
