"""A gate let in by its code may speak at once; a revoked one is cut off, live session and all."""

import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx2
import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import SecretStr
from sqlalchemy import Engine

from controller.broker import (
    CONTROLLER_USER,
    Broker,
    BrokerUnavailable,
    find_mosquitto,
    mosquitto_hash,
    read_hashes,
    reload,
    write_access,
)
from controller.devices.registry import add_device
from controller.settings import MqttSettings
from controller.staff.rights import Role
from controller.tables import DeviceKind
from tests.controller.conftest import ISIL, LIBRARY, Running
from tests.controller.gates.conftest import PASSWORD, Event, FakeGate
from tests.controller.staff.conftest import As, new_browser, password_hash, signed_in

__all__ = ["new_browser", "password_hash", "signed_in"]

Eventually = Callable[[Callable[[], bool]], bool]


@pytest.fixture
def mqtt_settings(broker: Broker, engine: Engine, tokens: dict[str, str]) -> MqttSettings:
    """The controller keeps the broker's files."""
    assert tokens
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    return MqttSettings(
        port=broker.settings.port,
        password=SecretStr(PASSWORD),
        access_folder=broker.settings.state,
    )


def may_connect(port: int, name: str, password: str) -> bool:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="probe", protocol=mqtt.MQTTv5)
    answers: list[bool] = []
    client.on_connect = lambda _c, _u, _f, reason, _p: answers.append(not reason.is_failure)
    client.username_pw_set(name, password)
    client.connect("127.0.0.1", port)
    while not answers:
        client.loop(0.1)
    client.disconnect()
    return answers[0]


def test_gate_enrolled_by_code_speaks_with_its_password(
    running: Running, broker: Broker, signed_in: As, eventually: Eventually
) -> None:
    wish = {"kind": "gate", "name": "gate-2", "version": "0.1.0"}
    asked = httpx2.post(f"{running.url}/api/v1/enrolments", json=wish).json()
    path = f"/api/v1/devices/enrolments/{asked['enrolment_id']}/confirm"
    signed_in(Role.ENGINEER).post(path, json={"code": asked["code"]})
    given = httpx2.post(
        f"{running.url}/api/v1/enrolments/{asked['enrolment_id']}/collect",
        headers={"Authorization": f"Bearer {asked['secret']}"},
    ).json()

    port, password = broker.settings.port, given["mqtt_password"]
    assert given["token"] is None
    assert eventually(lambda: may_connect(port, "gate-2", password))
    assert not may_connect(port, "gate-2", "guess")
    assert may_connect(port, "gate-1", PASSWORD)  # set by hand, kept
    assert password not in str(running.rows("SELECT * FROM device_access"))


def test_revoked_gate_is_cut_off_with_its_live_session(
    running: Running,
    broker: Broker,
    gate: FakeGate,
    signed_in: As,
    event: Event,
    eventually: Eventually,
) -> None:
    gate.say("up/event", str(event(1)).replace("'", '"'))
    assert eventually(lambda: running.scalar("SELECT count(*) FROM gate_event") == 1)

    signed_in(Role.ENGINEER).post("/api/v1/devices/gate-1/revoke")

    assert eventually(lambda: not gate.connected)
    assert not may_connect(broker.settings.port, "gate-1", PASSWORD)
    assert "gate-1" not in (broker.settings.state / "rights").read_text(encoding="utf-8")


def test_user_whom_the_ledger_does_not_know_loses_the_broker(
    running: Running, broker: Broker, eventually: Eventually
) -> None:
    assert eventually(lambda: set(read_hashes(broker.settings.state)) == {"controller", "gate-1"})
    assert eventually(lambda: not may_connect(broker.settings.port, "gate-x", PASSWORD))


def test_rights_alone_silence_a_live_session(
    broker: Broker, gate: FakeGate, eventually: Eventually
) -> None:
    folder = broker.settings.state
    kept = {CONTROLLER_USER: read_hashes(folder)[CONTROLLER_USER]}
    refused: list[int] = []
    gate.on_publish_refused(refused.append)

    write_access(folder, LIBRARY, kept)
    reload(folder)

    def refused_now() -> bool:
        gate.try_to_say("up/event", "{}")
        return bool(refused) or not gate.connected

    assert eventually(refused_now)


def test_our_hash_is_what_mosquitto_passwd_writes(tmp_path: Path) -> None:
    by_mosquitto = tmp_path / "passwords"
    by_mosquitto.write_text("gate-1:secret\n", encoding="utf-8")
    by_mosquitto.chmod(0o600)
    subprocess.run([find_mosquitto("mosquitto_passwd"), "-U", by_mosquitto], check=True)

    theirs, ours = by_mosquitto.read_text("utf-8").strip().split(":")[1], mosquitto_hash("secret")

    assert [len(part) for part in ours.split("$")] == [len(part) for part in theirs.split("$")]
    assert ours.split("$")[1:3] == theirs.split("$")[1:3] == ["7", "101"]


def test_files_stay_private(tmp_path: Path) -> None:
    write_access(tmp_path, LIBRARY, {"controller": "x", "gate-1": "y"})

    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("passwords", "rights")] == [
        0o600,
        0o600,
    ]
    assert read_hashes(tmp_path) == {"controller": "x", "gate-1": "y"}


def test_broker_that_is_not_there_cannot_be_told(tmp_path: Path) -> None:
    with pytest.raises(BrokerUnavailable, match="pid_file"):
        reload(tmp_path)
