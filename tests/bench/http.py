"""Durable checkouts over HTTP against the same rows written straight into sqlite3.

A round is: raw limit, one client, sixteen clients, batches, the textbook peer, raw limit again. The
ratio is taken within the round, because the disk of a shared machine changes from minute to minute;
the median of the rounds counts. A slow disk hides what a server costs behind the commits that it
shares, so the cost in processor time is a figure of its own.
"""

import shutil
import statistics
from dataclasses import dataclass
from pathlib import Path

from tests.bench import serving
from tests.bench.http_load import Load, checkouts, sets
from tests.bench.http_world import BOOKS, World, make_world
from tests.bench.raw_loans import raw_loans_per_second
from tests.bench.result import Result, at_least, at_most, percentile
from tests.bench.workspace import workspace

ROUNDS = 3
CLIENTS = 16
BATCH = 10
_ONE, _MANY, _BATCHED, _PEERS, _WARM = 500, 3_200, 3_200, 400, 100
_FIRST_BATCHED = BOOKS - _BATCHED


@dataclass(frozen=True, slots=True)
class Round:
    """Loans per second of one round, and the seconds of each request of sixteen clients."""

    raw: float
    one: float
    many: Load
    batched: float
    peer: float
    cost: float  # processor seconds of the server for one of sixteen clients' loans
    peers_cost: float


def measure() -> list[Result]:
    """One client, sixteen, batches, each against the raw rate of the same round; and the peer."""
    with workspace() as folder:
        world = make_world(folder)
        rounds = [_round(world, number) for number in range(ROUNDS)]
    raw = [r.raw for r in rounds]
    many = [r.many.rate for r in rounds]
    tails = [percentile(r.many.seconds, 0.99) * 1000 for r in rounds]
    middles = [percentile(r.many.seconds, 0.5) * 1000 for r in rounds]
    return [
        _at_least("http.checkout_1_client", [r.one for r in rounds], raw, goal=0.25),
        _at_least(f"http.checkout_{CLIENTS}_clients", many, raw, goal=0.60),
        _at_least(f"http.batch_of_{BATCH}_items", [r.batched for r in rounds], raw, goal=2),
        _at_least("http.textbook_peer_16_clients", many, [r.peer for r in rounds], goal=6),
        _at_least(
            "http.textbook_peer_cpu",
            [r.peers_cost * 1e6 for r in rounds],
            [r.cost * 1e6 for r in rounds],
            goal=6,
            unit="µs",
        ),
        _at_most(f"http.p99_to_p50_{CLIENTS}_clients", tails, middles, goal=4),
    ]


def _round(world: World, number: int) -> Round:
    before = raw_loans_per_second(world)
    database = _copy(world, f"round-{number}.db")
    with serving.controller(world, database) as process:
        checkouts(world, first=0, count=_WARM, clients=CLIENTS)
        one = checkouts(world, first=_WARM, count=_ONE, clients=1)
        used = serving.cpu_seconds(process)
        many = checkouts(world, first=_WARM + _ONE, count=_MANY, clients=CLIENTS)
        cost = (serving.cpu_seconds(process) - used) / _MANY
        stacks = [
            (world.patron_id(first), range(first, first + BATCH))
            for first in range(_FIRST_BATCHED, BOOKS, BATCH)
        ]
        batched = sets(world, stacks, clients=CLIENTS, most=BATCH)
    with serving.peer(world, _copy(world, f"peer-{number}.db")) as process:
        checkouts(world, first=0, count=_WARM, clients=CLIENTS)
        used = serving.cpu_seconds(process)
        peer = checkouts(world, first=_WARM, count=_PEERS, clients=CLIENTS)
        peers_cost = (serving.cpu_seconds(process) - used) / _PEERS
    raw = statistics.mean((before, raw_loans_per_second(world)))
    return Round(raw, one.rate, many, batched.rate, peer.rate, cost, peers_cost)


def _copy(world: World, name: str) -> Path:
    path = world.folder / name
    shutil.copy(world.database, path)
    return path


def _at_least(
    name: str, values: list[float], limits: list[float], *, goal: float, unit: str = "/s"
) -> Result:
    usual = middle(values, limits)
    return at_least(name, values[usual], unit, limit=limits[usual], goal=goal)


def _at_most(name: str, values: list[float], limits: list[float], *, goal: float) -> Result:
    at = middle(values, limits)
    return at_most(name, values[at], "ms", limit=limits[at], goal=goal)


def middle(values: list[float], limits: list[float]) -> int:
    """The round whose ratio is the median."""
    ratios = [value / limit for value, limit in zip(values, limits, strict=True)]
    return ratios.index(statistics.median_low(ratios))
