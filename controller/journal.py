"""Append to the log: what happened, when, at which device, to which copy; never to whom."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from controller.columns import utc_text
from controller.sql import Statement, Transaction
from controller.tables import EventKind

Detail = Mapping[str, str | int | bool | None]

_json = json.JSONEncoder(ensure_ascii=False).encode  # `json.dumps` makes an encoder for each line

_APPEND = Statement(
    "INSERT INTO event (at, kind, device_id, item_id, title_id, detail)"
    " VALUES (:at, :kind, :device_id, :item_id, :title_id, :detail)",
    types={
        "at": "timestamptz",
        "kind": "text",
        "device_id": "bigint",
        "item_id": "bigint",
        "title_id": "bigint",
        "detail": "text",
    },
)


@dataclass(frozen=True, slots=True)
class Line:
    """What happened to a copy at which device, for the log."""

    device_id: int
    item_id: int
    title_id: int
    detail: Detail = field(default_factory=dict)


def append_each(
    transaction: Transaction, kind: EventKind, at: datetime, lines: Sequence[Line]
) -> None:
    """The same happened to several copies: a line for each."""
    moment = utc_text(at)
    rows = [
        _row(kind, moment, one.device_id, one.item_id, one.title_id, one.detail) for one in lines
    ]
    transaction.run_later(_APPEND, rows)


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
    row = _row(kind, utc_text(at), device_id, item_id, title_id, detail or {})
    transaction.run_later(_APPEND, [row])


def _row(
    kind: EventKind,
    at: str,
    device_id: int | None,
    item_id: int | None,
    title_id: int | None,
    detail: Detail,
) -> dict[str, str | int | None]:
    return {
        "at": at,
        "kind": kind.value,
        "device_id": device_id,
        "item_id": item_id,
        "title_id": title_id,
        "detail": _json(detail),
    }
