"""A gate's message, read: event, state or question of a named device, or why it is none."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import ValidationError

from circulation.ids import BadId
from circulation.messages import (
    MAX_PAYLOAD_BYTES,
    Channel,
    Clock,
    GateEvent,
    GateState,
    ListQuestion,
    Topic,
)

_MAX_COUNTER = 2**63 - 1  # what both databases hold
_OLDEST = timedelta(days=400)
_AHEAD = timedelta(days=1)


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


@dataclass(frozen=True, slots=True)
class QuestionReport:
    """Which local list one gate holds."""

    topic: Topic
    question: ListQuestion


Report = EventReport | StateReport | QuestionReport


def address_of(topic: str) -> Topic:
    """Which device says this on which channel, or `BadReport`."""
    try:
        return Topic.parse(topic)
    except BadId as error:
        raise BadReport("topic_unknown") from error


def parse_report(topic: str, payload: bytes) -> Report:
    """The report, or `BadReport`. Damage is normal here: nothing else may be raised."""
    address = address_of(topic)
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise BadReport("too_large")
    try:
        if address.channel is Channel.STATE:
            return StateReport(address, GateState.model_validate_json(payload))
        if address.channel is Channel.ASK:
            return QuestionReport(address, ListQuestion.model_validate_json(payload))
        event = GateEvent.model_validate_json(payload)
    except ValidationError as error:
        raise BadReport(_word(error)) from error
    _check_bounds(event)
    return EventReport(address, event)


def unlikely_time(event: GateEvent, now: datetime) -> str | None:
    """Why this event cannot have happened when its clock says, or None.

    A gate's journal holds days, not years: what is older was replayed, or its clock is wrong.
    """
    if event.clock is Clock.UNSURE:
        return None  # nobody believes its time anyway
    if now - event.at > _OLDEST:
        return "too_old"
    return "in_the_future" if event.at - now > _AHEAD else None


def claimed_id(payload: bytes) -> UUID | None:
    """The id that a message nobody can take gives itself, so that its gate may forget it."""
    try:
        return UUID(json.loads(payload)["id"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _check_bounds(event: GateEvent) -> None:
    """What the types allow and no database holds."""
    if max(event.seq, event.count_in, event.count_out, event.dropped) > _MAX_COUNTER:
        raise BadReport("counter_too_large")
    try:
        event.at.astimezone(UTC)
    except OverflowError as error:
        raise BadReport("time_out_of_range") from error


def _word(error: ValidationError) -> str:
    """Where and what, without the value."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{problem['type']} {place}".strip()
