"""Take a device's access away: its token now, its broker password and live session soon after."""

from datetime import datetime

from controller import journal
from controller.columns import utc_text
from controller.sql import Statement, Transaction
from controller.tables import EventKind

_FIND = Statement("SELECT id FROM device WHERE library = :library AND name = :name")
_END_TOKEN = Statement("UPDATE device SET token_hash = NULL WHERE id = :device_id")
_REVOKE = Statement(
    "INSERT INTO device_access (device_id, mqtt_hash, enrolled_at, revoked_at)"
    " VALUES (:device_id, NULL, NULL, :now) ON CONFLICT (device_id) DO UPDATE SET"
    " mqtt_hash = NULL, revoked_at = excluded.revoked_at"
)
_END_ENROLMENTS = Statement(
    "DELETE FROM enrolment WHERE library = :library AND name = :name AND collected = false"
)


def find_device(transaction: Transaction, library: str, name: str) -> int | None:
    """The device's row, or None."""
    row = transaction.row(_FIND, {"library": library, "name": name})
    return None if row is None else int(row[0])


def revoke(
    transaction: Transaction, library: str, name: str, now: datetime, staff: str = ""
) -> bool:
    """True when there is such a device; its next request is a stranger's.

    `staff` is the account that did it; empty: the command line.
    """
    device = find_device(transaction, library, name)
    if device is None:
        return False
    transaction.run(_END_TOKEN, {"device_id": device})
    transaction.run(_REVOKE, {"device_id": device, "now": utc_text(now)})
    transaction.run(_END_ENROLMENTS, {"library": library, "name": name})
    detail = {"access": "revoked", "staff": staff}
    journal.append(transaction, EventKind.DEVICE_CHANGED, now, device_id=device, detail=detail)
    return True
