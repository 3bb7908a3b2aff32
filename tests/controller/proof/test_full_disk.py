"""The disk is full: nobody is told "done", nothing is lost, /readyz says it, and it goes on after.

A real small filesystem where the tests may mount one (a container, a machine of one's own); and a
process whose every write into a file fails, as on a disk that breaks.
"""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import httpx2
import pytest
from sqlalchemy import Engine, text

from circulation.api import ACCOUNTS, CHECKOUTS, RETURNS
from controller.__main__ import PatientLogger
from controller.db import sqlite_url
from tests.controller.conftest import ANNA, Body, migrate
from tests.controller.test_process import Start

DISK_BYTES = 16 << 20
MANY = 5_000  # operations: more than the rest of this disk can take
UNAVAILABLE = 503
Process = subprocess.Popen[bytes]


class Squeeze(Protocol):
    """A way to take the room away from a ledger."""

    ledger: Path

    def fill(self, process: Process) -> None: ...

    def free(self, process: Process) -> None: ...


class SmallDisk:
    """A filesystem that is really full."""

    def __init__(self, place: Path) -> None:
        self.ledger = place / "polka.db"
        self._ballast = place / "ballast"

    def fill(self, process: Process) -> None:
        assert process.poll() is None
        with suppress(OSError), self._ballast.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass

    def free(self, process: Process) -> None:
        assert process.poll() is None
        self._ballast.unlink()


class BrokenDisk:
    """A process that can write into no file."""

    def __init__(self, place: Path) -> None:
        self.ledger = place / "polka.db"

    def fill(self, process: Process) -> None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free(self, process: Process) -> None:
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)


@pytest.fixture(params=[SmallDisk, BrokenDisk])
def squeeze(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Squeeze]:
    place = tmp_path / "disk"
    place.mkdir()
    if request.param is BrokenDisk:
        yield BrokenDisk(place)
        return
    mount = ("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "polka-test", str(place))
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("only a root that may mount can make a small filesystem")
    yield SmallDisk(place)
    subprocess.run(("umount", "--lazy", str(place)), check=True)


@pytest.fixture
def database_url(squeeze: Squeeze) -> str:
    """A disk of our own making holds a file; a server's full disk is said by its error."""
    migrate(sqlite_url(squeeze.ledger))
    return sqlite_url(squeeze.ledger)


@pytest.fixture
def kiosk(url: str, tokens: dict[str, str]) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {tokens['kiosk-1']}"}
    with httpx2.Client(base_url=url, headers=headers, timeout=60) as client:
        yield client


class Kiosk:
    """Lends and takes back one copy after the other, and keeps what it was told."""

    def __init__(self, client: httpx2.Client, body: Body) -> None:
        self._client, self._body = client, body
        self.told: dict[str, tuple[int, str]] = {}
        self._number = 0

    def next(self) -> tuple[str, dict[str, Any]]:
        self._number += 1
        copy = {"item_id": f"C-{self._number // 2 % 8}"}
        if self._number % 2:
            return RETURNS, self._body(**copy)
        return CHECKOUTS, self._body(**copy, patron_id=ANNA)

    def ask(self, path: str, body: dict[str, Any]) -> bool:
        """False when the ledger could not take it."""
        answer = self._client.post(path, json=body)
        if answer.status_code == UNAVAILABLE:
            return False
        assert answer.status_code in (200, 409)
        self.told[body["op_id"]] = (answer.status_code, answer.text)
        return True

    def work_until_refused(self) -> tuple[str, dict[str, Any]]:
        """The first operation that the ledger could not take."""
        for _ in range(MANY):
            wish = self.next()
            if not self.ask(*wish):
                return wish
        raise AssertionError("the disk never was full")


def test_log_on_a_full_disk_stops_nobody() -> None:
    full = Path("/dev/full").open("w", encoding="utf-8")  # noqa: SIM115  closing it fails, too

    assert PatientLogger(full).error("commit_failed") is None

    with suppress(OSError):  # the line is still in the buffer
        full.close()


def test_full_disk_is_said_and_survived(
    squeeze: Squeeze, start: Start, kiosk: httpx2.Client, body: Body, engine: Engine
) -> None:
    process, hand = start(), Kiosk(kiosk, body)
    assert hand.ask(*hand.next())
    assert kiosk.get("/readyz").status_code == 200

    for _ in range(3):  # again and again, without a new start
        squeeze.fill(process)
        refused = hand.work_until_refused()
        ready, alive = kiosk.get("/readyz"), kiosk.get("/healthz")
        read = kiosk.get(f"{ACCOUNTS}/{ANNA}")
        again_refused = hand.ask(*refused)
        squeeze.free(process)
        taken = hand.ask(*refused)

        assert (ready.status_code, ready.json()["reasons"]) == (UNAVAILABLE, ["no_connection"])
        assert (alive.status_code, read.status_code) == (200, 200)
        assert not again_refused
        assert taken
        assert kiosk.get("/readyz").status_code == 200

    with engine.connect() as connection:
        rows = connection.execute(text("SELECT op_id, status, answer FROM operation"))
        assert {op_id: (status, answer) for op_id, status, answer in rows} == hand.told
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
