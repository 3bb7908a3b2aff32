"""Alive, and ready."""

import httpx2

from tests.controller.conftest import Running


def test_healthy_controller_says_so(kiosk: httpx2.Client) -> None:
    assert kiosk.get("/healthz").json() == {"alive": True}
    assert kiosk.get("/readyz").json() == {
        "ledger": True,
        "broker": None,
        "refused_gate_messages": 0,
    }


def test_ledger_that_takes_no_writes_is_not_ready(running: Running, kiosk: httpx2.Client) -> None:
    with running.engine.begin():  # holds the write lock longer than the controller waits
        answer = kiosk.get("/readyz")

    assert (answer.status_code, answer.json()["reasons"]) == (503, ["no_connection"])
