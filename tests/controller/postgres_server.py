"""A PostgreSQL server of the tests' own: made in a temporary folder, on a Unix socket, and gone.

It ends with the process that started it, however that ends: the kernel tells it (prctl(2),
PR_SET_PDEATHSIG, through setpriv(1)). Tests that are killed leave no server behind.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql")  # where Debian keeps every version, and never in PATH
ACCOUNT = "postgres"  # initdb refuses to work for root; Debian's package makes this account
DRIVER = "postgresql+psycopg"
_PATIENCE_S = 60.0


class PostgresServer:
    """`start` makes and starts a cluster in `folder`; every `create` is a new database in it.

    Start and stop it on a thread that lives as long as the server is needed: the kernel counts
    the thread as the parent.

    A killed controller loses nothing without fsync, only a power cut of this machine would: what
    measures says `durable`.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._fsync = "on" if durable else "off"
        self._folder = folder
        self._binaries = newest()
        self._made = 0

    def start(self) -> None:
        """Ready for connections when this returns."""
        if os.geteuid() == 0:
            shutil.chown(self._folder, ACCOUNT, ACCOUNT)
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8",
            "--username=polka", "--no-sync", "-D", str(self._folder / "data"),
        )  # fmt: skip
        self._serve()

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        return self._server.pid

    def restart(self) -> None:
        """End every session at once, as a crash does, and be ready again."""
        self.stop()
        self._serve()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody answers; ready again afterwards, with all that was committed."""
        self._end(signal.SIGINT)
        try:
            yield
        finally:
            self._serve()

    def stop(self) -> None:
        """End every session and the server."""
        self._end(signal.SIGQUIT)

    def _serve(self) -> None:
        settings = ("listen_addresses=", "max_connections=200", f"fsync={self._fsync}")
        options = [word for one in settings for word in ("-c", one)]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                ["setpriv", "--pdeathsig", "QUIT", *_as_its_account(),
                 str(self._binaries / "postgres"), "-D", str(self._folder / "data"),
                 "-k", str(self._folder), *options],
                cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._admin = self._first_session()

    def _first_session(self) -> psycopg.Connection[tuple[object, ...]]:
        end = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return psycopg.connect(
                    f"host={self._folder} user=polka dbname=postgres", autocommit=True
                )
            except psycopg.OperationalError:
                if self._server.poll() is not None or time.monotonic() > end:
                    raise
            time.sleep(0.02)

    def _end(self, how: signal.Signals) -> None:
        """SIGINT: fast; SIGQUIT: at once, as after a crash (PostgreSQL, Shutting Down)."""
        self._admin.close()
        self._server.send_signal(how)
        self._server.wait(_PATIENCE_S)

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`, to which nobody is connected."""
        self._made += 1
        name = f"ledger{self._made}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Take a database away, whoever is still connected to it."""
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        """What SQLAlchemy opens."""
        return f"{DRIVER}://polka@/{name}?host={self._folder}"

    def _run(self, program: str, *arguments: str) -> None:
        user = ACCOUNT if os.geteuid() == 0 else None
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            user=user,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _as_its_account() -> list[str]:
    if os.geteuid() != 0:
        return []
    return [f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups"]


def newest() -> Path:
    """The folder of the newest PostgreSQL's programs; `LookupError` where there is none."""
    versions = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise LookupError("no PostgreSQL: sudo apt-get install postgresql")
    if os.geteuid() == 0:
        pwd.getpwnam(ACCOUNT)
    return versions[-1].parent
