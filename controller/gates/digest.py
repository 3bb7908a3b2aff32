"""The burn-in digest: how often a gate that only watches would have sounded, and why.

For each tag that would have alarmed the ledger is asked what the book was at that moment: on loan
(then the device that lent it failed to disarm it), in stock, or nobody's.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from circulation.messages import GateEventKind, Verdict
from controller.columns import utc_text
from controller.sql import Statement, Transaction

_ALARMS = Statement(
    "SELECT g.at, g.tags FROM gate_event g WHERE g.monitored AND g.kind = :kind"
    " AND g.at >= :start AND g.at < :stop ORDER BY g.at"
)
_LENDER = Statement(
    "SELECT i.id, d.name FROM item i"
    " LEFT JOIN loan l ON l.item_id = i.id AND l.lent_at <= :at"
    " AND (l.returned_at IS NULL OR l.returned_at > :at)"
    " LEFT JOIN device d ON d.id = l.device_id"
    " WHERE i.tag_uid = :uid ORDER BY l.id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Digest:
    """Alarms of one day that did not sound. `not_disarmed` counts by the lending device."""

    would_have_alarmed: int
    not_disarmed: dict[str, int]
    in_stock: int
    unknown: int


def digest_between(transaction: Transaction, start: datetime, stop: datetime) -> Digest:
    """What would have sounded from `start` up to before `stop`."""
    parameters = {
        "kind": GateEventKind.ALARM.value,
        "start": utc_text(start),
        "stop": utc_text(stop),
    }
    alarms = transaction.rows(_ALARMS, parameters)
    lenders: Counter[str] = Counter()
    in_stock = unknown = 0
    for at, tags in alarms:
        match _why(transaction, at, tags):
            case None:
                unknown += 1
            case "":
                in_stock += 1
            case device:
                lenders[device] += 1
    return Digest(len(alarms), dict(lenders.most_common()), in_stock, unknown)


def _why(transaction: Transaction, at: Any, tags: str) -> str | None:
    """The device that lent the book; empty for a book in stock; None for a tag nobody knows."""
    moment = at if isinstance(at, str) else utc_text(at)
    loud = [tag["uid"] for tag in json.loads(tags) if tag["verdict"] == Verdict.ALARM]
    for uid in loud:
        row = transaction.row(_LENDER, {"uid": uid, "at": moment})
        if row is not None:
            return row[1] or ""
    return None
