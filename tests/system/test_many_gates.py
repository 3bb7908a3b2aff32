"""Many gates lose their broker at once, come back by chance, and everything is stored once."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hw_sim.gate_crowd import GateCrowd
from hw_sim.gate_hub import GateHub

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

GATES, EVENTS_EACH = 40, 25
PATIENCE_S = 60


@pytest.fixture
def hub() -> Iterator[GateHub]:
    with tempfile.TemporaryDirectory(prefix="polka-") as folder:
        hub = GateHub(Path(folder), [f"gate-{number}" for number in range(GATES)])
        hub.start()
        yield hub
        hub.stop()


def test_after_a_power_cut_at_the_broker_every_gates_events_are_stored_once(hub: GateHub) -> None:
    names = [f"gate-{number}" for number in range(GATES)]
    crowd = GateCrowd.of(names, hub.where, seed=6)
    came = crowd.run_until(lambda: crowd.connected == GATES, within_s=PATIENCE_S)

    hub.broker.kill()
    left = crowd.run_until(lambda: crowd.connected == 0, within_s=PATIENCE_S)
    for gate in crowd.gates:
        for _ in range(EVENTS_EACH):
            gate.make()
    hub.broker.start()
    drained = crowd.run_until(lambda: crowd.waiting == 0, within_s=PATIENCE_S)
    crowd.leave()

    made = sorted((gate.name, str(one)) for gate in crowd.gates for one in gate.made)
    assert (came, left, drained) == (True, True, True)
    assert sorted(hub.stored()) == made
    assert hub.logged() == len(made) == GATES * EVENTS_EACH
