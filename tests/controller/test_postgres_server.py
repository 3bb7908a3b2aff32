"""The tests' own PostgreSQL: gone when they are, even if they were killed."""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START_AND_WAIT = """
import sys, time
from pathlib import Path
from tests.controller.postgres_server import PostgresServer

server = PostgresServer(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="polka-pg-"))  # short: a socket's path has 107 bytes
    yield made
    shutil.rmtree(made)


def test_the_server_of_tests_that_were_killed_ends_by_itself(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_WAIT, str(folder)], cwd=ROOT, stdout=subprocess.PIPE
    ) as tests:
        assert tests.stdout is not None
        server = int(tests.stdout.readline())
        ran = runs(server)

        tests.kill()

    end = time.monotonic() + 60
    while runs(server):
        assert time.monotonic() < end, "PostgreSQL is still there"
        time.sleep(0.05)
    assert ran


def runs(pid: int) -> bool:
    """A zombie that nobody has buried yet runs no more (proc(5): state Z)."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return False
    return words[0] not in "ZX"
