"""kill -9 at broker, controller and gate while events are made: none is lost, none is doubled."""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.settings import load_settings
from hw_sim.gate_hub import LIBRARY, GateHub
from hw_sim.gate_source import numbered

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]

GATE = "gate-1"
DRAINED_WITHIN_S = 60


@dataclass
class Scene:
    """A gate's reporting half, a broker and a controller; any of them can be killed."""

    hub: GateHub
    settings: Path
    events: int
    process: subprocess.Popen[bytes] | None = None

    def start_gate(self) -> None:
        arguments = ["--settings", str(self.settings), "--events", str(self.events)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hw_sim.gate_source", *arguments], stdout=subprocess.DEVNULL
        )

    def kill(self, victim: str) -> None:
        match victim:
            case "broker":
                self.hub.broker.kill()
                self.hub.broker.start()
            case "controller":
                self.hub.kill_controller()
                self.hub.start_controller()
            case _:
                self.end_gate()
                self.start_gate()

    def end_gate(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def made(self) -> int:
        return numbered(load_settings(self.settings))[0]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="polka-") as path:
        yield Path(path)


def scene_in(folder: Path, events: int) -> Scene:
    hub = GateHub(folder / "hub", [GATE])
    (folder / "password").write_text(hub.where.password)
    values = {
        "library": LIBRARY,
        "device": GATE,
        "reader_url": "socket://127.0.0.1:1",
        "state_dir": str(folder / "gate"),
        "mqtt_host": hub.where.host,
        "mqtt_password_file": str(folder / "password"),
    }
    settings = folder / "gate.toml"
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    settings.write_text("\n".join([*lines, f"mqtt_port = {hub.where.port}"]) + "\n")
    return Scene(hub, settings, events)


@pytest.mark.parametrize(
    ("events", "kills"),
    [(400, 6), pytest.param(3_000, 30, marks=pytest.mark.long)],
)
def test_every_event_is_in_the_ledger_once_whoever_was_killed(
    folder: Path, events: int, kills: int
) -> None:
    scene = scene_in(folder, events)
    chance = random.Random(20_260_901)
    victims = ["broker", "controller", "gate"] * (kills // 3)
    chance.shuffle(victims)
    scene.hub.start()
    scene.start_gate()

    try:
        for number, victim in enumerate(victims, 1):
            while scene.made() < events * number // (kills + 1):
                time.sleep(0.02)
            scene.kill(victim)
        while scene.made() < events:
            time.sleep(0.02)
        began = time.monotonic()
        assert scene.process is not None
        ended = scene.process.wait(DRAINED_WITHIN_S * 5)  # it ends when all is acknowledged
        drained_s = time.monotonic() - began
    finally:
        scene.end_gate()
        scene.hub.stop()

    stored = scene.hub.stored()
    print(f"seed 20260901, {kills} kills: drained in {drained_s:.1f} s")  # noqa: T201
    assert ended == 0
    assert len(stored) == len(set(stored)) == scene.made() >= events
    assert scene.hub.seqs(GATE) == list(range(1, scene.made() + 1))
    assert scene.hub.logged() == scene.made(), "one line of the log each"


@pytest.mark.parametrize(
    "away_s",
    [3, pytest.param(600, marks=[pytest.mark.long, pytest.mark.timeout(1_200)])],
    ids=["seconds without a broker", "10 minutes without a broker"],
)
def test_what_happened_without_a_broker_is_in_the_ledger_once_when_it_is_back(
    folder: Path, away_s: float
) -> None:
    scene = scene_in(folder, events=300)
    scene.hub.start()
    scene.start_gate()

    try:
        while scene.made() < 100:
            time.sleep(0.02)
        scene.hub.broker.kill()
        time.sleep(away_s)
        while scene.made() < scene.events:
            time.sleep(0.02)
        scene.hub.broker.start()
        began = time.monotonic()
        assert scene.process is not None
        ended = scene.process.wait(DRAINED_WITHIN_S * 5)
        drained_s = time.monotonic() - began
    finally:
        scene.end_gate()
        scene.hub.stop()

    print(f"{away_s} s without a broker: drained in {drained_s:.1f} s")  # noqa: T201
    stored = scene.hub.stored()
    assert ended == 0
    assert len(stored) == len(set(stored)) == scene.made() >= scene.events
    assert scene.hub.seqs(GATE) == list(range(1, scene.made() + 1))
