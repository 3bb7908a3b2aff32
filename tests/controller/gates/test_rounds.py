"""A gate that fell silent is called dead, and old passages go without the counters they carry."""

import json
import time
from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from controller.gates import rounds
from controller.gates.rounds import SILENT_AFTER
from tests.controller.conftest import Running
from tests.controller.gates.conftest import Event, FakeGate

Eventually = Callable[[Callable[[], bool]], bool]
ONLINE = json.dumps({"presence": "online", "reader": "ok", "version": "0.1.0"})


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_ROUND_S", 0.05)
    monkeypatch.setattr(rounds, "_LOOK_FOR_OLD_EVERY_S", 0.05)


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

    time.sleep(0.5)  # ten rounds
    assert "нет связи" not in shown(running)
    assert timedelta(seconds=30) > SILENT_AFTER


def test_old_passages_go_and_the_counters_stay_known(
    running: Running, gate: FakeGate, event: Event, eventually: Eventually
) -> None:
    gate.say("up/event", json.dumps(event(1)))
    gate.say("up/event", json.dumps(event(2)))
    gate.acknowledged(2)

    running.clock.move(days=366)  # kept for a year

    assert eventually(lambda: running.rows("SELECT seq FROM gate_event") == [(2,)])
    assert running.scalar("SELECT sum(went_out) FROM gate_visit") == 2
