"""The alarm: people at 1.5 m/s through the simulated aisle, the real firmware, no network."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import hw_sim
from hw_sim.aisle import Direction
from hw_sim.client import WorldClient
from hw_sim.messages import NewTag
from hw_sim.ports import free_port
from hw_sim.server import Wiring
from tests.bench.result import Result, at_most, percentile
from tests.bench.simulator import started

WALKS = 40
SPEED_M_S = 1.5
SECURED = 0x07
_STUBS = Path(hw_sim.__file__).parent / "stubs"


def measure() -> list[Result]:
    """p99 from a tag being readable to the lamp, and our own code's share of it."""
    uids = [f"E00401{n:010X}" for n in range(1, WALKS + 1)]
    with started(timing="real") as (world, wiring), tempfile.TemporaryDirectory() as folder:
        world.make_tags([NewTag(uid=uid, afi=SECURED) for uid in uids])
        with _guarding(Path(folder), wiring, world):
            alarms = [_alarm_ms(world, uid) for uid in uids]
        own = _reactions_ms(Path(folder) / "gate" / "outbox.db")
    if len(own) != WALKS:
        raise AssertionError(f"{len(own)} alarms for {WALKS} walks")
    return [
        at_most("gate.readable_to_lamp_p99", percentile(alarms, 0.99), "ms", limit=200),
        at_most("gate.own_code_p99", percentile(own, 0.99), "ms", limit=5),
    ]


@contextmanager
def _guarding(folder: Path, wiring: Wiring, world: WorldClient) -> Iterator[None]:
    (folder / "password").write_text("nobody listens")
    settings = folder / "gate.toml"
    values = {
        "library": "school",
        "device": "gate1",
        "reader_url": wiring["gates"]["gate1"]["tcp"],
        "state_dir": str(folder / "gate"),
        "mqtt_host": "127.0.0.1",
        "mqtt_password_file": str(folder / "password"),
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    lines += [f"mqtt_port = {free_port()}", "allow_simulated = true", "alarm_seconds = 0.3"]
    settings.write_text("\n".join(lines) + "\n")
    environment = {
        "PYTHONPATH": str(_STUBS),
        "GPIOZERO_PIN_FACTORY": "polka_sim",
        "POLKA_SIM_PINS": wiring["pins"]["gate1"],
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "gate", "--settings", str(settings)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_polls(world)
        yield
    finally:
        process.terminate()
        process.wait(15)


def _wait_until_it_polls(world: WorldClient) -> None:
    end = time.monotonic() + 20
    while world.gate("gate1").requests < 20 or not world.gate("gate1").pins_connected:
        if time.monotonic() > end:
            raise TimeoutError("the gate does not poll its reader")
        time.sleep(0.05)


def _alarm_ms(world: WorldClient, uid: str) -> float:
    number = world.walk("gate1", [uid], Direction.OUT, speed_m_s=SPEED_M_S)
    end = time.monotonic() + 10
    while time.monotonic() < end:
        walk = next(w for w in world.gate("gate1").walks if w.walk_id == number)
        if walk.ended and walk.lamp_on_at is not None and walk.secured_readable_at is not None:
            return (walk.lamp_on_at - walk.secured_readable_at) * 1000
        time.sleep(0.05)
    raise AssertionError(f"no alarm for {uid}")


def _reactions_ms(outbox: Path) -> list[float]:
    with closing(sqlite3.connect(outbox)) as db:
        events = [json.loads(body) for (body,) in db.execute("SELECT body FROM event")]
    return [event["reaction_ms"] for event in events if event["kind"] == "alarm"]
