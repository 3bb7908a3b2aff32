"""Cards of the staff: laid on a station's reader they say who works there now.

A UID can be copied onto another card, so a card is a name and no proof: it writes the name into the
log, and the rules of the house are set aside only by who gave the password at that station.
"""

from dataclasses import dataclass

from circulation.ids import CardUid, is_random_uid
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason

_HOLDER = Statement(
    "SELECT s.id FROM staff_card c JOIN staff s ON s.id = c.staff_id"
    " WHERE c.uid = :uid AND s.active = true"
)
_TAKEN = Statement("SELECT staff_id FROM staff_card WHERE uid = :uid")
_GIVE = Statement("INSERT INTO staff_card (uid, staff_id) VALUES (:uid, :staff_id)")
_TAKE = Statement("DELETE FROM staff_card WHERE uid = :uid")
_SIGN_OUT = Statement("DELETE FROM device_operator WHERE staff_id = :staff_id AND by_card = true")
_ACCOUNT = Statement("SELECT id FROM staff WHERE login = :login AND active = true")
_LIST = Statement(
    "SELECT s.login, c.uid FROM staff s LEFT JOIN staff_card c ON c.staff_id = s.id"
    " WHERE s.active = true ORDER BY s.login, c.uid"
)


@dataclass(frozen=True, slots=True)
class StaffCards:
    """An account and its cards."""

    login: str
    uids: tuple[str, ...]


def find_holder(transaction: Transaction, uid: CardUid) -> int | None:
    """Whose card it is: the id of an account that may sign in; None for any other card."""
    row = transaction.row(_HOLDER, {"uid": uid})
    return None if row is None else int(row[0])


def list_cards(transaction: Transaction) -> tuple[StaffCards, ...]:
    """All accounts that may sign in, by name, also those without a card."""
    found: dict[str, list[str]] = {}
    for login, uid in transaction.rows(_LIST, {}):
        found.setdefault(login, []).extend([uid] if uid else [])
    return tuple(StaffCards(login, tuple(uids)) for login, uids in found.items())


def give_card(transaction: Transaction, login: str, uid: CardUid) -> None:
    """This card is that person's from now on. `Refused`: no such account, or it is somebody's."""
    account = transaction.row(_ACCOUNT, {"login": login})
    if account is None:
        raise Refused(StaffReason.UNKNOWN)
    if is_random_uid(uid):
        raise Refused(StaffReason.TAKEN)  # another number at every touch: nobody's card
    taken = transaction.row(_TAKEN, {"uid": uid})
    if taken is None:
        transaction.run(_GIVE, {"uid": uid, "staff_id": account[0]})
    elif taken[0] != account[0]:
        raise Refused(StaffReason.TAKEN)


def take_card(transaction: Transaction, uid: CardUid) -> None:
    """The card opens nothing any more, and who is in by a card is out. `Refused`: nobody's."""
    taken = transaction.row(_TAKEN, {"uid": uid})
    if taken is None:
        raise Refused(StaffReason.UNKNOWN)
    transaction.run(_TAKE, {"uid": uid})
    transaction.run(_SIGN_OUT, {"staff_id": taken[0]})
