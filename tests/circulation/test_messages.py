"""Topics are built and read in one place; payloads refuse what they do not know."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pydantic import ValidationError

from circulation.api import CheckoutRequest, Refusal
from circulation.ids import BadId, DeviceId
from circulation.messages import Channel, Clock, GateEvent, GateEventKind, Topic

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("channel", Channel)
def test_a_topic_is_read_back_as_it_was_built(channel: Channel) -> None:
    topic = Topic(DeviceId("school-32"), DeviceId("gate1"), channel)

    assert Topic.parse(str(topic)) == topic


@pytest.mark.parametrize(
    "text",
    [
        "polka/v1/school/gate1",
        "polka/v2/school/gate1/state",
        "polka/v1/school/gate1/up/other",
        "polka/v1/school/+/state",
        "polka/v1//gate1/state",
        "$SYS/broker/uptime",
        "",
    ],
)
def test_a_foreign_topic_is_refused(text: str) -> None:
    with pytest.raises(BadId):
        Topic.parse(text)


def gate_event(**changes: object) -> dict[str, object]:
    body: dict[str, object] = {
        "schema": 1,
        "id": str(uuid4()),
        "seq": 1,
        "at": NOW.isoformat(),
        "clock": Clock.SURE,
        "kind": GateEventKind.PASSAGE,
        "count_in": 0,
        "count_out": 1,
    }
    return {**body, **changes}


def test_a_gate_event_survives_its_journey() -> None:
    event = GateEvent.model_validate(gate_event())

    assert GateEvent.model_validate_json(event.model_dump_json(by_alias=True)) == event


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": 2},
        {"seq": 0},
        {"count_in": -1},
        {"at": "2026-09-01T08:30:00"},
        {"reader": "Анна П."},
        {"tags": [{"uid": "1234", "afi": 7, "antenna": 1, "verdict": "alarm"}]},
    ],
)
def test_a_damaged_gate_event_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        GateEvent.model_validate(gate_event(**changes))


def test_an_operation_without_time_zone_is_refused() -> None:
    body = {"op_id": str(uuid4()), "patron_id": "p", "owner": "RU-1", "item_id": "1"}

    with pytest.raises(ValidationError, match="timezone"):
        CheckoutRequest.model_validate({**body, "at": "2026-09-01T08:30:00"})


def test_a_refusal_has_at_least_one_reason() -> None:
    with pytest.raises(ValidationError):
        Refusal(reasons=())
