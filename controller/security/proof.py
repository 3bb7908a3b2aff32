"""The chain from a loan to a gate, put together from log, sightings and gate events.

What is read of the log begins with the copy's open loan, or thirty days ago.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from circulation.loan import ItemState, SecurityState
from circulation.messages import GateEventKind
from circulation.proof import Conclusion, CopyProof, Finding, Proof, ProofStep, StepKind
from controller.columns import to_utc, utc_text
from controller.security.ledger import tag_quality
from controller.sql import Statement, Transaction
from controller.tables import EventKind

LOOK_BACK = timedelta(days=30)
_LEAD = timedelta(minutes=5)  # before the loan: what the tag was when it was laid down
_MAX_STEPS = 200

_COPY = (
    "SELECT i.id, i.owner, i.item_id, t.title, i.state, i.security, l.lent_at,"
    " d.name, s.antenna, s.armed, s.verified, s.at, s.sightings, s.failed_writes"
    " FROM item i JOIN title t ON t.id = i.title_id"
    " LEFT JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
    " LEFT JOIN item_sighting s ON s.item_id = i.id LEFT JOIN device d ON d.id = s.device_id"
)
_BY_NUMBER = Statement(
    _COPY + " WHERE i.owner = :owner AND i.item_id = :number"
    " UNION ALL " + _COPY + " WHERE i.owner = :owner AND i.inventory_no = :number"
    " AND i.item_id <> :number"
)
_BY_ID = Statement(_COPY + " WHERE i.id = :id AND i.owner = :owner")
_OF_EVENT = Statement("SELECT item_id FROM gate_tag WHERE event_id = :event_id ORDER BY uid")
_LOG = Statement(
    "SELECT e.at, e.kind, coalesce(d.name, ''), e.detail FROM event e"
    " LEFT JOIN device d ON d.id = e.device_id"
    " WHERE e.at >= :since AND e.item_id = :id AND e.kind IN ('checked_out', 'renewed',"
    " 'returned', 'item_marked', 'security_seen') ORDER BY e.seq DESC LIMIT :most"
)
_PASSAGES = Statement(
    "SELECT g.at, g.kind, d.name, g.tags, t.uid, t.finding, g.id FROM gate_tag t"
    " JOIN gate_event g ON g.id = t.event_id JOIN device d ON d.id = g.device_id"
    " WHERE t.item_id = :id AND g.at >= :since ORDER BY g.at DESC LIMIT :most"
)
_KINDS = {
    EventKind.CHECKED_OUT: StepKind.LENT,
    EventKind.RENEWED: StepKind.RENEWED,
    EventKind.RETURNED: StepKind.RETURNED,
    EventKind.ITEM_MARKED: StepKind.MARKED,
    EventKind.SECURITY_SEEN: StepKind.TAG_WRITTEN,
}


def prove_copy(transaction: Transaction, library: str, number: str, now: datetime) -> Proof:
    """Of the copies with this item id or inventory number; none: the ledger has no such copy."""
    rows = transaction.rows(_BY_NUMBER, {"owner": library, "number": number})
    return Proof(copies=tuple(_prove(transaction, row, now) for row in rows))


def prove_event(transaction: Transaction, library: str, event_id: str, now: datetime) -> Proof:
    """Of every copy of this library in a gate's event."""
    tags = [row[0] for row in transaction.rows(_OF_EVENT, {"event_id": event_id})]
    found = (transaction.row(_BY_ID, {"id": tag, "owner": library}) for tag in tags if tag)
    ours = tuple(_prove(transaction, row, now) for row in found if row is not None)
    return Proof(copies=ours, foreign_tags=len(tags) - len(ours))


def _prove(transaction: Transaction, row: Any, now: datetime) -> CopyProof:
    item, owner, item_id, title, state, security, lent_at, *sighting = row
    since = now - LOOK_BACK if lent_at is None else to_utc(lent_at) - _LEAD
    wanted = {"id": item, "since": utc_text(since), "most": _MAX_STEPS}
    steps = [_logged(*one) for one in reversed(transaction.rows(_LOG, wanted))]
    steps += [_passage(*one) for one in transaction.rows(_PASSAGES, wanted)]
    quality = None
    if sighting[4] is not None:
        steps.append(_sighting(sighting))
        quality = tag_quality(sighting[5], sighting[6])
    steps.sort(key=lambda step: step.at)  # stable: within one moment the log's order
    return CopyProof(
        owner=owner,
        item_id=item_id,
        title=title,
        state=ItemState(state),
        security=SecurityState(security),
        conclusion=conclude(ItemState(state), SecurityState(security), steps),
        tag_quality=quality,
        since=since,
        steps=tuple(steps),
    )


def conclude(state: ItemState, security: SecurityState, steps: list[ProofStep]) -> Conclusion:
    """What is so now; `steps` the oldest first."""
    if state is ItemState.ON_LOAN:
        silent = security is SecurityState.DISARMED
        return Conclusion.LENT_AND_DISARMED if silent else Conclusion.LENT_NOT_DISARMED
    if state is not ItemState.IN_STOCK:
        return Conclusion.NOT_LENDABLE
    gone = (Finding.STOCK_ARMED, Finding.STOCK_DISARMED)
    moves = [step for step in steps if step.finding or step.kind is StepKind.RETURNED]
    if moves and moves[-1].finding in gone:
        return Conclusion.CARRIED_OUT
    armed = security is SecurityState.ARMED
    return Conclusion.IN_STOCK if armed else Conclusion.IN_STOCK_DISARMED


def _logged(at: str | datetime, kind: str, device: str, detail: str) -> ProofStep:
    said = json.loads(detail)
    step = _KINDS[EventKind(kind)]
    written = step is StepKind.TAG_WRITTEN
    return ProofStep(
        at=to_utc(at),
        kind=step,
        device=device,
        antenna=said.get("antenna") if written else None,
        # a return is asked for after its tag was armed and read back
        armed=said.get("armed") if written else True if step is StepKind.RETURNED else None,
        verified=True if written or step is StepKind.RETURNED else None,
    )


def _passage(
    at: str | datetime, kind: str, device: str, tags: str, uid: str, finding: str, event_id: str
) -> ProofStep:
    antenna = next((tag.get("antenna") for tag in json.loads(tags) if tag["uid"] == uid), None)
    what = Finding(finding)
    return ProofStep(
        at=to_utc(at),
        kind=StepKind.ALARMED if kind == GateEventKind.ALARM else StepKind.PASSED,
        device=device,
        antenna=antenna,
        armed={
            Finding.LENT_ARMED: True,
            Finding.STOCK_ARMED: True,
            Finding.LENT_DISARMED: False,
            Finding.STOCK_DISARMED: False,
        }.get(what),
        verified=False,
        finding=what,
        event_id=event_id,
    )


def _sighting(row: list[Any]) -> ProofStep:
    device, antenna, armed, verified, at, *_ = row
    return ProofStep(
        at=to_utc(at),
        kind=StepKind.TAG_SEEN,
        device=device,
        antenna=antenna,
        armed=bool(armed),
        verified=bool(verified),
    )
