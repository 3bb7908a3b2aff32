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
from datetime import UTC, datetime
from pathlib import Path

import hw_sim
from circulation.messages import ListKind
from gate.local_list import LocalList
from gate.outbox import Outbox
from gate.uids import Uids
from hw_sim.aisle import Direction
from hw_sim.client import WorldClient
from hw_sim.gate_hub import peak_mb
from hw_sim.gate_traffic import simulate
from hw_sim.messages import NewTag
from hw_sim.ports import free_port
from hw_sim.server import Wiring
from tests.bench import gate_decision, gate_line
from tests.bench.result import Result, at_most, percentile
from tests.bench.simulator import started

WALKS = 40
LISTED = 100_000  # entries of the local list
DAY_S = 24 * 3_600
SEED = 20_260_901
SPEED_M_S = 1.5
SECURED = 0x07
_STUBS = Path(hw_sim.__file__).parent / "stubs"


def measure() -> list[Result]:
    """p99 from a tag being readable to the lamp, and our own code's share of it."""
    uids = [f"E00401{n:010X}" for n in range(1, WALKS + 1)]
    with started(timing="real") as (world, wiring), tempfile.TemporaryDirectory() as folder:
        world.make_tags([NewTag(uid=uid, afi=SECURED) for uid in uids])
        _keep_a_list(Path(folder) / "gate" / "outbox.db", LISTED)
        with _guarding(Path(folder), wiring, world):
            alarms = [_alarm_ms(world, uid) for uid in uids]
        own = _reactions_ms(Path(folder) / "gate" / "outbox.db")
        memory_mb = _memory_mb(Path(folder) / "city", wiring, world)
    if len(own) != WALKS:
        raise AssertionError(f"{len(own)} alarms for {WALKS} walks")
    return [
        at_most("gate.readable_to_lamp_p99", percentile(alarms, 0.99), "ms", limit=150),
        at_most("gate.answer_to_lamp_p99", percentile(own, 0.99), "ms", limit=5),
        *gate_decision.measure(),
        at_most("gate.memory", memory_mb, "MB", limit=60),
        *gate_line.measure(),
        *_a_day(),
    ]


def _a_day() -> list[Result]:
    """A day of busy traffic on virtual time, every person judged against the physical model.

    One thread that waits for nothing: CPU time is what it takes on a machine of its own.
    """
    began = time.process_time()
    judged = simulate(DAY_S, SEED)
    took_s = time.process_time() - began
    wrong = judged.missed_but_readable + judged.false_alarms
    return [
        at_most("gate.day_on_virtual_time", took_s, "s", limit=120),
        at_most("gate.day_wrong_verdicts", wrong, "", limit=1, goal=0),
    ]


def _memory_mb(folder: Path, wiring: Wiring, world: WorldClient) -> float:
    """The largest resident memory of a gate that holds such a long list."""
    folder.mkdir()
    _keep_a_list(folder / "gate" / "outbox.db", LISTED)
    with _guarding(folder, wiring, world) as pid:
        return peak_mb(pid)


def _keep_a_list(path: Path, entries: int) -> None:
    """So many armed loans, none of them carried here."""
    listed = LocalList(1, datetime.now(UTC), Uids(f"E00402{n:010X}" for n in range(entries)))
    journal = Outbox(path)
    journal.keep_list(kind=ListKind.ARMED_LOANS, before=LocalList(), now=listed)
    journal.close()


@contextmanager
def _guarding(folder: Path, wiring: Wiring, world: WorldClient) -> Iterator[int]:
    """The firmware as a process of its own; its process id."""
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
        yield process.pid
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
