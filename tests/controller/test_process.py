"""The controller as a process of its own: it starts, it is killed, it ends when told to."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, text

from circulation.api import CHECKOUTS, EVENTS
from controller.sql import Dialect
from hw_sim.ports import free_port
from tests.controller.conftest import ANNA, ISIL, LIBRARY, Body

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def start(tmp_path: Path, database_url: str, tokens: dict[str, str], url: str) -> Iterator[Start]:
    assert tokens
    settings = tmp_path / "controller.toml"
    settings.write_text(
        f'library_isil = "{ISIL}"\nlibrary_name = "{LIBRARY}"\n'
        f'database_url = "{database_url}"\nport = {url.rsplit(":")[-1]}\n',
        encoding="utf-8",
    )
    started: list[subprocess.Popen[bytes]] = []

    def start_one() -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "controller", "--settings", settings])
        started.append(process)
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            try:
                httpx2.get(f"{url}/healthz")
            except httpx2.TransportError:
                time.sleep(0.05)
            else:
                break
        return process

    yield start_one
    for process in started:
        process.kill()
        process.wait(10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_ends_in_time_though_a_page_is_open(
    start: Start, url: str, number: signal.Signals
) -> None:
    process = start()

    with httpx2.stream("GET", f"{url}{EVENTS}?after=0", timeout=60) as response:
        assert next(response.iter_lines()).startswith("retry:")
        process.send_signal(number)
        status = process.wait(8)

    assert status in (0, -number)


def test_answered_loan_survives_a_kill(
    start: Start, url: str, body: Body, tokens: dict[str, str], engine: Engine
) -> None:
    process = start()
    headers = {"Authorization": f"Bearer {tokens['kiosk-1']}"}
    request = body(patron_id=ANNA)
    first = httpx2.post(url + CHECKOUTS, json=request, headers=headers)

    process.kill()
    process.wait(10)
    start()
    again = httpx2.post(url + CHECKOUTS, json=request, headers=headers)

    assert (first.status_code, again.content) == (200, first.content)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM loan")) == 1
        if engine.dialect.name == Dialect.SQLITE:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
