"""What a station did is told to the ledger, whatever its disk does in between."""

import json
import sqlite3
import time
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import pytest

from circulation.api import Refusal
from circulation.encoding import ENCODING_TAGS, TagReceipt
from kiosk.station.client import StationClient
from kiosk.station.outbox import Fact, Outbox, Sender
from tests.kiosk.station.conftest import copy_to_tag


def test_a_disk_that_fails_for_a_moment_does_not_end_the_telling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[UUID, TagReceipt | Refusal] = {}
    outbox = Outbox(tmp_path / "outbox.db")
    client = StationClient("http://controller", "t", transport=httpx2.MockTransport(_takes))
    sender = Sender(outbox, client, told.__setitem__)
    settle, failures = outbox.settle, [sqlite3.OperationalError("disk I/O error")]

    def fails_once(op_id: UUID, outcome: str) -> None:
        if failures:
            raise failures.pop()
        settle(op_id, outcome)

    monkeypatch.setattr(outbox, "settle", fails_once)
    op_id = uuid4()
    outbox.keep(Fact(op_id, ENCODING_TAGS, json.dumps({"op_id": str(op_id)})))

    sender.start()
    end = time.monotonic() + 30
    while op_id not in told and time.monotonic() < end:
        time.sleep(0.01)
    sender.stop()
    waiting = outbox.waiting()
    outbox.close()
    client.close()

    assert (list(told), waiting) == ([op_id], 0)


def _takes(request: httpx2.Request) -> httpx2.Response:
    op_id = UUID(json.loads(request.content)["op_id"])
    receipt = TagReceipt(op_id=op_id, copy_of=copy_to_tag())
    return httpx2.Response(200, json=receipt.model_dump(mode="json"))
