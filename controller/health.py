"""Is the process there, and can it do its work?"""

from fastapi import APIRouter
from pydantic import BaseModel

from circulation.api import Refusal
from controller.answers import UNAVAILABLE
from controller.gates.service import Gates
from controller.sql import Transaction
from controller.writer import Writer


class Health(BaseModel):
    """The process answers."""

    alive: bool


class Readiness(BaseModel):
    """The ledger takes writes. Without the broker kiosks lend on and gates decide alone."""

    ledger: bool
    broker: bool | None  # None: no gates are set up
    refused_gate_messages: int


def health_routes(writer: Writer, gates: Gates | None) -> APIRouter:
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
        )

    return router


def _nothing(_transaction: Transaction) -> None:
    """Takes the write lock and commits: that is the question."""
