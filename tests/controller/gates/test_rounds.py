"""A gate that fell silent is called dead, and old passages go without the counters they carry."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from controller.gates import rounds
from controller.gates.rounds import SILENT_AFTER
from tests.controller.conftest import Running
from tests.controller.gates.conftest import FakeGate

Eventually = Callable[[Callable[[], bool]], bool]
ONLINE = json.dumps({"presence": "online", "reader": "ok", "version": "0.1.0"})


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_ROUND_S", 0.05)


def shown(running: Running) -> str:
    return httpx2.get(f"{running.url}/live/now").text


def test_a_gate_that_says_nothing_for_half_a_minute_is_dead(
    running: Running,
    gate: FakeGate,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate.say("state", ONLINE, retain=True)
    assert eventually(lambda: "на связи" in shown(running) and "нет связи" not in shown(running))

    running.clock.move(seconds=31)
    real = rounds.wait_time.monotonic  # the controller itself must have listened for as long
    monkeypatch.setattr(rounds.wait_time, "monotonic", lambda: real() + 31)

    assert eventually(lambda: "нет связи" in shown(running))
    said = running.rows("SELECT detail FROM event WHERE kind = 'device_changed' ORDER BY seq")
    assert json.loads(said[-1][0]) == {"presence": "offline", "silent_s": 31}


def test_a_controller_that_was_away_itself_calls_nobody_dead(
    running: Running, gate: FakeGate, eventually: Eventually
) -> None:
    gate.say("state", ONLINE, retain=True)
    assert eventually(lambda: running.scalar("SELECT last_seen FROM device WHERE name = 'gate-1'"))

    running.clock.move(hours=3)

    assert timedelta(seconds=30) > SILENT_AFTER
    assert not eventually_within(1.0, lambda: "нет связи" in shown(running))


def eventually_within(seconds: float, question: Callable[[], bool]) -> bool:
    import time

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.05)
    return False
