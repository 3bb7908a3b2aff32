"""A gate's local list over a real broker: whole at first, then changes, and whole when asked."""

import json

import httpx2
from sqlmodel import Session

from circulation.api import CHECKOUTS, RETURNS, SIGHTINGS
from circulation.messages import MAX_LISTED
from controller.broker import Broker
from controller.tables import Item
from tests.controller.conftest import ANNA, ISIL, MTSYRI_TAG, Body, Running
from tests.controller.gates.conftest import FakeGate

ONE = frozenset({MTSYRI_TAG})


def test_the_list_follows_the_loans_whose_tag_is_armed(
    running: Running, kiosk: httpx2.Client, gate: FakeGate, body: Body
) -> None:
    seen = [gate.follow()]

    for path, said in (
        (CHECKOUTS, body(patron_id=ANNA)),
        (SIGHTINGS, body(armed=False)),
        (SIGHTINGS, body(armed=True)),
        (RETURNS, body()),
    ):
        kiosk.post(path, json=said)
        seen.append(gate.follow())

    assert [held.uids for held in seen] == [frozenset(), ONE, frozenset(), ONE, frozenset()]
    assert [held.how for held in seen] == ["whole", "change", "change", "change", "change"]
    assert [held.version for held in seen] == sorted({held.version for held in seen})


def test_a_gate_that_holds_the_newest_version_hears_that_nothing_changed(
    running: Running, gate: FakeGate
) -> None:
    held = gate.follow()

    gate.ask(held.version)

    assert gate.follow() == type(held)(held.version, held.uids, "change")


def test_a_gate_that_missed_a_change_is_healed_with_the_whole_list(
    running: Running, kiosk: httpx2.Client, gate: FakeGate, body: Body
) -> None:
    gate.follow()
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    newest = gate.follow()

    gate.ask(-1 + newest.version)
    healed = gate.follow()

    assert (healed.how, healed.version, healed.uids) == ("whole", newest.version, ONE)


def test_a_gate_that_comes_later_finds_a_list_and_is_told_the_rest(
    running: Running, kiosk: httpx2.Client, broker: Broker, body: Body, gate: FakeGate
) -> None:
    gate.follow()
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    gate.follow()
    gate.leave()

    late = FakeGate(broker.settings.port, "gate-1")
    retained = late.follow()
    late.ask(retained.version)
    late.held = retained
    now = late.follow()

    assert retained.how == "whole"
    assert now.uids == ONE
    late.leave()


def test_a_gate_for_uhf_tags_gets_all_that_is_lent_because_it_asks(
    running: Running, kiosk: httpx2.Client, gate: FakeGate, body: Body
) -> None:
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    kiosk.post(SIGHTINGS, json=body(armed=False))

    gate.ask(None, "lent")

    assert gate.follow("lent").uids == ONE


def test_a_long_list_comes_in_parts_of_one_version(running: Running, gate: FakeGate) -> None:
    numbers = range(MAX_LISTED)
    with Session(running.engine) as session:
        session.add_all(
            Item(owner=ISIL, item_id=f"X-{n}", title_id=1, tag_uid=f"E004{n:012X}") for n in numbers
        )
        session.commit()

    gate.ask(None, "ours")
    parts = [_next_list(gate, "ours"), _next_list(gate, "ours")]

    assert [(part["part"], part["parts"]) for part in parts] == [(1, 2), (2, 2)]
    assert len({part["version"] for part in parts}) == 1
    assert len({uid for part in parts for uid in part["uids"]}) == MAX_LISTED + 1


def _next_list(gate: FakeGate, kind: str) -> dict:
    while True:
        said = gate.hear("down/list")
        if said["kind"] == kind:
            return said


def test_nothing_personal_is_said_to_gates(
    running: Running, kiosk: httpx2.Client, gate: FakeGate, body: Body
) -> None:
    whole = gate.hear("down/list")
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    change = gate.hear("down/delta")

    said = json.dumps([whole, change], ensure_ascii=False)
    assert set(whole) == {"version", "at", "kind", "part", "parts", "uids"}
    assert set(change) == {"after", "version", "at", "kind", "added", "removed"}
    assert ANNA not in said
