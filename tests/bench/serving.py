"""A server as a process on its own core, where there are two, and the load on the other."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controller.db import sqlite_url
from tests.bench.http_world import World


@contextmanager
def controller(world: World, database: Path) -> Iterator[int]:
    """The product on this file; the number of its process."""
    settings = world.write_settings(sqlite_url(database))
    with _served(world, "-m", "controller", "--settings", str(settings)) as process:
        yield process


@contextmanager
def peer(world: World, database: Path) -> Iterator[int]:
    """The textbook service on this file."""
    with _served(world, "-m", "tests.bench.peer", str(database), str(world.port)) as process:
        yield process


def cpu_seconds(process: int) -> float:
    """What a process has used of processors so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _served(world: World, *arguments: str) -> Iterator[int]:
    server = subprocess.Popen(
        [sys.executable, *arguments], stderr=subprocess.DEVNULL, preexec_fn=_serving_core
    )
    allowed = os.sched_getaffinity(0)
    try:
        world.wait_until_it_listens()
        os.sched_setaffinity(0, {max(allowed)})
        yield server.pid
    finally:
        os.sched_setaffinity(0, allowed)
        server.terminate()
        server.wait(15)


def _serving_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
