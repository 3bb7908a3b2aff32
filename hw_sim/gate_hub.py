"""The far end of many gates: a real mosquitto and a real controller process, for load and chaos."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from circulation.ids import parse_device_id
from controller.broker import CONTROLLER_USER, Broker, BrokerSettings
from controller.db import make_engine, sqlite_url, upgrade
from controller.devices.registry import add_device, ensure_library
from controller.tables import DeviceKind
from hw_sim.gate_crowd import Where
from hw_sim.ports import free_port, listens

LIBRARY, ISIL = "school", "RU-10010033"
_PASSWORD = "only-on-this-machine"  # noqa: S105
_PATIENCE_S = 30.0


class GateHub:
    """Starts both, kills either as a power cut would, and reads what the ledger holds."""

    def __init__(self, state: Path, gates: Sequence[str]) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._state = state
        self._port = free_port()
        self._controller: subprocess.Popen[bytes] | None = None
        passwords = dict.fromkeys((CONTROLLER_USER, *gates), _PASSWORD)
        self.broker = Broker(BrokerSettings(state / "broker", LIBRARY, free_port(), passwords))
        self._enrol(gates)
        self._write_settings()

    @property
    def where(self) -> Where:
        """How a gate finds the broker."""
        return Where(parse_device_id(LIBRARY), self.broker.settings.port, _PASSWORD)

    def start(self) -> None:
        """Both, and wait until they listen."""
        self.broker.start()
        self.start_controller()

    def start_controller(self) -> None:
        """The controller as a process of its own."""
        with (self._state / "controller.log").open("ab") as log:
            self._controller = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "controller", "--settings", str(self._settings)],
                stdout=log,
                stderr=log,
                env={**os.environ, "POLKA_CONTROLLER_MQTT__PASSWORD": _PASSWORD},
            )
        end = time.monotonic() + _PATIENCE_S
        while not listens(self._port):
            if time.monotonic() > end:
                raise TimeoutError("the controller did not start")
            time.sleep(0.02)

    def kill_controller(self) -> None:
        """As a power cut would."""
        if self._controller is not None:
            self._controller.kill()
            self._controller.wait()
            self._controller = None

    def stop(self) -> None:
        """End both in good order."""
        if self._controller is not None:
            self._controller.terminate()
            self._controller.wait(20)
            self._controller = None
        self.broker.stop()

    def stored(self) -> list[tuple[str, str]]:
        """Device and id of every event in the ledger."""
        with closing(sqlite3.connect(self._state / "ledger.db", timeout=20)) as ledger:
            rows = ledger.execute(
                "SELECT d.name, g.id FROM gate_event g JOIN device d ON d.id = g.device_id"
            )
            return [(str(name), str(one)) for name, one in rows]

    def seqs(self, gate: str) -> list[int]:
        """The numbers of one gate's events in the ledger, in order."""
        with closing(sqlite3.connect(self._state / "ledger.db", timeout=20)) as ledger:
            rows = ledger.execute(
                "SELECT g.seq FROM gate_event g JOIN device d ON d.id = g.device_id"
                " WHERE d.name = ? ORDER BY g.seq",
                (gate,),
            )
            return [int(seq) for (seq,) in rows]

    def logged(self) -> int:
        """Lines of the log that tell of passages."""
        with closing(sqlite3.connect(self._state / "ledger.db", timeout=20)) as ledger:
            row = ledger.execute("SELECT count(*) FROM event WHERE kind = 'gate_passed'").fetchone()
            return int(row[0])

    def controller_mb(self) -> float:
        """The controller's largest resident memory so far."""
        if self._controller is None:
            raise RuntimeError("the controller does not run")
        return peak_mb(self._controller.pid)

    @property
    def _settings(self) -> Path:
        return self._state / "controller.toml"

    @property
    def _url(self) -> str:
        return sqlite_url(self._state / "ledger.db")

    def _enrol(self, gates: Sequence[str]) -> None:
        engine = make_engine(self._url)
        upgrade(engine)
        ensure_library(engine, isil=ISIL, name=LIBRARY)
        for name in gates:
            add_device(engine, isil=ISIL, name=name, kind=DeviceKind.GATE)
        engine.dispose()

    def _write_settings(self) -> None:
        values = {
            "library_isil": ISIL,
            "library_name": LIBRARY,
            "database_url": self._url,
            "port": self._port,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        lines.append(f"mqtt = {{ port = {self.broker.settings.port} }}")
        self._settings.write_text("\n".join(lines) + "\n", encoding="utf-8")


def peak_mb(pid: int) -> float:
    """The largest resident memory of a process, in MB (proc(5), VmHWM)."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(f"/proc/{pid}/status has no VmHWM")
