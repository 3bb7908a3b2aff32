"""Gate events over a real broker: stored once, acknowledged after the commit, damage set aside."""

import json
from collections.abc import Callable
from uuid import uuid4

import httpx2
import pytest

from controller.broker import Broker
from tests.controller.conftest import MTSYRI_TAG, Running
from tests.controller.gates.conftest import Event, FakeGate

Eventually = Callable[[Callable[[], bool]], bool]
ARMED_TAG = {"uid": MTSYRI_TAG, "afi": 7, "antenna": 1, "verdict": "alarm"}
STRANGE_TAG = {"uid": "E004015099999999", "afi": 0, "antenna": 1, "verdict": "silent"}


def test_event_is_stored_and_then_acknowledged(
    running: Running, gate: FakeGate, event: Event
) -> None:
    sent = event(1, kind="alarm", verdict="alarm", tags=[ARMED_TAG, STRANGE_TAG], reaction_ms=1.5)

    gate.say("up/event", json.dumps(sent))

    assert gate.hear("down/ack") == {"ids": [sent["id"]]}
    assert running.rows("SELECT id, seq, kind, verdict, count_out FROM gate_event") == [
        (sent["id"], 1, "alarm", "alarm", 1)
    ]


def test_log_names_the_book_that_made_the_alarm(
    running: Running, gate: FakeGate, event: Event
) -> None:
    tags = [STRANGE_TAG, ARMED_TAG]

    gate.say("up/event", json.dumps(event(1, kind="alarm", verdict="alarm", tags=tags)))
    gate.hear("down/ack")

    [(kind, title, detail)] = running.rows(
        "SELECT e.kind, t.title, e.detail FROM event e JOIN title t ON t.id = e.title_id"
    )
    assert (kind, title) == ("gate_alarmed", "Мцыри")
    assert json.loads(detail)["tags"] == 2
    assert "Тревога" in httpx2.get(running.url).text


def test_an_alarm_for_what_nobody_could_name_is_shown_without_a_title(
    running: Running, gate: FakeGate, event: Event
) -> None:
    gate.say("up/event", json.dumps(event(1, kind="alarm", verdict="alarm", tags=[])))
    gate.hear("down/ack")

    [(kind, title)] = running.rows("SELECT kind, title_id FROM event")
    assert (kind, title) == ("gate_alarmed", None)
    assert "Тревога" in httpx2.get(running.url).text


def test_event_sent_twice_is_stored_once_and_acknowledged_twice(
    running: Running, gate: FakeGate, event: Event
) -> None:
    sent = event(1)

    for _ in range(2):
        gate.say("up/event", json.dumps(sent))
        assert gate.hear("down/ack") == {"ids": [sent["id"]]}

    assert running.scalar("SELECT count(*) FROM gate_event") == 1
    assert running.scalar("SELECT count(*) FROM event") == 1


def test_many_events_are_each_stored_and_acknowledged_once(
    running: Running, gate: FakeGate, event: Event
) -> None:
    sent = [event(number) for number in range(1, 301)]

    for one in sent:
        gate.say("up/event", json.dumps(one))
    acknowledged: list[str] = []
    while len(acknowledged) < len(sent):
        acknowledged += gate.hear("down/ack")["ids"]

    assert sorted(acknowledged) == sorted(one["id"] for one in sent)
    assert running.scalar("SELECT count(*) FROM gate_event") == 300
    assert running.scalar("SELECT count(DISTINCT seq) FROM gate_event") == 300


def test_no_acknowledgement_before_the_commit(
    running: Running, gate: FakeGate, event: Event
) -> None:
    sent = event(1)
    with running.writing():
        gate.say("up/event", json.dumps(sent))
        nothing_yet = gate.hears_nothing("down/ack", for_s=0.5)

    assert nothing_yet
    assert gate.hear("down/ack") == {"ids": [sent["id"]]}


def test_failing_commit_is_tried_again_until_it_succeeds(
    running: Running, gate: FakeGate, event: Event
) -> None:
    running.break_commits("gate_event")
    sent = event(1)
    gate.say("up/event", json.dumps(sent))
    nothing_yet = gate.hears_nothing("down/ack", for_s=0.5)

    running.mend_commits("gate_event")

    assert nothing_yet
    assert gate.hear("down/ack") == {"ids": [sent["id"]]}
    assert running.scalar("SELECT count(*) FROM gate_event") == 1


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "json_invalid"),
        (b"\xff\xfe\x00", "json_invalid"),
        (b'{"schema": 1', "json_invalid"),
        (b"[" * 5_000, "json_invalid"),
        (b"[]", "model_type"),
        (b'{"schema": 2}', "literal_error schema"),
    ],
)
def test_damage_is_set_aside_with_its_reason_and_holds_up_nobody(
    running: Running, gate: FakeGate, event: Event, payload: bytes, reason: str
) -> None:
    sound = event(1)

    gate.say("up/event", payload)
    gate.say("up/event", payload)  # the gate repeats what is not acknowledged
    gate.say("up/event", json.dumps(sound))

    assert gate.hear("down/ack") == {"ids": [sound["id"]]}
    refused = running.rows("SELECT detail FROM event WHERE kind = 'gate_message_refused'")
    assert [json.loads(detail)["reason"] for (detail,) in refused] == [reason]
    assert httpx2.get(f"{running.url}/readyz").json()["refused_gate_messages"] == 2


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"count_in": 2**63}, "counter_too_large"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "time_out_of_range"),
        ({"direction": "up"}, "enum direction"),
        ({"patron": "Анна"}, "extra_forbidden patron"),
        ({"at": "2025-09-01T09:00:00Z"}, "too_old"),
        ({"at": "2026-10-16T09:00:00Z"}, "in_the_future"),
    ],
)
def test_event_that_cannot_be_is_set_aside(
    running: Running, gate: FakeGate, event: Event, fields: dict[str, object], reason: str
) -> None:
    sound = event(2)

    refused = event(1, **fields)
    gate.say("up/event", json.dumps(refused))
    gate.say("up/event", json.dumps(sound))

    assert gate.acknowledged(2) == {refused["id"], sound["id"]}, "its text is kept: it may forget"
    assert running.rows("SELECT seq FROM gate_event") == [(2,)]
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'gate_message_refused'")
    assert json.loads(detail)["reason"] == reason


def test_number_used_twice_is_kept_in_the_log(
    running: Running, gate: FakeGate, event: Event
) -> None:
    first, second = event(1), event(1)

    gate.say("up/event", json.dumps(first))
    gate.hear("down/ack")
    gate.say("up/event", json.dumps(second))

    assert gate.hear("down/ack") == {"ids": [second["id"]]}
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'gate_message_refused'")
    assert json.loads(detail)["reason"] == "number_taken"
    assert second["id"] in json.loads(detail)["payload"]


def test_device_that_is_no_known_gate_is_refused(
    running: Running, broker: Broker, event: Event, eventually: Eventually
) -> None:
    stranger = FakeGate(broker.settings.port, "gate-x")

    stranger.say("up/event", json.dumps(event(1)))

    refused = "SELECT count(*) FROM event WHERE kind = 'gate_message_refused'"
    assert eventually(lambda: running.scalar(refused) == 1)
    assert running.scalar("SELECT count(*) FROM gate_event") == 0
    assert stranger.hears_nothing("down/ack", for_s=0.3)
    stranger.leave()


def test_people_are_counted_from_the_gates_own_counters(
    running: Running, gate: FakeGate, event: Event
) -> None:
    gate.say("up/event", json.dumps(event(1, count_in=100, count_out=90)))
    gate.hear("down/ack")
    running.clock.move(days=1)
    today = event(2, at="2026-10-15T08:59:58Z", count_in=103, count_out=95)
    gate.say("up/event", json.dumps(today))
    gate.hear("down/ack")

    page = httpx2.get(f"{running.url}/live/now").text

    assert "<b>3</b> вошли" in page
    assert "<b>5</b> вышли" in page


def test_gate_is_shown_as_its_state_says(
    running: Running, gate: FakeGate, eventually: Eventually
) -> None:
    online = {"presence": "online", "reader": "lost", "queue": 3, "version": "0.1.0"}
    gate.say("state", json.dumps(online), retain=True)
    assert eventually(lambda: "не отвечает" in httpx2.get(f"{running.url}/live/now").text)

    gate.say("state", json.dumps({"presence": "offline"}), retain=True)

    assert eventually(
        lambda: "нет связи, было на связи" in httpx2.get(f"{running.url}/live/now").text
    )


def test_broker_killed_in_between_loses_nothing(
    running: Running, gate: FakeGate, broker: Broker, event: Event
) -> None:
    before, after = event(1), event(2)
    gate.say("up/event", json.dumps(before))
    gate.hear("down/ack")

    broker.kill()
    broker.start()

    gate.say_until_acknowledged(after)
    assert running.rows("SELECT seq FROM gate_event ORDER BY seq") == [(1,), (2,)]


def test_event_id_of_another_gate_is_not_mistaken_for_its_own(
    running: Running, gate: FakeGate, event: Event
) -> None:
    shared = str(uuid4())
    gate.say("up/event", json.dumps(event(1, id=shared)))
    gate.hear("down/ack")

    gate.say("up/event", json.dumps(event(2, id=shared)))

    assert gate.hear("down/ack") == {"ids": [shared]}
    [(detail,)] = running.rows("SELECT detail FROM event WHERE kind = 'gate_message_refused'")
    assert json.loads(detail)["reason"] == "number_taken"


def test_prometheus_hears_how_each_gate_is(
    running: Running, gate: FakeGate, eventually: Eventually
) -> None:
    state = {
        "presence": "online",
        "at": "2026-10-14T08:59:30Z",
        "reader": "lost",
        "dropped": 12,
        "storage": "failing",
        "list_heard_at": "2026-10-14T08:55:00Z",
        "self_test": "overdue",
    }

    gate.say("state", json.dumps(state), retain=True)

    name = '{device="gate-1"}'
    assert eventually(lambda: f"polka_gate_blind{name} 1.0" in scraped(running))
    assert {
        f"polka_gate_list_age_seconds{name} 300.0",
        f"polka_gate_events_dropped{name} 12.0",
        f"polka_gate_storage_failing{name} 1.0",
        f"polka_gate_self_test_due{name} 1.0",
        f"polka_gate_burn_in{name} 0.0",
    } <= set(scraped(running).splitlines())


def scraped(running: Running) -> str:
    return httpx2.get(f"{running.url}/metrics").text
