"""A PostgreSQL server of the tests' own: made in a temporary folder, on a Unix socket, and gone."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

BINARIES = Path("/usr/lib/postgresql")  # where Debian keeps every version, and never in PATH
ACCOUNT = "postgres"  # initdb refuses to work for root; Debian's package makes this account
DRIVER = "postgresql+psycopg"


class PostgresServer:
    """`start` makes and starts a cluster in `folder`; every `create` is a new database in it.

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
        self._serve("start")

    def restart(self) -> None:
        """End every session at once, as a crash does, and be ready again."""
        self._admin.close()
        self._serve("restart", "--mode=immediate")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nobody answers; ready again afterwards, with all that was committed."""
        self._admin.close()
        data = str(self._folder / "data")
        self._run("pg_ctl", "stop", "--mode=fast", "--wait", "-D", data)
        try:
            yield
        finally:
            self._serve("start")

    def _serve(self, act: str, *how: str) -> None:
        options = (
            f"-c listen_addresses= -k {self._folder} -c max_connections=200 -c fsync={self._fsync}"
        )
        log = str(self._folder / "log")
        data = str(self._folder / "data")
        self._run("pg_ctl", act, *how, "--wait", "-D", data, "-l", log, "-o", options)
        self._admin = psycopg.connect(
            f"host={self._folder} user=polka dbname=postgres", autocommit=True
        )

    def stop(self) -> None:
        """End every session and the server."""
        self._admin.close()
        self._run("pg_ctl", "stop", "--mode=immediate", "-D", str(self._folder / "data"))

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
            stdout=subprocess.DEVNULL,  # pg_ctl's child keeps a pipe open for ever
            stderr=subprocess.DEVNULL,
        )


def newest() -> Path:
    """The folder of the newest PostgreSQL's programs; `LookupError` where there is none."""
    versions = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise LookupError("no PostgreSQL: sudo apt-get install postgresql")
    if os.geteuid() == 0:
        pwd.getpwnam(ACCOUNT)
    return versions[-1].parent
