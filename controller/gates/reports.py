"""A gate's message, read: an event or a state of a named device, or the reason it is neither."""

from dataclasses import dataclass
from datetime import UTC

from pydantic import ValidationError

from circulation.ids import BadId
from circulation.messages import MAX_PAYLOAD_BYTES, Channel, GateEvent, GateState, Topic

_MAX_COUNTER = 2**63 - 1  # what both databases hold


class BadReport(ValueError):
    """A message that is not what its topic promises; the text is a short word for the log."""


@dataclass(frozen=True, slots=True)
class EventReport:
    """One event of one gate."""

    topic: Topic
    event: GateEvent


@dataclass(frozen=True, slots=True)
class StateReport:
    """How one gate is."""

    topic: Topic
    state: GateState


Report = EventReport | StateReport


def parse_report(topic: str, payload: bytes) -> Report:
    """The report, or `BadReport`. Damage is normal here: nothing else may be raised."""
    try:
        address = Topic.parse(topic)
    except BadId as error:
        raise BadReport("topic_unknown") from error
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BadReport("too_large")
    try:
        if address.channel is Channel.STATE:
            return StateReport(address, GateState.model_validate_json(payload))
        event = GateEvent.model_validate_json(payload)
    except ValidationError as error:
        raise BadReport(_word(error)) from error
    if max(event.seq, event.count_in, event.count_out) > _MAX_COUNTER:
        raise BadReport("counter_too_large")
    try:
        event.at.astimezone(UTC)
    except OverflowError as error:
        raise BadReport("time_out_of_range") from error
    return EventReport(address, event)


def _word(error: ValidationError) -> str:
    """Where and what, without the value."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{problem['type']} {place}".strip()
