"""Keep the broker's password and rights files as the ledger says, and kick who is out.

A live session survives both a new password file and a reload, so it is ended by connecting once
with its client id (mosquitto 2.0.11, tried). The files are compared every ten seconds: a crash in
between, or another process that revoked, is caught up with.
"""

import threading
from pathlib import Path

import structlog

from controller.broker import (
    CONTROLLER_USER,
    BrokerUnavailable,
    mosquitto_hash,
    read_hashes,
    reload,
    write_access,
)
from controller.mqtt import kick
from controller.reads import Reads
from controller.settings import MqttSettings
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind

_LOOK_AGAIN_S = 10.0
_log = structlog.get_logger()

_GATES = Statement(
    "SELECT d.name, a.mqtt_hash FROM device d JOIN library l ON l.isil = d.library"
    " LEFT JOIN device_access a ON a.device_id = d.id"
    " WHERE l.name = :library AND d.kind = :kind AND a.revoked_at IS NULL"
)


class BrokerAccess:
    """Call `wake` after access was given or taken."""

    def __init__(self, settings: MqttSettings, folder: Path, library: str, reads: Reads) -> None:
        self._settings = settings
        self._folder = folder
        self._library = library
        self._reads = reads
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._untold = False  # the files are newer than what the broker has read
        self._to_kick: set[str] = set()
        self._thread = threading.Thread(target=self._work, name="broker-access", daemon=True)

    def start(self) -> None:
        """Begin to compare."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._woken.set()
        self._thread.join()

    def wake(self) -> None:
        """Access changed; returns at once."""
        self._woken.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            try:
                self._apply()
            except Exception as error:  # noqa: BLE001  # the next look may find the disk well again
                _log.error("broker_access_stuck", error=type(error).__name__)
            self._woken.wait(_LOOK_AGAIN_S)
            self._woken.clear()

    def _apply(self) -> None:
        rows = self._reads.run_in_thread(self._read)
        old = read_hashes(self._folder)
        new = _wanted(rows, old, self._settings)
        if new != old:
            write_access(self._folder, self._library, new)
            self._untold = True
            self._to_kick |= {name for name in old if new.get(name) != old[name]}
            _log.info("broker_access_written", gates=len(new) - 1)
        if self._untold:
            self._tell()
        for name in sorted(self._to_kick):
            if kick(self._settings, name):  # a gate's client id is its name
                self._to_kick.discard(name)
                _log.info("gate_kicked", gate=name)

    def _read(self, transaction: Transaction) -> list[tuple[str, str | None]]:
        parameters = {"library": self._library, "kind": DeviceKind.GATE.value}
        return transaction.rows(_GATES, parameters)

    def _tell(self) -> None:
        try:
            reload(self._folder)
        except BrokerUnavailable as error:
            _log.warning("broker_not_told", why=str(error))
        else:
            self._untold = False


def _wanted(
    gates: list[tuple[str, str | None]], old: dict[str, str], settings: MqttSettings
) -> dict[str, str]:
    """A gate whose password was set by hand keeps it; who is not in the ledger has none."""
    own = old.get(settings.username) or mosquitto_hash(settings.password.get_secret_value())
    wanted = {settings.username: own}
    for name, given in gates:
        password_hash = given or old.get(name)
        if password_hash is not None and name != CONTROLLER_USER:
            wanted[name] = password_hash
    return wanted
