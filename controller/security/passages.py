"""Hold each tag of a gate's event against the ledger, keep the finding, mend what it shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from circulation.loan import ItemState, SecurityAct, SecurityState, advance_security
from circulation.messages import Clock, GateEvent, GateEventKind, GateTag
from circulation.proof import Finding
from circulation.tags.afi import SecurityAfi
from controller import journal
from controller.loans.rows import move_item
from controller.security.ledger import Observation, last_seen, observe
from controller.sql import Statement, Transaction
from controller.tables import EventKind

PROMPT = timedelta(minutes=2)  # an event that comes later says nothing of the tag as it is now
_ODD = (Finding.STOCK_DISARMED, Finding.NOT_LENDABLE)

_COPY = Statement("SELECT id, title_id, state, security FROM item WHERE tag_uid = :uid")
_KEEP = Statement(
    "INSERT INTO gate_tag (event_id, uid, item_id, finding)"
    " VALUES (:event_id, :uid, :item_id, :finding) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class _Copy:
    id: int
    title_id: int
    state: ItemState
    security: SecurityState


def keep_findings(
    transaction: Transaction, gate: int, event: GateEvent, afi: SecurityAfi, now: datetime
) -> None:
    """One row per tag of a new event; the copy's last observed security with it, if it is fresh."""
    for tag in event.tags:
        copy = _find_copy(transaction, tag)
        armed = _is_armed(tag, afi)
        finding = classify(None if copy is None else copy.state, armed=armed)
        row = {
            "event_id": str(event.id),
            "uid": tag.uid,
            "item_id": None if copy is None else copy.id,
            "finding": finding.value,
        }
        transaction.run(_KEEP, row)
        if copy is None or armed is None:
            continue
        if event.clock is Clock.SURE and abs(now - event.at) <= PROMPT:
            seen = Observation(
                copy.id, gate, armed=armed, at=event.at, antenna=tag.antenna, verified=False
            )
            _mend(transaction, copy, seen, now)
        if finding in _ODD and event.kind is GateEventKind.PASSAGE:
            _log(transaction, gate, copy, finding, now)


def _is_armed(tag: GateTag, afi: SecurityAfi) -> bool | None:
    """As the gate judged it: by the AFI, and by the EAS bit where the gate goes by that, too."""
    by_afi = None if tag.afi is None else afi.is_armed(tag.afi)
    return by_afi if tag.eas is None else bool(by_afi) or tag.eas


def classify(state: ItemState | None, *, armed: bool | None) -> Finding:
    """What a tag at a gate means; `state` is None for no copy of ours, `armed` for a strange AFI.

    It is held against the ledger as it is when the event arrives.
    """
    match state, armed:
        case (None, _) | (_, None):
            return Finding.FOREIGN
        case ItemState.ON_LOAN, True:
            return Finding.LENT_ARMED
        case ItemState.ON_LOAN, False:
            return Finding.LENT_DISARMED
        case ItemState.IN_STOCK, True:
            return Finding.STOCK_ARMED
        case ItemState.IN_STOCK, False:
            return Finding.STOCK_DISARMED
        case _:
            return Finding.NOT_LENDABLE


def _mend(transaction: Transaction, copy: _Copy, seen: Observation, now: datetime) -> None:
    """The gate heard what the tag is: the copy is due for repair, or is healed."""
    last = last_seen(transaction, copy.id, now)
    observe(transaction, seen, now)
    if last is not None and seen.at < last:
        return
    act = SecurityAct.SEEN_ARMED if seen.armed else SecurityAct.SEEN_DISARMED
    security = advance_security(copy.security, act)
    if security is not copy.security:
        move_item(transaction, copy.id, copy.state, security)


def _find_copy(transaction: Transaction, tag: GateTag) -> _Copy | None:
    row = transaction.row(_COPY, {"uid": tag.uid})
    return None if row is None else _Copy(row[0], row[1], ItemState(row[2]), SecurityState(row[3]))


def _log(transaction: Transaction, gate: int, copy: _Copy, finding: Finding, now: datetime) -> None:
    journal.append(
        transaction,
        EventKind.SECURITY_ODD,
        now,
        device_id=gate,
        item_id=copy.id,
        title_id=copy.title_id,
        detail={"finding": finding.value},
    )
