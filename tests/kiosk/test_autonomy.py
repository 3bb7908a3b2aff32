"""A kiosk that wakes up alone says for how long it still may decide, and says it anew in time."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from circulation.api import ReturnRequest
from kiosk.alone import Trust
from kiosk.autonomy import Autonomy
from kiosk.client import ControllerClient
from kiosk.events import LinkTurned
from kiosk.journal import Journal
from kiosk.settings import Settings
from kiosk.snapshots import SnapshotStore
from kiosk.vault import Vault
from tests.kiosk.conftest import OWNER
from tests.kiosk.snapshot_maker import KNOWN_AS, TOKEN, sections, signed

PATIENCE_S = 60.0


def away(_):
    raise httpx2.ConnectError("away")


@pytest.fixture
def told():
    return []


@pytest.fixture
def autonomy(tmp_path, told):
    """Of a kiosk with a snapshot of yesterday and a return that nobody has heard of."""
    settings = Settings(
        device="kiosk-1",
        owner=OWNER,
        controller_url="http://controller",
        token=TOKEN,
        journal=tmp_path / "kiosk.sqlite",
        reader_port="test",
    )
    vault, now = Vault(TOKEN), datetime.now(UTC)
    journal = Journal(settings.journal, vault)
    journal.keep(ReturnRequest(op_id=uuid4(), at=now, owner=OWNER, item_id="A1"))
    journal.close()
    store = SnapshotStore(settings.snapshot_file, vault, KNOWN_AS)
    store.take(signed(sections(), at=now - timedelta(hours=20.5)), settled=0)
    store.close()
    client = ControllerClient("http://c", TOKEN, transport=httpx2.MockTransport(away))
    made = Autonomy(settings, client, told.append)
    made.start()
    yield made
    made.stop()
    client.close()


def turns(told):
    return [event for event in told if isinstance(event, LinkTurned)]


def test_hours_that_are_left_are_told_at_the_start_and_when_they_change(autonomy, told):
    end = time.monotonic() + PATIENCE_S
    while not turns(told) and time.monotonic() < end:
        time.sleep(0.01)
    first = turns(told)

    autonomy.look_at_trust()
    same = turns(told)
    autonomy.alone.set_trust(Trust(age=timedelta(hours=21)))  # as if three hours had gone by
    autonomy.look_at_trust()
    later = turns(told)[-1]
    autonomy.set_trust(Trust(age=timedelta(hours=200)))

    assert first == same == [LinkTurned(alone=True, able=True, hours_left=4)]
    assert later == LinkTurned(alone=True, able=True, hours_left=1)
    assert turns(told)[-1] == LinkTurned(alone=True, able=True)
