"""The report: gates at a real broker, a real controller that commits and acknowledges.

The time of one event begins when a gate makes it, so its own journal's commit is part of it.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from circulation.messages import Direction, GateEvent, GateEventKind
from gate.outbox import Outbox
from hw_sim.gate_crowd import CrowdGate, GateCrowd
from hw_sim.gate_hub import GateHub
from tests.bench.result import Result, at_least, at_most, percentile

SINGLE_EVENTS = 300
BURST_GATES, BURST_EVENTS = 8, 4_000
STORM_GATES, STORM_EVENTS = 200, 10_000
SEED = 20_260_901


def measure() -> list[Result]:
    """One event's way to the ledger and back, a burst, and two hundred gates after a power cut."""
    return [*_one_by_one(), *_burst(), *_storm()]


def _one_by_one() -> list[Result]:
    with _connected(1) as (_, crowd), tempfile.TemporaryDirectory() as folder:
        journal = Outbox(Path(folder) / "outbox.db")
        [gate] = crowd.gates
        times = [_made_to_safe_ms(crowd, gate, journal) for _ in range(SINGLE_EVENTS)]
        journal.close()
    return [
        at_most("gate.made_to_acknowledged_p50", percentile(times, 0.5), "ms", limit=3),
        at_most("gate.made_to_acknowledged_p99", percentile(times, 0.99), "ms", limit=25),
    ]


def _made_to_safe_ms(crowd: GateCrowd, gate: CrowdGate, journal: Outbox) -> float:
    began = time.perf_counter()
    number = gate.make()
    event = GateEvent.model_validate_json(gate.made[number].body)
    journal.add(GateEventKind.PASSAGE, Direction.OUT, lambda _seq, _counters: event)
    if not crowd.run_until(lambda: not gate.waiting, within_s=10):
        raise AssertionError("an event was never acknowledged")
    took_ms = (time.perf_counter() - began) * 1000
    journal.forget([number])
    return took_ms


def _burst() -> list[Result]:
    with _connected(BURST_GATES) as (hub, crowd):
        for gate in crowd.gates:
            for _ in range(BURST_EVENTS // BURST_GATES):
                gate.make()
        began = time.perf_counter()
        _drain(crowd, within_s=60)
        rate = BURST_EVENTS / (time.perf_counter() - began)
        _check(hub, crowd)
    return [at_least("gate.burst_durable_events", rate, "/s", limit=1_500)]


def _storm() -> list[Result]:
    """The broker dies; everybody comes back by chance and brings what happened meanwhile."""
    with _connected(STORM_GATES) as (hub, crowd):
        hub.broker.kill()
        crowd.run_until(lambda: crowd.connected == 0, within_s=30)
        for gate in crowd.gates:
            for _ in range(STORM_EVENTS // STORM_GATES):
                gate.make()
        hub.broker.start()
        began = time.perf_counter()
        crowd.run_until(lambda: crowd.connected == STORM_GATES, within_s=60)
        back_s = time.perf_counter() - began
        _drain(crowd, within_s=120)
        drained_s = time.perf_counter() - began
        _check(hub, crowd)
        memory_mb = hub.controller_mb()
    return [
        at_most("gate.storm_all_back", back_s, "s", limit=5),
        at_most("gate.storm_all_stored", drained_s, "s", limit=10),
        at_most("gate.storm_controller_memory", memory_mb, "MB", limit=300),
    ]


def _drain(crowd: GateCrowd, *, within_s: float) -> None:
    if not crowd.run_until(lambda: crowd.waiting == 0, within_s=within_s):
        raise AssertionError(f"{crowd.waiting} events were never acknowledged")


def _check(hub: GateHub, crowd: GateCrowd) -> None:
    """Every event is in the ledger, each once."""
    made = sorted((gate.name, str(one)) for gate in crowd.gates for one in gate.made)
    if sorted(hub.stored()) != made:
        raise AssertionError(f"{len(hub.stored())} events are stored of {len(made)}")


@contextmanager
def _connected(gates: int) -> Iterator[tuple[GateHub, GateCrowd]]:
    names = [f"gate-{number}" for number in range(gates)]
    with tempfile.TemporaryDirectory(prefix="polka-") as folder:
        hub = GateHub(Path(folder), names)
        hub.start()
        crowd = GateCrowd.of(names, hub.where, seed=SEED)
        try:
            if not crowd.run_until(lambda: crowd.connected == gates, within_s=60):
                raise AssertionError(f"only {crowd.connected} gates are connected")
            yield hub, crowd
        finally:
            crowd.leave()
            hub.stop()
