"""Alive, and ready."""

from importlib.metadata import version

import httpx2

from circulation.api import CARDS_RESOLVE
from controller.sql import Dialect
from tests.controller.conftest import ANNAS_CARD, Running


def test_healthy_controller_says_so(running: Running, kiosk: httpx2.Client) -> None:
    assert kiosk.get("/healthz").json() == {"alive": True}
    ready = kiosk.get("/readyz").json()
    disk_free_mb = ready.pop("disk_free_mb")
    on_a_server = running.engine.dialect.name == Dialect.POSTGRESQL
    assert disk_free_mb is None if on_a_server else disk_free_mb > 0
    assert ready.pop("schema_revision") == running.scalar("SELECT version_num FROM alembic_version")
    assert ready == {
        "ledger": True,
        "broker": None,
        "refused_gate_messages": 0,
        "version": version("polka"),
    }


def test_ledger_that_cannot_be_read_says_so(running: Running, kiosk: httpx2.Client) -> None:
    running.change("ALTER TABLE card RENAME TO card_elsewhere")  # as from another version

    answer = kiosk.post(CARDS_RESOLVE, json={"uid": ANNAS_CARD})

    assert (answer.status_code, answer.json()["reasons"]) == (503, ["no_connection"])


def test_ledger_that_takes_no_writes_is_not_ready(running: Running, kiosk: httpx2.Client) -> None:
    with running.writing():  # longer than the controller waits
        answer = kiosk.get("/readyz")

    assert (answer.status_code, answer.json()["reasons"]) == (503, ["no_connection"])
