"""Durable checkouts over HTTP on PostgreSQL against the same rows written straight through psycopg.

The limit is as many connections as there are clients, each writing one loan per commit, as durable
(fsync is on) and asking no question. Everything shares the cores of this machine: the server, the
controller and the load. A round is: raw, one controller, two controllers, raw; the ratio is taken
within the round and the median of the rounds counts.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from hw_sim.ports import free_port
from tests.bench.http_load import checkouts
from tests.bench.http_world import World, make_world
from tests.bench.result import Result, at_least
from tests.bench.workspace import workspace
from tests.controller.postgres_server import PostgresServer

ROUNDS, CLIENTS = 3, 16
RAW_LOANS, LOANS, _WARM = 1_600, 2_400, 96


@dataclass(frozen=True, slots=True)
class Round:
    """Rates per second of one round."""

    raw: float
    one: float
    two: float


def measure() -> list[Result]:
    """Sixteen clients at one controller, then shared by two, each against the raw rate."""
    with _server() as server, workspace() as folder:
        template = server.create()
        world = make_world(folder, server.url(template))
        rounds = [_round(server, world, template) for _ in range(ROUNDS)]
    name = f"postgres.checkout_{CLIENTS}_clients"
    return [
        _against_raw(name, [r.one for r in rounds], rounds, goal=0.5),
        _against_raw(f"{name}_2_controllers", [r.two for r in rounds], rounds, goal=0.5),
    ]


@contextmanager
def _server() -> Iterator[PostgresServer]:
    folder = Path(tempfile.mkdtemp(prefix="polka-pg-", dir="/var/tmp"))  # a disk; a short path
    server = PostgresServer(folder, durable=True)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _against_raw(name: str, rates: list[float], rounds: list[Round], *, goal: float) -> Result:
    ratios = [rate / r.raw for rate, r in zip(rates, rounds, strict=True)]
    middle = ratios.index(statistics.median_low(ratios))
    return at_least(name, rates[middle], "/s", limit=rounds[middle].raw, goal=goal)


def _round(server: PostgresServer, world: World, template: str) -> Round:
    before = _raw(server, world, template)
    one = _through_controllers(server, world, template, [world.port])
    two = _through_controllers(server, world, template, [world.port, free_port()])
    after = _raw(server, world, template)
    return Round(statistics.mean((before, after)), one, two)


def _through_controllers(
    server: PostgresServer, world: World, template: str, ports: list[int]
) -> float:
    """Each controller has its share of clients and of copies."""
    ledger = server.create(template)
    running: list[subprocess.Popen[bytes]] = []
    try:
        for port in ports:
            running.append(_serve(replace(world, port=port), server.url(ledger)))
            replace(world, port=port).wait_until_it_listens()
        _load(world, ports, first=0, count=_WARM)
        return _load(world, ports, first=_WARM, count=LOANS)
    finally:
        for controller in running:
            controller.terminate()
            controller.wait(15)
        server.drop(ledger)


def _load(world: World, ports: list[int], *, first: int, count: int) -> float:
    """Loans per second of sixteen clients, who share these controllers and the copies."""
    share = len(ports)
    with ThreadPoolExecutor(share) as loads:
        running = [
            loads.submit(
                checkouts,
                replace(world, port=port),
                first=first + number * count // share,
                count=count // share,
                clients=CLIENTS // share,
            )
            for number, port in enumerate(ports)
        ]
        return sum(load.result().rate for load in running)


def _serve(world: World, database_url: str) -> subprocess.Popen[bytes]:
    settings = world.write_settings(database_url)
    command = [sys.executable, "-m", "controller", "--settings", str(settings)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _raw(server: PostgresServer, world: World, template: str) -> float:
    ledger = server.create(template)
    address = server.url(ledger).replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        items = connection.execute("SELECT id, title_id FROM item LIMIT %s", [RAW_LOANS]).fetchall()
    with ThreadPoolExecutor(CLIENTS) as clients:
        lines = [psycopg.connect(address, autocommit=True) for _ in range(CLIENTS)]
        began = time.perf_counter()
        work = [
            clients.submit(_raw_loans, line, world, items[number::CLIENTS])
            for number, line in enumerate(lines)
        ]
        for one in work:
            one.result()
        seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    server.drop(ledger)
    return len(items) / seconds


_NOW = "2026-09-01 08:30:00.000000+00:00"
_HASH = "0" * 64
_ANSWER = '{"op_id":"00000000-0000-0000-0000-000000000000","loan_id":"1","item_id":"1"}' * 3


def _raw_loans(line: psycopg.Connection, world: World, items: list[tuple[int, int]]) -> None:
    for item, title in items:
        _raw_loan(line, item, title, world.patron_id(item))


def _raw_loan(line: psycopg.Connection, item: int, title: int, patron: str) -> None:
    line.execute("BEGIN")
    line.execute(
        "INSERT INTO loan (item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
        " device_id) VALUES (%s, %s, %s, '2026-09-15', 0, true, 'default-1', 1)",
        (item, patron, _NOW),
    )
    line.execute(
        "UPDATE item SET state = 'on_loan', security = 'disarm_due' WHERE id = %s", (item,)
    )
    line.execute(
        "INSERT INTO event (at, kind, device_id, item_id, title_id, detail)"
        " VALUES (%s, 'checked_out', 1, %s, %s, '{}')",
        (_NOW, item, title),
    )
    line.execute(
        "INSERT INTO operation (op_id, device_id, kind, body_hash, status, answer, device_time,"
        " received_at) VALUES (%s, 1, 'CheckoutRequest', %s, 200, %s, %s, %s)",
        (f"{item:036d}", _HASH, _ANSWER, _NOW, _NOW),
    )
    line.execute("COMMIT")
