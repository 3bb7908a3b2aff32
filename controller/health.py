"""Is the process there, and can it do its work?"""

import shutil
from importlib.metadata import version

from fastapi import APIRouter
from pydantic import BaseModel

from circulation.api import Refusal
from controller.answers import UNAVAILABLE
from controller.backup import is_sqlite, sqlite_file
from controller.gates.service import Gates
from controller.reads import Reads
from controller.settings import Settings
from controller.sql import LedgerUnavailable, Statement, Transaction
from controller.writer import Writer

_LEAST_FREE_BYTES = 4 << 20  # so much SQLite's log grows before it is written back
_REVISION = Statement("SELECT version_num FROM alembic_version")
# A commit of nothing succeeds on a full disk as well. This writes a page, and means nothing.
_WRITE = Statement(
    "PRAGMA user_version = 1",
    postgresql="SELECT pg_logical_emit_message(true, 'polka', 'ready')",
)


class Health(BaseModel):
    """The process answers."""

    alive: bool


class Readiness(BaseModel):
    """The ledger takes writes. Without the broker kiosks lend on and gates decide alone."""

    ledger: bool
    broker: bool | None  # None: no gates are set up
    refused_gate_messages: int
    version: str
    schema_revision: str
    disk_free_mb: int | None  # where the ledger lies; None: it is on a server


def health_routes(
    writer: Writer, reads: Reads, gates: Gates | None, settings: Settings
) -> APIRouter:
    """`/healthz` for the supervisor, `/readyz` for who sends work here."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz")
    async def healthz() -> Health:
        return Health(alive=True)

    @router.get(
        "/readyz",
        responses={UNAVAILABLE: {"model": Refusal, "description": "The ledger takes no writes"}},
    )
    async def readyz() -> Readiness:
        free = _disk_free(settings.database_url)
        if free is not None and free < _LEAST_FREE_BYTES:
            raise LedgerUnavailable("the disk is full")
        await writer.run(_write)
        return Readiness(
            ledger=True,
            broker=None if gates is None else gates.connected,
            refused_gate_messages=0 if gates is None else gates.refused,
            version=version("polka"),
            schema_revision=await reads.run(_revision),
            disk_free_mb=None if free is None else free // 1_000_000,
        )

    return router


def _write(transaction: Transaction) -> None:
    """Takes the write lock, writes, and commits: that is the question."""
    transaction.rows(_WRITE, {})


def _revision(transaction: Transaction) -> str:
    return str(transaction.row(_REVISION, {})[0])


def _disk_free(database_url: str) -> int | None:
    """Bytes, where the ledger lies; None: it is on a server."""
    if not is_sqlite(database_url):
        return None
    return shutil.disk_usage(sqlite_file(database_url).parent).free
