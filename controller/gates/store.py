"""Gate events in the ledger, each exactly once, with the titles that went through."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from circulation.messages import Clock, GateEvent, GateEventKind, Topic, Verdict
from controller import journal
from controller.columns import utc_text
from controller.gates.visits import count_visit, last_counts
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind, EventKind

_MAX_DETAIL_TITLES = 5
_KEPT_BYTES = 8_192  # an event with its 64 tags is under 6 kB

_GATE = Statement(
    "SELECT d.id FROM device d JOIN library l ON l.isil = d.library"
    " WHERE l.name = :library AND d.name = :device AND d.kind = :kind"
)
_INSERT = Statement(
    "INSERT INTO gate_event (id, device_id, seq, at, clock, kind, passage, direction, verdict,"
    " tags, count_in, count_out, reaction_ms, received_at, aisle, monitored)"
    " VALUES (:id, :device_id, :seq, :at, :clock, :kind, :passage, :direction, :verdict,"
    " :tags, :count_in, :count_out, :reaction_ms, :received_at, :aisle, :monitored)"
    " ON CONFLICT DO NOTHING"
)
_KNOWN = Statement("SELECT device_id, seq FROM gate_event WHERE id = :id")
_BOOK = Statement(
    "SELECT i.id, t.id, t.title FROM item i JOIN title t ON t.id = i.title_id"
    " WHERE i.tag_uid = :uid"
)
_WORDS: dict[GateEventKind, EventKind] = {
    GateEventKind.ALARM: EventKind.GATE_ALARMED,
    GateEventKind.PASSAGE: EventKind.GATE_PASSED,
    GateEventKind.BEAM_FAULT: EventKind.GATE_BEAM_FAILED,
    GateEventKind.READER_LOST: EventKind.GATE_READER_LOST,
    GateEventKind.READER_BACK: EventKind.GATE_READER_BACK,
    GateEventKind.SELF_TEST: EventKind.GATE_TESTED,
    GateEventKind.DROPPED: EventKind.GATE_DROPPED,
}
_LOUDEST_FIRST = (Verdict.ALARM, Verdict.FRIENDLY, Verdict.LOGGED, Verdict.SILENT)


class Stored(StrEnum):
    """What became of an event."""

    NEW = "new"
    AGAIN = "again"  # sent twice, stored once
    CLASH = "clash"  # its number belongs to another event of this gate


@dataclass(frozen=True, slots=True)
class _Book:
    item: int
    title: int
    words: str


def find_gate(transaction: Transaction, topic: Topic) -> int | None:
    """The device row of the gate that owns this topic, or None."""
    parameters = {"library": topic.library, "device": topic.device, "kind": DeviceKind.GATE.value}
    row = transaction.row(_GATE, parameters)
    return None if row is None else int(row[0])


def store_event(transaction: Transaction, gate: int, event: GateEvent, now: datetime) -> Stored:
    """Store and log it, unless it is here already."""
    before = last_counts(transaction, gate)
    if transaction.run(_INSERT, _row(gate, event, now)) == 1:
        count_visit(transaction, gate, event, before, now)
        _log(transaction, gate, event, now)
        return Stored.NEW
    known = transaction.row(_KNOWN, {"id": str(event.id)})
    same = known is not None and (known[0], known[1]) == (gate, event.seq)
    return Stored.AGAIN if same else Stored.CLASH


def set_aside(
    transaction: Transaction, gate: int | None, reason: str, payload: bytes, now: datetime
) -> None:
    """Log a message that cannot be taken, with its text, so that nothing is dropped silently."""
    text = payload[:_KEPT_BYTES].decode(errors="replace").replace("\0", "\ufffd")
    detail: journal.Detail = {"reason": reason, "bytes": len(payload), "payload": text}
    journal.append(transaction, EventKind.GATE_MESSAGE_REFUSED, now, device_id=gate, detail=detail)


def _row(gate: int, event: GateEvent, now: datetime) -> dict[str, str | int | float | bool | None]:
    return {
        "id": str(event.id),
        "device_id": gate,
        "seq": event.seq,
        "at": utc_text(event.at),
        "clock": event.clock.value,
        "kind": event.kind.value,
        "passage": None if event.passage is None else str(event.passage),
        "direction": event.direction.value,
        "verdict": event.verdict.value,
        "tags": json.dumps([tag.model_dump(mode="json") for tag in event.tags]),
        "count_in": event.count_in,
        "count_out": event.count_out,
        "reaction_ms": event.reaction_ms,
        "received_at": utc_text(now),
        "aisle": event.aisle,
        "monitored": event.monitored,
    }


def _log(transaction: Transaction, gate: int, event: GateEvent, now: datetime) -> None:
    books = _books(transaction, event)
    leading = books[0] if books else None
    journal.append(
        transaction,
        _WORDS[event.kind],
        now,
        device_id=gate,
        item_id=None if leading is None else leading.item,
        title_id=None if leading is None else leading.title,
        detail=_detail(event, books),
    )


def _detail(event: GateEvent, books: list[_Book]) -> dict[str, str | int | bool | None]:
    detail: dict[str, str | int | bool | None] = {"gate_event": str(event.id)}
    match event.clock:
        case Clock.SURE:
            detail["happened_at"] = utc_text(event.at)
        case Clock.UNSURE:
            pass
        case _:
            assert_never(event.clock)
    if event.kind in (GateEventKind.ALARM, GateEventKind.PASSAGE):
        detail["direction"] = event.direction.value
        detail["verdict"] = event.verdict.value
        detail["tags"] = len(event.tags)
        detail["titles"] = "; ".join(book.words for book in books[:_MAX_DETAIL_TITLES])
        detail["passage"] = None if event.passage is None else str(event.passage)
    return detail | _rare(event)


def _rare(event: GateEvent) -> dict[str, str | int | bool | None]:
    """What only some events have to say."""
    facts: dict[str, str | int | bool | None] = {
        "aisle": event.aisle,
        "beam": event.beam,
        "passed": event.passed,
        "monitored": event.monitored or None,
        "dropped": event.dropped if event.kind is GateEventKind.DROPPED else None,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _books(transaction: Transaction, event: GateEvent) -> list[_Book]:
    """The known books of the event, the loudest verdict first."""
    tags = sorted(event.tags, key=lambda tag: _LOUDEST_FIRST.index(tag.verdict))
    found = (transaction.row(_BOOK, {"uid": tag.uid}) for tag in tags)
    return [_Book(*row) for row in found if row is not None]
