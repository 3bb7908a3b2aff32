"""Who may talk to the controller, and how devices are."""

import json
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine, text

from circulation.api import (
    ACCOUNTS,
    CARDS_RESOLVE,
    CHECKOUTS,
    DEVICE_STATE,
    ITEMS_RESOLVE,
    RENEWALS,
    RETURNS,
    SIGHTINGS,
)
from circulation.ids import BadId
from controller.devices.registry import add_device
from controller.tables import DeviceKind
from tests.controller.conftest import ANNA, ANNAS_CARD, ISIL, MTSYRI, Body, Running

STATE = {
    "at": "2026-10-14T09:00:00Z",
    "version": "0.1.0",
    "pad": "ok",
    "card_reader": "ok",
    "simulated": False,
}


def good_bodies(body: Body) -> dict[str, dict[str, Any]]:
    return {
        CARDS_RESOLVE: {"uid": ANNAS_CARD},
        ITEMS_RESOLVE: {"copies": [{"owner": ISIL, "item_id": MTSYRI}]},
        CHECKOUTS: body(patron_id=ANNA),
        RENEWALS: body(patron_id=ANNA),
        RETURNS: body(),
        SIGHTINGS: body(armed=True),
        DEVICE_STATE: STATE,
    }


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic YTpi", "wrong"])
def test_stranger_gets_nothing_anywhere(running: Running, body: Body, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    with httpx2.Client(base_url=running.url, headers=headers) as stranger:
        answers = [stranger.post(path, json=sent) for path, sent in good_bodies(body).items()]
        answers.append(stranger.get(f"{ACCOUNTS}/{ANNA}"))

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["reasons"][0] for answer in answers} == {"device_unknown"}
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}
    assert running.scalar("SELECT count(*) FROM operation") == 0


def test_token_is_not_in_the_ledger(engine: Engine, tokens: dict[str, str]) -> None:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM device")).all()

    assert len(tokens["kiosk-1"]) >= 43  # 32 bytes
    assert tokens["kiosk-1"] not in str(rows)


def test_new_token_ends_the_old_one_at_once(
    running: Running, kiosk: httpx2.Client, body: Body
) -> None:
    new = add_device(running.engine, isil=ISIL, name="kiosk-1", kind=DeviceKind.KIOSK)

    old_answer = kiosk.post(RETURNS, json=body())
    new_answer = kiosk.post(RETURNS, json=body(), headers={"Authorization": f"Bearer {new}"})

    assert (old_answer.status_code, new_answer.status_code) == (401, 200)


def test_gate_gets_no_token(engine: Engine, tokens: dict[str, str]) -> None:
    assert tokens
    assert add_device(engine, isil=ISIL, name="gate-1", kind=DeviceKind.GATE) is None


@pytest.mark.parametrize("name", ["", "Kiosk", "a/b", "kiosk+1", "x" * 33])
def test_name_that_is_unsafe_in_topics_is_refused(
    engine: Engine, tokens: dict[str, str], name: str
) -> None:
    assert tokens
    with pytest.raises(BadId):
        add_device(engine, isil=ISIL, name=name, kind=DeviceKind.KIOSK)


def test_state_is_kept_and_only_a_change_is_news(running: Running, kiosk: httpx2.Client) -> None:
    reports = [
        STATE,
        STATE | {"at": "2026-10-14T09:01:00Z"},
        STATE | {"at": "2026-10-14T09:02:00Z", "pad": "lost"},
    ]

    statuses = [kiosk.post(DEVICE_STATE, json=report).status_code for report in reports]

    assert statuses == [204, 204, 204]
    [(state, seen)] = running.rows("SELECT state, last_seen FROM device WHERE name = 'kiosk-1'")
    assert (json.loads(state)["pad"], seen) == ("lost", "2026-10-14T09:00:00.000000+00:00")
    assert running.scalar("SELECT count(*) FROM event WHERE kind = 'device_changed'") == 2
