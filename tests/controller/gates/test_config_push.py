"""What staff sets at a gate reaches it, also a gate or a broker that comes later."""

import pytest

from controller.broker import Broker
from controller.gates import rounds
from tests.controller.conftest import Running
from tests.controller.gates.conftest import FakeGate

DOCUMENT = '{"version": 1, "settings": {"format": "gate-1", "alarm_s": 5, "quiet_hours": null}}'


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "_ROUND_S", 0.05)


def set_at_the_gate(running: Running, document: str, version: int) -> None:
    running.change(
        "INSERT INTO staff (login, role, class_name, password_hash, active, created_at)"
        " VALUES ('olga', 'engineer', '', 'never', true, :at) ON CONFLICT (login) DO NOTHING",
        at=running.clock().isoformat(),
    )
    running.change(
        "INSERT INTO device_settings (device_id, version, document, changed_at, staff_id)"
        " SELECT d.id, :version, :document, :at, s.id FROM device d, staff s"
        " WHERE d.name = 'gate-1' AND s.login = 'olga'"
        " ON CONFLICT (device_id) DO UPDATE SET version = excluded.version,"
        " document = excluded.document",
        version=version,
        document=document,
        at=running.clock().isoformat(),
    )


def test_gate_is_told_at_once_and_again_when_it_changes(running: Running, gate: FakeGate) -> None:
    set_at_the_gate(running, DOCUMENT, 1)
    first = gate.hear("down/config", 30)

    set_at_the_gate(running, DOCUMENT.replace("1,", "2,", 1), 2)

    assert (first["version"], gate.hear("down/config", 30)["version"]) == (1, 2)


def test_gate_that_comes_later_finds_its_settings(
    running: Running, broker: Broker, gate: FakeGate
) -> None:
    set_at_the_gate(running, DOCUMENT, 1)
    gate.hear("down/config", 30)
    gate.leave()

    late = FakeGate(broker.settings.port, "gate-1")

    assert late.hear("down/config", 30)["settings"]["alarm_s"] == 5
    late.leave()


def test_broker_that_lost_everything_is_told_anew(
    running: Running, broker: Broker, gate: FakeGate
) -> None:
    set_at_the_gate(running, DOCUMENT, 1)
    gate.hear("down/config", 30)
    broker.kill()
    for state in broker.settings.state.glob("*.db*"):
        state.unlink()
    broker.start()

    assert gate.hear("down/config", 60)["version"] == 1
