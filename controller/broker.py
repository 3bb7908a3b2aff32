"""The broker: mosquitto from Debian, set up and started as a child of ours.

The limits are the ones a trial found necessary: the default queue of 1,000 messages drops the rest
silently after a success acknowledgement, and the default saving interval of 30 minutes loses far
too much at a power cut (mosquitto.conf(5): max_queued_messages, autosave_interval). Saving at every
change (autosave_on_changes) would write the whole store each time: a burst of 4,000 events then
took minutes instead of one second, and it is not needed. What the broker loses, gates send again
until the controller has committed it.
"""

import base64
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from controller.broker_tls import ensure_certificates

CONTROLLER_USER = "controller"
_SAVED_EVERY_S = 5
_START_TIMEOUT_S = 10.0
_STOP_TIMEOUT_S = 5.0
_SBIN = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")  # not in a plain user's PATH


class BrokerUnavailable(RuntimeError):
    """mosquitto is not installed, or it did not start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class TlsListener:
    """Where devices speak, with `names` (hosts and addresses) by which they call the broker."""

    port: int
    names: tuple[str, ...]
    host: str = "0.0.0.0"  # noqa: S104  # devices come from the whole LAN, with password and TLS


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where the broker listens and who may speak. `passwords` maps user name to password.

    `port` is the controller's, without TLS: keep `host` on this machine.
    """

    state: Path
    library: str
    port: int
    passwords: Mapping[str, str]
    host: str = "127.0.0.1"
    tls: TlsListener | None = None


def find_mosquitto(name: str = "mosquitto") -> Path:
    """The program's path, looked for in sbin too; `BrokerUnavailable` when there is none."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *_SBIN])
    found = shutil.which(name, path=path)
    if found is None:
        raise BrokerUnavailable(f"{name} is not installed: sudo apt-get install mosquitto")
    return Path(found)


def write_configuration(settings: BrokerSettings) -> Path:
    """Write configuration, rights and hashed passwords under `settings.state`; returns the file."""
    settings.state.mkdir(parents=True, exist_ok=True)
    passwords, rights = settings.state / "passwords", settings.state / "rights"
    _write_private(passwords, "".join(f"{u}:{p}\n" for u, p in settings.passwords.items()))
    subprocess.run(  # noqa: S603  # hashes the file in place
        [find_mosquitto("mosquitto_passwd"), "-U", passwords], check=True, capture_output=True
    )
    _write_private(rights, _rights(settings.library, settings.passwords))
    configuration = settings.state / "mosquitto.conf"
    configuration.write_text(_configuration(settings, passwords, rights), encoding="utf-8")
    return configuration


def mosquitto_hash(password: str) -> str:
    """The password as mosquitto_passwd of 2.0 writes it: ``$7$``, PBKDF2-HMAC-SHA-512, 101 rounds.

    So few rounds suffice because every password here is random and long.
    """
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"$7$101${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def read_hashes(folder: Path) -> dict[str, str]:
    """User name to password hash as the broker's file has them; empty when there is no file."""
    try:
        text = (folder / "passwords").read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    pairs = (line.partition(":") for line in text.splitlines() if line)
    return {name: password_hash for name, _, password_hash in pairs}


def write_access(folder: Path, library: str, hashes: Mapping[str, str]) -> None:
    """Only these users have a password and rights; the broker knows after `reload`.

    Rights first: a crash in between leaves a user who may connect and do nothing.
    """
    _replace_private(folder / "rights", _rights(library, hashes))
    _replace_private(folder / "passwords", "".join(f"{u}:{h}\n" for u, h in hashes.items()))


def reload(folder: Path) -> None:
    """Have the broker of this folder read its files anew, or `BrokerUnavailable`."""
    try:
        os.kill(int((folder / "mosquitto.pid").read_text(encoding="ascii")), signal.SIGHUP)
    except (OSError, ValueError) as error:
        raise BrokerUnavailable(
            f"the broker of {folder} could not be told to read its files anew ({error}); is it"
            " running, as this user, with pid_file mosquitto.pid in that folder?"
        ) from error


def _rights(library: str, users: Iterable[str]) -> str:
    """The controller reads and writes all; a device only under its own name.

    Each device is named: a pattern would leave the live session of a revoked one its rights.
    """
    parts = [f"user {CONTROLLER_USER}\ntopic readwrite polka/v1/#\n"]
    for user in users:
        if user != CONTROLLER_USER:
            own = f"polka/v1/{library}/{user}"
            parts.append(
                f"user {user}\n"
                f"topic write {own}/up/#\n"
                f"topic write {own}/state\n"
                f"topic read {own}/down/#\n"
            )
    return "\n".join(parts)


def _configuration(settings: BrokerSettings, passwords: Path, rights: Path) -> str:
    lines = {
        "listener": f"{settings.port} {settings.host}",
        "allow_anonymous": "false",
        "password_file": passwords,
        "acl_file": rights,
        "pid_file": settings.state / "mosquitto.pid",
        "persistence": "true",
        "persistence_location": f"{settings.state}/",
        "autosave_interval": f"{_SAVED_EVERY_S}",
        "max_queued_messages": "100000",
        "max_inflight_messages": "200",
        "message_size_limit": "65536",
        "set_tcp_nodelay": "true",
        "persistent_client_expiration": "30d",
        "log_dest": f"file {settings.state}/mosquitto.log",
        "log_timestamp_format": "%Y-%m-%dT%H:%M:%S",
    }
    if os.geteuid() == 0:
        lines["user"] = "root"  # started by root it would become `mosquitto` and lose its own files
    text = "".join(f"{key} {value}\n" for key, value in lines.items())
    return text if settings.tls is None else text + _tls_listener(settings.state, settings.tls)


def _tls_listener(state: Path, tls: TlsListener) -> str:
    """A device's user name is its client id: nobody can take over another's session."""
    files = ensure_certificates(state / "tls", tls.names)
    return (
        f"listener {tls.port} {tls.host}\n"
        f"certfile {files.certificate}\nkeyfile {files.key}\ntls_version tlsv1.2\n"
        "use_username_as_clientid true\n"
    )


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _replace_private(path: Path, text: str) -> None:
    """All or nothing: the broker must never read half a file."""
    new = path.with_name(path.name + ".new")
    _write_private(new, text)
    new.replace(path)


class Broker:
    """A mosquitto child process. Its state survives `kill` and a new `start`."""

    def __init__(self, settings: BrokerSettings) -> None:
        self.settings = settings
        self._configuration = write_configuration(settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it listens; `BrokerUnavailable` when it cannot."""
        if self._listens():
            raise BrokerUnavailable(self._failure())
        self._process = subprocess.Popen(  # noqa: S603
            [find_mosquitto(), "-c", self._configuration],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + _START_TIMEOUT_S
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise BrokerUnavailable(self._failure())
            time.sleep(0.02)

    def _failure(self) -> str:
        place = f"{self.settings.host}:{self.settings.port}"
        log = self.settings.state / "mosquitto.log"
        return f"mosquitto did not start on {place}: is the port taken? Its words are in {log}"

    def _listens(self) -> bool:
        try:
            with socket.create_connection((self.settings.host, self.settings.port), timeout=0.2):
                return True
        except OSError:
            return False

    @property
    def running(self) -> bool:
        """True while the child lives."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End it in good order, so that it saves its state."""
        self._end(kill=False)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill() if kill else self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
