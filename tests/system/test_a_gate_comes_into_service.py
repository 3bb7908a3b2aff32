"""As docs/how-to/guard-the-exit.md tells it: broker, controller and gate by their own commands."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hw_sim.ports import free_port

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]

SECRET = "controllers-secret"
STUBS = Path(__file__).parents[2] / "hw_sim" / "stubs"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="polka-") as path:
        yield Path(path)


def polka(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "deploy.polka", *map(str, arguments)]


def environment() -> dict[str, str]:
    return os.environ | {
        "POLKA_CONTROLLER_MQTT__PASSWORD": SECRET,
        "GPIOZERO_PIN_FACTORY": "mock",
    }


@contextmanager
def running(folder: Path, name: str, *arguments: object) -> Iterator[None]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(polka(*arguments), stdout=log, stderr=log, env=environment())
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def eventually(question: Callable[[], object]) -> bool:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return bool(question())


def state_of_gate(folder: Path) -> dict:
    try:
        with closing(sqlite3.connect(folder / "ledger.db", timeout=20)) as ledger:
            return json.loads(ledger.execute("SELECT state FROM device").fetchone()[0])
    except (sqlite3.Error, TypeError):
        return {}


def test_a_gate_comes_into_service_and_is_cut_off_again(folder: Path) -> None:
    settings = folder / "controller.toml"
    settings.write_text(
        f'library_isil = "RU-10010033"\nlibrary_name = "school"\n'
        f'database_url = "sqlite:///{folder}/ledger.db"\nport = {free_port()}\n'
        f'[mqtt]\nport = {free_port()}\naccess_folder = "{folder}/broker"\n'
    )
    tls_port = free_port()
    enrolled = subprocess.run(
        polka("controller", "add-device", "gate-1", "--kind", "gate", "--settings", settings),
        capture_output=True, text=True, check=True, env=environment(),
    )  # fmt: skip
    (folder / "gate.password").write_text(enrolled.stdout)
    (folder / "gate.toml").write_text(
        'library = "school"\ndevice = "gate-1"\nreader_url = "socket://127.0.0.1:1"\n'
        f'state_dir = "{folder}/gate"\nmqtt_host = "127.0.0.1"\nmqtt_port = {tls_port}\n'
        f'mqtt_ca_file = "{folder}/broker/tls/ca.crt"\n'
        f'mqtt_password_file = "{folder}/gate.password"\n'
    )
    where = ("--name", "127.0.0.1", "--tls-port", tls_port)

    with (
        running(folder, "broker", "broker", "--settings", settings, *where),
        running(folder, "controller", "controller", "run", "--settings", settings),
    ):
        passwords = folder / "broker" / "passwords"
        assert eventually(lambda: passwords.exists() and "gate-1" in passwords.read_text())
        with running(folder, "gate", "gate", "--settings", folder / "gate.toml"):
            came = eventually(lambda: state_of_gate(folder).get("presence") == "online")
            blind = state_of_gate(folder).get("reader")
            subprocess.run(
                polka("controller", "revoke-device", "gate-1", "--settings", settings),
                check=True, capture_output=True, env=environment(),
            )  # fmt: skip
            gone = eventually(lambda: state_of_gate(folder).get("presence") == "offline")
            refused = eventually(lambda: "broker_refuses" in (folder / "gate.log").read_text())

    assert (came, gone, refused) == (True, True, True)
    assert blind in ("lost", "unknown"), "nobody answers at its reader's port"
    assert re.fullmatch(r"[\w-]{43}\n", enrolled.stdout)
