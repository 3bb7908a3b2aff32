"""A kiosk that kept what it did, and sends it when the controller is back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx2
import pytest

from circulation.offline import CONFLICTS_SETTLE, OPERATIONS
from tests.controller.conftest import Body, Running

Late = Callable[..., dict[str, Any]]
Send = Callable[..., list[dict[str, Any]]]
Settle = Callable[..., httpx2.Response]
BY_STAFF = {"note": "книга у Орлова, видела сама"}


@pytest.fixture
def late(body: Body) -> Late:
    """One operation as the kiosk kept it, numbered in the order of making."""
    number = 0

    def make(
        kind: str,
        *,
        at: datetime | None = None,
        clock: str = "sure",
        offline: bool = True,
        **fields: object,
    ) -> dict[str, Any]:
        nonlocal number
        number += 1
        request = body(**fields) | ({} if at is None else {"at": at.isoformat()})
        common = {"kind": kind, "seq": number, "clock": clock, "offline": offline}
        return common | {"request": request}

    return make


@pytest.fixture
def send(running: Running, tokens: dict[str, str]) -> Send:
    """Send a batch and give its answers."""

    def batch(*operations: dict[str, Any], device: str = "kiosk-1") -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {tokens[device]}"}
        url = running.url + OPERATIONS
        answer = httpx2.post(url, json={"operations": operations}, headers=headers, timeout=15)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["answers"])

    return batch


@pytest.fixture
def settle(station: httpx2.Client, body: Body) -> Settle:
    def answer(choice: str, conflict_id: int = 1) -> httpx2.Response:
        request = body()
        common = {"op_id": request["op_id"], "at": request["at"]}
        decision = {"conflict_id": conflict_id, "choice": choice} | BY_STAFF
        return station.post(CONFLICTS_SETTLE, json=common | decision)

    return answer
