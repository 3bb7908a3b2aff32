"""Durable checkouts over HTTP against the same rows written straight into sqlite3.

A round is: raw limit, one client, sixteen clients, raw limit again. The ratio is taken within the
round, because the disk of a shared machine changes from minute to minute; the median of the rounds
counts. Server and load have a core each where there are two.
"""

import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.http_load import checkouts_per_second
from tests.bench.http_world import World, make_world
from tests.bench.result import Result, at_least

ROUNDS = 3
RAW_LOANS, ONE_CLIENT, MANY_CLIENTS = 1_500, 600, 3_200
CLIENTS = 16


@dataclass(frozen=True, slots=True)
class Round:
    """Rates per second of one round."""

    raw: float
    one: float
    many: float


def measure() -> list[Result]:
    """One client and sixteen, each against the raw rate of the same round."""
    with tempfile.TemporaryDirectory(prefix="polka-bench-", dir=Path.cwd() / "var") as folder:
        world = make_world(Path(folder))
        rounds = [_round(world, number) for number in range(ROUNDS)]
    return [
        _against_raw("http.checkout_1_client", [r.one for r in rounds], rounds, goal=0.15),
        _against_raw(
            f"http.checkout_{CLIENTS}_clients", [r.many for r in rounds], rounds, goal=0.30
        ),
    ]


def _against_raw(name: str, rates: list[float], rounds: list[Round], *, goal: float) -> Result:
    ratios = [rate / r.raw for rate, r in zip(rates, rounds, strict=True)]
    middle = ratios.index(statistics.median_low(ratios))
    return at_least(name, rates[middle], "/s", limit=rounds[middle].raw, goal=goal)


def _round(world: World, number: int) -> Round:
    before = _raw_loans_per_second(world)
    database = world.folder / f"round-{number}.db"
    shutil.copy(world.database, database)
    server = _serve(world, database)
    try:
        _load_core()
        one = checkouts_per_second(world, first=0, count=ONE_CLIENT, clients=1)
        many = checkouts_per_second(world, first=ONE_CLIENT, count=MANY_CLIENTS, clients=CLIENTS)
    finally:
        server.terminate()
        server.wait(15)
    after = _raw_loans_per_second(world)
    return Round(statistics.mean((before, after)), one, many)


def _serve(world: World, database: Path) -> subprocess.Popen[bytes]:
    settings = world.write_settings(database)
    server = subprocess.Popen(
        [sys.executable, "-m", "controller", "--settings", str(settings)],
        stderr=subprocess.DEVNULL,
        preexec_fn=_serving_core,
    )
    world.wait_until_it_listens()
    return server


def _serving_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _load_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _raw_loans_per_second(world: World) -> float:
    """One loan per commit: the rows of a checkout, as durable, and no question asked."""
    database = world.folder / "raw.db"
    shutil.copy(world.database, database)
    db = sqlite3.connect(database, isolation_level=None, cached_statements=256)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    items = db.execute("SELECT id, title_id FROM item LIMIT ?", (RAW_LOANS,)).fetchall()
    patrons = [row[0] for row in db.execute("SELECT id FROM patron")]
    began = time.perf_counter()
    for number, (item, title) in enumerate(items):
        _raw_loan(db, number, item, title, patrons[number % len(patrons)])
    rate = len(items) / (time.perf_counter() - began)
    db.close()
    return rate


_NOW = "2026-09-01 08:30:00.000000"
_HASH = "0" * 64
_ANSWER = '{"op_id":"00000000-0000-0000-0000-000000000000","loan_id":"1","item_id":"1"}' * 3


def _raw_loan(db: sqlite3.Connection, number: int, item: int, title: int, patron: str) -> None:
    db.execute("BEGIN IMMEDIATE")
    db.execute(
        "INSERT INTO loan (item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
        " device_id) VALUES (?, ?, ?, '2026-09-15', 0, 1, 'default-1', 1)",
        (item, patron, _NOW),
    )
    db.execute("UPDATE item SET state = 'on_loan', security = 'disarm_due' WHERE id = ?", (item,))
    db.execute(
        "INSERT INTO event (at, kind, device_id, item_id, title_id, detail)"
        " VALUES (?, 'checked_out', 1, ?, ?, '{}')",
        (_NOW, item, title),
    )
    db.execute(
        "INSERT INTO operation (op_id, device_id, kind, body_hash, status, answer, device_time,"
        " received_at) VALUES (?, 1, 'CheckoutRequest', ?, 200, ?, ?, ?)",
        (f"{number:036d}", _HASH, _ANSWER, _NOW, _NOW),
    )
    db.execute("COMMIT")
