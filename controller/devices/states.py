"""How a device is: kept with the device, and a line in the log only when it changes."""

import json
from datetime import datetime

from pydantic import BaseModel

from controller import journal
from controller.columns import utc_text
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_STATE = Statement("SELECT state FROM device WHERE id = :id")
_SEEN = Statement("UPDATE device SET state = :state, last_seen = :now WHERE id = :id")
# changes all the time, and is nobody's news
_RESTLESS = (
    "at",
    "queue",
    "dropped",
    "refused",
    "list_version",
    "list_heard_at",
    "clock",
    "last_error_at",
)


def note_state(transaction: Transaction, device_id: int, state: BaseModel, now: datetime) -> None:
    """Keep the newest state; log it when a person would call it a change."""
    new = state.model_dump(mode="json")
    old = json.loads(transaction.row(_STATE, {"id": device_id})[0])
    parameters = {"id": device_id, "state": json.dumps(new), "now": utc_text(now)}
    transaction.run(_SEEN, parameters)
    if _steady(new) != _steady(old):
        detail = {key: value for key, value in _steady(new).items() if value is not None}
        journal.append(
            transaction, EventKind.DEVICE_CHANGED, now, device_id=device_id, detail=detail
        )


def _steady(state: dict[str, str | int | bool | None]) -> dict[str, str | int | bool | None]:
    return {key: value for key, value in state.items() if key not in _RESTLESS}
