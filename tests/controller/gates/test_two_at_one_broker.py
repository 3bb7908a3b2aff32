"""Two controllers share what gates say; one is killed in the middle, and all is stored once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine, text

from controller.broker import Broker
from controller.devices.registry import add_device
from controller.tables import DeviceKind
from hw_sim.ports import free_port
from tests.controller.conftest import ISIL, LIBRARY
from tests.controller.gates.conftest import PASSWORD, Event, FakeGate

EVENTS, BEFORE_THE_KILL = 120, 30
AGAIN_S = 3  # a gate repeats what nobody acknowledged


@pytest.fixture
def database_url(postgres_ledger: str) -> str:
    """A file has one controller."""
    return postgres_ledger


@dataclass(frozen=True, slots=True)
class Controller:
    """A process of its own, with a name of its own at the broker."""

    url: str
    process: subprocess.Popen[bytes]

    def is_ready(self) -> bool:
        try:
            answer = httpx2.get(f"{self.url}/readyz", timeout=10)
        except httpx2.TransportError:
            return False
        return answer.status_code == 200 and answer.json()["broker"] is True


@pytest.fixture
def both(
    tmp_path: Path, database_url: str, broker: Broker, engine: Engine, tokens: dict[str, str]
) -> Iterator[list[Controller]]:
    assert tokens
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    environment = os.environ | {"POLKA_CONTROLLER_MQTT__PASSWORD": PASSWORD}
    started = []
    for name in ("one", "two"):
        port = free_port()
        settings = tmp_path / f"{name}.toml"
        settings.write_text(
            f'library_isil = "{ISIL}"\nlibrary_name = "{LIBRARY}"\n'
            f'database_url = "{database_url}"\nport = {port}\n'
            f'[mqtt]\nport = {broker.settings.port}\nclient_name = "{name}"\n',
            encoding="utf-8",
        )
        command = [sys.executable, "-m", "controller", "--settings", str(settings)]
        process = subprocess.Popen(command, env=environment)
        started.append(Controller(f"http://127.0.0.1:{port}", process))
    until = time.monotonic() + 90
    while not all(controller.is_ready() for controller in started):
        assert time.monotonic() < until
        time.sleep(0.1)
    yield started
    for controller in started:
        controller.process.kill()
        controller.process.wait(10)


def hear(gate: FakeGate, acknowledged: set[str], enough: Callable[[], bool], for_s: float) -> None:
    """Take acknowledgements until it is enough, or nobody says anything for so long."""
    with suppress(Empty):
        while not enough():
            acknowledged |= set(gate.hear("down/ack", for_s)["ids"])


@pytest.mark.timeout(300)
def test_killed_controller_loses_and_doubles_nothing_of_the_gates(
    both: list[Controller], gate: FakeGate, event: Event, engine: Engine
) -> None:
    events: list[dict[str, Any]] = [event(number) for number in range(1, EVENTS + 1)]
    acknowledged: set[str] = set()

    def say_again() -> None:
        for one in events:
            if one["id"] not in acknowledged:
                gate.say("up/event", json.dumps(one))

    gate.say_until_acknowledged(events[0])  # visits are counted from the first that is known
    say_again()
    hear(gate, acknowledged, lambda: len(acknowledged) >= BEFORE_THE_KILL, 30)
    both[0].process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 90
    while len(acknowledged) < EVENTS and time.monotonic() < until:
        hear(gate, acknowledged, lambda: len(acknowledged) == EVENTS, AGAIN_S)
        say_again()

    assert acknowledged == {one["id"] for one in events}
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT id, seq FROM gate_event ORDER BY seq")).all()
        logged = connection.scalar(text("SELECT count(*) FROM event WHERE kind = 'gate_passed'"))
        went_out = connection.scalar(text("SELECT sum(went_out) FROM gate_visit"))
    assert [tuple(row) for row in stored] == [(one["id"], one["seq"]) for one in events]
    assert logged == EVENTS
    assert went_out == EVENTS
