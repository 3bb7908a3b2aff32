"""The burn-in digest says how often a gate would have sounded, and which kiosk is at fault."""

import json

import httpx2

from circulation.api import CHECKOUTS, RETURNS
from controller.gates.routes import DIGEST
from tests.controller.conftest import ANNA, MTSYRI_TAG, Body, Running
from tests.controller.gates.conftest import Event, FakeGate

LATER = "2026-10-14T09:00:30Z"


def alarm_for(uid: str, **more: object) -> dict[str, object]:
    tag = {"uid": uid, "afi": 7, "antenna": 1, "verdict": "alarm"}
    return {"kind": "alarm", "verdict": "alarm", "monitored": True, "tags": [tag], **more}


def test_a_days_silent_alarms_are_told_by_their_reason(
    running: Running, kiosk: httpx2.Client, gate: FakeGate, event: Event, body: Body
) -> None:
    gate.say("up/event", json.dumps(event(1, **alarm_for(MTSYRI_TAG))))
    gate.acknowledged(1)
    kiosk.post(CHECKOUTS, json=body(patron_id=ANNA))
    gate.say("up/event", json.dumps(event(2, **alarm_for(MTSYRI_TAG, at=LATER))))
    gate.say("up/event", json.dumps(event(3, **alarm_for("E004010077777777", at=LATER))))
    gate.acknowledged(2)
    running.clock.move(minutes=1)
    kiosk.post(RETURNS, json=body())  # it was on loan when it went through, and that counts

    digest = httpx2.get(running.url + DIGEST).json()

    assert digest == {
        "day": "2026-10-14",
        "would_have_alarmed": 3,
        "not_disarmed": {"kiosk-1": 1},
        "in_stock": 1,
        "unknown": 1,
    }


def test_an_alarm_that_sounded_is_in_no_digest(
    running: Running, gate: FakeGate, event: Event
) -> None:
    gate.say("up/event", json.dumps(event(1, **alarm_for(MTSYRI_TAG, monitored=False))))
    gate.acknowledged(1)

    assert httpx2.get(running.url + DIGEST).json()["would_have_alarmed"] == 0
