"""Who of the staff works at a station now: what the log calls a desk's decision by.

A station is one device for many hands, so its token says nothing of the person. A sign-in ends by
itself as a browser's session does: after `IDLE` without an act, and after `LONGEST`.
"""

from dataclasses import dataclass
from datetime import datetime

from controller.columns import to_utc, utc_text
from controller.sql import Statement, Transaction
from controller.staff.rights import Right, Role, may
from controller.staff.sessions import IDLE, LONGEST

_ENTER = Statement(
    "INSERT INTO device_operator (device_id, staff_id, since, used_at, by_card)"
    " SELECT :device_id, id, :now, :now, :by_card FROM staff WHERE id = :staff_id AND active = true"
    " ON CONFLICT (device_id) DO UPDATE SET staff_id = excluded.staff_id,"
    " since = excluded.since, used_at = excluded.used_at, by_card = excluded.by_card"
)
_FIND = Statement(
    "SELECT s.login, s.role, o.since, o.used_at, o.by_card, s.id FROM device_operator o"
    " JOIN staff s ON s.id = o.staff_id WHERE o.device_id = :device_id AND s.active = true"
)
_USE = Statement("UPDATE device_operator SET used_at = :now WHERE device_id = :device_id")
_LEAVE = Statement("DELETE FROM device_operator WHERE device_id = :device_id")


@dataclass(frozen=True, slots=True)
class Operator:
    """The person at the station."""

    login: str
    role: Role
    by_card: bool = False
    staff_id: int = 0

    def may(self, right: Right) -> bool:
        """A card can be copied: what sets the rules of the house aside wants the password."""
        return may(self.role, right) and not (self.by_card and right is Right.OVERRIDE_RULES)


def enter(
    transaction: Transaction,
    device_id: int,
    staff_id: int,
    now: datetime,
    *,
    by_card: bool = False,
) -> None:
    """From now on this person works there; who did before does no longer.

    Who gave the password keeps its rights when the own card is laid down besides.
    """
    before = find_operator(transaction, device_id, now)
    if by_card and before is not None and before.staff_id == staff_id:
        note_work(transaction, device_id, now)
        return
    parameters = {
        "device_id": device_id,
        "staff_id": staff_id,
        "now": utc_text(now),
        "by_card": by_card,
    }
    transaction.run(_ENTER, parameters)


def find_operator(transaction: Transaction, device_id: int, now: datetime) -> Operator | None:
    """Who works there; None when nobody signed in, or it was too long ago."""
    row = transaction.row(_FIND, {"device_id": device_id})
    if row is None or now - to_utc(row[2]) >= LONGEST or now - to_utc(row[3]) >= IDLE:
        return None
    return Operator(row[0], Role(row[1]), bool(row[4]), int(row[5]))


def note_work(transaction: Transaction, device_id: int, now: datetime) -> None:
    """The person did something just now."""
    transaction.run(_USE, {"device_id": device_id, "now": utc_text(now)})


def leave(transaction: Transaction, device_id: int) -> None:
    """Nobody works there any more."""
    transaction.run(_LEAVE, {"device_id": device_id})
