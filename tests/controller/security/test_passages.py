"""A tag at a gate is held against the ledger: what it means, and what it mends."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Engine

from circulation.api import CHECKOUTS, RETURNS, SIGHTINGS
from circulation.desk import SECURITY_REPAIRS, SECURITY_WORN_TAGS
from circulation.loan import ItemState
from circulation.messages import Clock, Direction, GateEvent, GateEventKind, GateTag, Verdict
from circulation.proof import Finding
from circulation.tags.afi import SecurityAfi
from controller.db import raw_connection
from controller.devices.registry import add_device
from controller.gates.store import store_event
from controller.security.ledger import tag_quality
from controller.security.passages import classify, keep_findings
from controller.sql import Dialect, Transaction
from controller.tables import DeviceKind
from tests.controller.conftest import ANNA, ISIL, MTSYRI, MTSYRI_TAG, Body, Running

ARMED, DISARMED = 0x07, 0xC2


@pytest.mark.parametrize(
    ("state", "armed", "finding"),
    [
        (ItemState.ON_LOAN, False, Finding.LENT_DISARMED),
        (ItemState.ON_LOAN, True, Finding.LENT_ARMED),
        (ItemState.IN_STOCK, True, Finding.STOCK_ARMED),
        (ItemState.IN_STOCK, False, Finding.STOCK_DISARMED),
        (ItemState.LOST, True, Finding.NOT_LENDABLE),
        (ItemState.CLAIMED_RETURNED, False, Finding.NOT_LENDABLE),
        (ItemState.IN_STOCK, None, Finding.FOREIGN),
        (None, True, Finding.FOREIGN),
        (None, None, Finding.FOREIGN),
    ],
)
def test_every_tag_has_a_meaning(
    state: ItemState | None, armed: bool | None, finding: Finding
) -> None:
    assert classify(state, armed=armed) is finding


@pytest.fixture
def ledger(running: Running, engine: Engine) -> Iterator[Transaction]:
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    yield transaction
    transaction.close()


def pass_gate(
    running: Running,
    ledger: Transaction,
    afi: int,
    *,
    seq: int = 1,
    late: timedelta = timedelta(),
    clock: Clock = Clock.SURE,
    uid: str = MTSYRI_TAG,
    eas: bool | None = None,
) -> None:
    now = running.clock()
    tag = GateTag(uid=uid, afi=afi, antenna=2, verdict=Verdict.SILENT, eas=eas)
    event = GateEvent(
        id=uuid4(),
        seq=seq,
        at=now - late,
        clock=clock,
        kind=GateEventKind.PASSAGE,
        direction=Direction.OUT,
        tags=(tag,),
        count_in=0,
        count_out=seq,
    )
    gate = running.scalar("SELECT id FROM device WHERE name = 'gate-1'")
    ledger.begin_write()
    store_event(ledger, gate, event, now)
    keep_findings(ledger, gate, event, SecurityAfi(), now)
    ledger.commit()


def security(running: Running) -> str:
    return str(running.scalar("SELECT security FROM item WHERE item_id = :item", item=MTSYRI))


def test_copy_in_stock_seen_disarmed_becomes_a_task(
    running: Running, ledger: Transaction, station: httpx2.Client
) -> None:
    pass_gate(running, ledger, DISARMED)

    [line] = station.get(SECURITY_REPAIRS).json()["copies"]
    assert (line["item_id"], line["security"]) == (MTSYRI, "arm_due")
    assert (line["seen_by"], line["antenna"], line["verified"]) == ("gate-1", 2, False)
    assert running.rows("SELECT finding FROM gate_tag") == [("stock_disarmed",)]
    assert running.scalar("SELECT count(*) FROM event WHERE kind = 'security_odd'") == 1


def test_pad_that_arms_it_ends_the_task(
    running: Running,
    ledger: Transaction,
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
) -> None:
    pass_gate(running, ledger, DISARMED)
    running.clock.move(minutes=1)

    kiosk.post(SIGHTINGS, json=body(armed=True, antenna=1))

    assert station.get(SECURITY_REPAIRS).json()["copies"] == []
    assert running.rows("SELECT armed, verified, antenna FROM item_sighting") == [(1, 1, 1)]


def test_lent_copy_that_passes_disarmed_is_healed(
    running: Running, ledger: Transaction, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    pass_gate(running, ledger, DISARMED)

    assert security(running) == "disarmed"
    assert running.rows("SELECT finding FROM gate_tag") == [("lent_disarmed",)]


@pytest.mark.parametrize(
    ("afi", "eas", "finding"),
    [
        (DISARMED, True, "lent_armed"),
        (0x00, True, "lent_armed"),
        (0x00, False, "lent_disarmed"),
        (DISARMED, False, "lent_disarmed"),
    ],
)
def test_where_the_gate_goes_by_eas_the_bit_counts(
    running: Running,
    ledger: Transaction,
    kiosk: httpx2.Client,
    body: Body,
    afi: int,
    eas: bool,
    finding: str,
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    pass_gate(running, ledger, afi, eas=eas)

    assert running.rows("SELECT finding FROM gate_tag") == [(finding,)]


def test_lent_copy_that_passes_armed_is_due_again(
    running: Running, ledger: Transaction, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(SIGHTINGS, json=body(armed=False))
    running.clock.move(minutes=1)

    pass_gate(running, ledger, ARMED)

    assert security(running) == "disarm_due"


@pytest.mark.parametrize(
    ("late", "certainty"), [(timedelta(minutes=5), Clock.SURE), (timedelta(), Clock.UNSURE)]
)
def test_old_or_doubtful_event_is_kept_and_changes_nothing(
    running: Running, ledger: Transaction, late: timedelta, certainty: Clock
) -> None:
    pass_gate(running, ledger, DISARMED, late=late, clock=certainty)

    assert security(running) == "armed"
    assert running.rows("SELECT finding FROM gate_tag") == [("stock_disarmed",)]
    assert running.scalar("SELECT count(*) FROM item_sighting") == 0


def test_event_older_than_the_return_does_not_undo_it(
    running: Running, ledger: Transaction, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(RETURNS, json=body())

    pass_gate(running, ledger, DISARMED, late=timedelta(minutes=1))

    assert security(running) == "armed"


@pytest.mark.parametrize(("uid", "afi"), [("E004015012345602", ARMED), (MTSYRI_TAG, 0x00)])
def test_tag_of_somebody_else_is_foreign(
    running: Running, ledger: Transaction, uid: str, afi: int
) -> None:
    pass_gate(running, ledger, afi, uid=uid)

    assert running.rows("SELECT finding FROM gate_tag") == [("foreign",)]
    assert security(running) == "armed"


def test_sighting_that_was_not_read_back_is_kept_and_believed_by_nobody(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))

    kiosk.post(SIGHTINGS, json=body(armed=False, verified=False))

    assert security(running) == "disarm_due"
    assert running.rows("SELECT verified FROM item_sighting") == [(0,)]


def test_tag_that_often_fails_is_worn(
    kiosk: httpx2.Client, station: httpx2.Client, body: Body
) -> None:
    kiosk.post(SIGHTINGS, json=body(armed=True, failed_writes=6))

    [tag] = station.get(SECURITY_WORN_TAGS).json()["tags"]

    assert (tag["item_id"], tag["failed_writes"], tag["tag_quality"]) == (MTSYRI, 6, 59)


@pytest.mark.parametrize(
    ("sightings", "failed", "quality"), [(0, 0, 90), (100, 0, 99), (10, 10, 63), (0, 100, 8)]
)
def test_quality_is_a_share_that_begins_with_trust(
    sightings: int, failed: int, quality: int
) -> None:
    assert tag_quality(sightings, failed) == quality


@pytest.mark.parametrize("path", [SECURITY_REPAIRS, SECURITY_WORN_TAGS])
def test_lists_of_the_desk_are_not_for_a_kiosk(kiosk: httpx2.Client, path: str) -> None:
    assert kiosk.get(path).status_code == 403
