"""Append to the log: what happened, when, at which device, to which copy; never to whom."""

import json
from collections.abc import Mapping
from datetime import datetime

from controller.columns import utc_text
from controller.sql import Statement, Transaction
from controller.tables import EventKind

Detail = Mapping[str, str | int | bool | None]

_APPEND = Statement(
    "INSERT INTO event (at, kind, device_id, item_id, title_id, detail)"
    " VALUES (:at, :kind, :device_id, :item_id, :title_id, :detail)"
)


def append(
    transaction: Transaction,
    kind: EventKind,
    at: datetime,
    *,
    device_id: int | None,
    item_id: int | None = None,
    title_id: int | None = None,
    detail: Detail | None = None,
) -> None:
    """One more line; it stands when the transaction stands."""
    parameters = {
        "at": utc_text(at),
        "kind": kind.value,
        "device_id": device_id,
        "item_id": item_id,
        "title_id": title_id,
        "detail": json.dumps(detail or {}, ensure_ascii=False),
    }
    transaction.run(_APPEND, parameters)
