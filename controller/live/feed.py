"""What the live page knows, read from the ledger: the log, today's counts, the devices.

No query here touches `patron`, `card` or the patron of a loan.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from circulation.api import LiveEvent
from circulation.messages import Presence
from controller.clock import LibraryTime
from controller.columns import to_utc, utc_text
from controller.devices.web_desk import WEB_DESK
from controller.sql import Statement, Transaction
from controller.tables import DeviceKind, EventKind

MAX_EVENTS = 200  # per question; a stream asks again
SILENT_AFTER = timedelta(seconds=120)  # a kiosk reports at least once a minute
_KEPT_INSIDE = ("payload", "staff", "note")  # for the log, not for a public screen

_COLUMNS = (
    "SELECT e.seq, e.at, e.kind, d.name, i.item_id, t.title, t.author, t.section, i.security,"
    " e.detail"
    " FROM event e LEFT JOIN device d ON d.id = e.device_id"
    " LEFT JOIN item i ON i.id = e.item_id LEFT JOIN title t ON t.id = e.title_id"
)
_AFTER = Statement(_COLUMNS + " WHERE e.seq > :after ORDER BY e.seq LIMIT :most")
_LATEST = Statement(_COLUMNS + " ORDER BY e.seq DESC LIMIT :most")
_LAST = Statement("SELECT coalesce(max(seq), 0) FROM event")
_TODAY = Statement("SELECT kind, count(*) FROM event WHERE at >= :start GROUP BY kind")
_PEOPLE = Statement(
    "SELECT coalesce(sum(came_in), 0), coalesce(sum(went_out), 0) FROM gate_visit"
    " WHERE quarter >= :start"
)
_DEVICES = Statement(
    "SELECT name, kind, state, last_seen FROM device WHERE name <> :web_desk ORDER BY kind, name"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Since midnight in the library."""

    loans: int
    returns: int
    people_in: int
    people_out: int
    alarms: int


@dataclass(frozen=True, slots=True)
class DeviceNow:
    """One device as it last said."""

    name: str
    kind: DeviceKind
    online: bool
    last_seen: datetime | None
    state: dict[str, str | int | bool | None]


def last_seq(transaction: Transaction) -> int:
    """The number of the newest line; 0 for an empty log."""
    return int(transaction.row(_LAST, {})[0])


def events_after(transaction: Transaction, after: int) -> list[LiveEvent]:
    """The lines after this number, oldest first, at most `MAX_EVENTS`."""
    rows = transaction.rows(_AFTER, {"after": after, "most": MAX_EVENTS})
    return [_event(row) for row in rows]


def latest_events(transaction: Transaction, most: int) -> list[LiveEvent]:
    """The newest lines, newest first."""
    return [_event(row) for row in transaction.rows(_LATEST, {"most": most})]


def counts_today(transaction: Transaction, time: LibraryTime) -> Counts:
    """What today amounts to so far."""
    start = {"start": utc_text(time.start_of_day(time.now()))}
    kinds: dict[str, int] = dict(transaction.rows(_TODAY, start))
    people_in, people_out = transaction.row(_PEOPLE, start)
    return Counts(
        loans=kinds.get(EventKind.CHECKED_OUT, 0),
        returns=kinds.get(EventKind.RETURNED, 0),
        people_in=int(people_in),
        people_out=int(people_out),
        alarms=kinds.get(EventKind.GATE_ALARMED, 0),
    )


def devices_now(transaction: Transaction, now: datetime) -> list[DeviceNow]:
    """Every enrolled device."""
    return [_device(row, now) for row in transaction.rows(_DEVICES, {"web_desk": WEB_DESK})]


def _event(row: tuple[int, str, str, str, str, str, str, str, str, str]) -> LiveEvent:
    """`security_now` is the copy's at the moment of reading, not of the event."""
    seq, at, kind, device, item_id, title, author, section, security, detail = row
    facts = {key: value for key, value in json.loads(detail).items() if key not in _KEPT_INSIDE}
    if title is not None:
        facts |= {"author": author, "section": section, "security_now": security}
    return LiveEvent(
        seq=seq,
        at=to_utc(at),
        kind=kind,
        device=device or "",
        item_id=item_id,
        title=title,
        detail=facts,
    )


def _device(row: tuple[str, str, str, str | datetime | None], now: datetime) -> DeviceNow:
    """A gate is online by its will, any other device by having spoken lately."""
    name, kind_word, state_text, seen = row
    kind = DeviceKind(kind_word)
    state = json.loads(state_text)
    last_seen = None if seen is None else to_utc(seen)
    if kind is DeviceKind.GATE:
        online = state.get("presence") == Presence.ONLINE
    else:
        online = last_seen is not None and abs(now - last_seen) < SILENT_AFTER
    return DeviceNow(name, kind, online, last_seen, state)
