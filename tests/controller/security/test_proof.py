"""One answer shows what happened to a copy between its loan and the gate, and what that proves."""

from collections.abc import Iterator

import httpx2
import pytest
from sqlalchemy import Engine

from circulation.api import CHECKOUTS, RETURNS, SIGHTINGS
from circulation.desk import SECURITY_REPAIRS
from circulation.loan import ItemState, Repair, SecurityState, propose_repair
from circulation.proof import SECURITY_PROOF
from controller.db import raw_connection
from controller.devices.registry import add_device
from controller.sql import Dialect, Transaction
from controller.tables import DeviceKind
from tests.controller.conftest import ANNA, ISIL, MTSYRI, Body, Running
from tests.controller.security.test_passages import ARMED, DISARMED, pass_gate

STRANGER = "E004015099999999"


@pytest.fixture
def ledger(running: Running, engine: Engine) -> Iterator[Transaction]:
    add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE)
    transaction = Transaction(raw_connection(engine), Dialect(engine.dialect.name))
    yield transaction
    transaction.close()


def prove(station: httpx2.Client, **asked: str) -> dict:
    answer = station.get(SECURITY_PROOF, params=asked or {"number": MTSYRI})
    assert answer.status_code == 200, answer.text
    return answer.json()


def chain(proof: dict) -> list[tuple]:
    [copy] = proof["copies"]
    keys = ("kind", "device", "antenna", "armed", "verified", "finding")
    return [tuple(step[key] for key in keys) for step in copy["steps"]]


def test_the_chain_from_loan_to_gate(
    running: Running,
    ledger: Transaction,
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(seconds=2)
    kiosk.post(SIGHTINGS, json=body(armed=False, antenna=3))
    running.clock.move(minutes=1)
    pass_gate(running, ledger, DISARMED)

    proof = prove(station)

    assert chain(proof) == [
        ("lent", "kiosk-1", None, None, None, None),
        ("tag_written", "kiosk-1", 3, False, True, None),
        ("passed", "gate-1", 2, False, False, "lent_disarmed"),
        ("tag_seen", "gate-1", 2, False, False, None),
    ]
    assert proof["copies"][0]["conclusion"] == "lent_and_disarmed"
    assert proof["copies"][0]["tag_quality"] > 80
    assert ANNA not in str(proof)


def test_an_alarm_of_a_lent_copy_was_not_the_readers_fault(
    running: Running,
    ledger: Transaction,
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    running.clock.move(minutes=1)
    pass_gate(running, ledger, ARMED)

    proof = prove(station)

    assert proof["copies"][0]["conclusion"] == "lent_not_disarmed"
    assert chain(proof)[1][-1] == "lent_armed"


def test_a_copy_that_left_without_a_loan_is_shown_so_until_it_is_back(
    running: Running,
    ledger: Transaction,
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
) -> None:
    pass_gate(running, ledger, ARMED)
    gone = prove(station)
    running.clock.move(minutes=5)
    kiosk.post(RETURNS, json=body())

    back = prove(station)

    assert gone["copies"][0]["conclusion"] == "carried_out"
    assert back["copies"][0]["conclusion"] == "in_stock"


def test_a_gates_event_proves_its_copies_and_counts_the_strangers(
    running: Running, ledger: Transaction, station: httpx2.Client
) -> None:
    pass_gate(running, ledger, ARMED)
    pass_gate(running, ledger, ARMED, seq=2, uid=STRANGER)
    ours, foreign = (row[0] for row in running.rows("SELECT id FROM gate_event ORDER BY seq"))

    of_ours, of_strangers = prove(station, event=ours), prove(station, event=foreign)

    assert [copy["item_id"] for copy in of_ours["copies"]] == [MTSYRI]
    assert of_strangers == {"copies": [], "foreign_tags": 1}


@pytest.mark.parametrize("asked", [{"number": "нет такой"}, {"event": "0" * 36}, {}])
def test_what_is_not_in_the_ledger_has_no_proof(
    station: httpx2.Client, asked: dict[str, str]
) -> None:
    assert station.get(SECURITY_PROOF, params=asked).status_code == 404


def test_a_kiosk_proves_nothing(kiosk: httpx2.Client) -> None:
    assert kiosk.get(SECURITY_PROOF, params={"number": MTSYRI}).status_code == 403


def test_every_pair_of_loan_and_tag_has_at_most_one_repair() -> None:
    due = {
        (state, security): propose_repair(state, security)
        for state in ItemState
        for security in (SecurityState.ARM_DUE, SecurityState.DISARM_DUE)
    }

    assert all(
        propose_repair(state, as_it_should_be) is None
        for state in ItemState
        for as_it_should_be in (SecurityState.ARMED, SecurityState.DISARMED)
    )
    assert {pair for pair, repair in due.items() if repair is None} == {
        (ItemState.WITHDRAWN, SecurityState.ARM_DUE),
        (ItemState.WITHDRAWN, SecurityState.DISARM_DUE),
    }
    assert due[ItemState.IN_STOCK, SecurityState.ARM_DUE] is Repair.ARM
    assert due[ItemState.ON_LOAN, SecurityState.DISARM_DUE] is Repair.DISARM
    assert due[ItemState.CLAIMED_RETURNED, SecurityState.DISARM_DUE] is Repair.LOOK_ON_SHELF


def test_the_list_proposes_one_repair_and_no_more(
    running: Running,
    ledger: Transaction,
    kiosk: httpx2.Client,
    station: httpx2.Client,
    body: Body,
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    lent = station.get(SECURITY_REPAIRS).json()["copies"]
    running.change("UPDATE item SET state = 'withdrawn'")

    withdrawn = station.get(SECURITY_REPAIRS).json()["copies"]

    assert [(line["item_id"], line["repair"]) for line in lent] == [(MTSYRI, "disarm")]
    assert withdrawn == []
