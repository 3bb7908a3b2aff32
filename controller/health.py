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
from controller.sql import Statement, Transaction
from controller.writer import Writer

_REVISION = Statement("SELECT version_num FROM alembic_version")


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
        await writer.run(_nothing)
        return Readiness(
            ledger=True,
            broker=None if gates is None else gates.connected,
            refused_gate_messages=0 if gates is None else gates.refused,
            version=version("polka"),
            schema_revision=await reads.run(_revision),
            disk_free_mb=_disk_free_mb(settings.database_url),
        )

    return router


def _nothing(_transaction: Transaction) -> None:
    """Takes the write lock and commits: that is the question."""


def _revision(transaction: Transaction) -> str:
    return str(transaction.row(_REVISION, {})[0])


def _disk_free_mb(database_url: str) -> int | None:
    if not is_sqlite(database_url):
        return None
    return shutil.disk_usage(sqlite_file(database_url).parent).free // 1_000_000
