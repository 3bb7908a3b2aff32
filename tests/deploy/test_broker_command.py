"""One command sets a broker up; gates that were let in stay in when it is set up again."""

import os
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from controller.broker import mosquitto_hash, read_hashes, write_access
from deploy.commands.broker import app
from hw_sim.ports import free_port
from tests.controller.test_broker import Client

SECRET = "controllers-secret"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "controller.toml"
    path.write_text(
        f'library_isil = "RU-10010033"\nlibrary_name = "school"\n'
        f'database_url = "sqlite:///{tmp_path}/ledger.db"\n'
        f"[mqtt]\nport = {free_port()}\npassword = '{SECRET}'\n"
        f'access_folder = "{tmp_path}/broker"\n'
    )
    return path


def set_up(settings: Path, *more: str) -> str:
    arguments = ["--settings", str(settings), "--name", "127.0.0.1", "--only-write", *more]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_makes_what_a_broker_needs_and_says_what_a_gate_needs(
    settings: Path, tmp_path: Path
) -> None:
    said = set_up(settings, "--tls-port", "18883")

    made = {path.name for path in (tmp_path / "broker").iterdir()}
    assert made >= {"mosquitto.conf", "passwords", "rights", "tls"}
    assert "mqtt_port = 18883" in said
    assert str(tmp_path / "broker" / "tls" / "ca.crt") in said
    assert SECRET not in said


def test_a_gate_that_was_let_in_stays_in_when_it_is_set_up_again(
    settings: Path, tmp_path: Path
) -> None:
    set_up(settings)
    folder = tmp_path / "broker"
    hashes = read_hashes(folder) | {"gate-1": mosquitto_hash("gates-secret")}
    write_access(folder, "school", hashes)

    set_up(settings)

    assert read_hashes(folder)["gate-1"] == hashes["gate-1"]
    assert "user gate-1" in (folder / "rights").read_text()


def test_it_runs_the_broker_in_its_own_place(settings: Path, tmp_path: Path) -> None:
    port, tls_port = int(settings.read_text().split("port = ")[1].split()[0]), free_port()
    arguments = ["--settings", str(settings), "--name", "127.0.0.1", "--tls-port", str(tls_port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.polka", "broker", *arguments],
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
    )
    try:
        certificate = _shown(tls_port)
        controller = Client(port, "controller", SECRET)
        controller.close()
    finally:
        process.send_signal(signal.SIGTERM)
        ended = process.wait(20)

    assert ended == 0, "the process is mosquitto itself, which ends in good order"
    assert certificate == (tmp_path / "broker" / "tls" / "broker.crt").read_text()


def _shown(port: int) -> str:
    """The certificate that is shown at this port, as soon as somebody listens."""
    end = time.monotonic() + 60
    while True:
        try:
            return ssl.get_server_certificate(("127.0.0.1", port))
        except OSError:
            assert time.monotonic() < end, "the broker does not listen"
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("missing", "words"), [("access_folder", "mqtt.access_folder"), ("password", "MQTT__PASSWORD")]
)
def test_what_is_missing_is_named(settings: Path, missing: str, words: str) -> None:
    kept = [line for line in settings.read_text().splitlines() if not line.startswith(missing)]
    settings.write_text("\n".join(kept))

    result = CliRunner().invoke(app, ["--settings", str(settings), "--name", "10.0.0.2"])

    assert result.exit_code == 2
    assert words in result.output
