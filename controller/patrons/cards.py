"""Cards of a person: issue, replace, block. Several per person; one person per card."""

from circulation.ids import CardUid, is_random_uid
from controller.patrons.records import read_record
from controller.patrons.wire import CardBlock, CardIssue, NumberIssue, PatronRecord
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason

_OWNER = Statement("SELECT patron_id FROM card WHERE uid = :card")
_NUMBER_OWNER = Statement("SELECT patron_id FROM card_number WHERE number = :card")
_ISSUE = Statement("INSERT INTO card (uid, patron_id, blocked) VALUES (:card, :id, false)")
_ISSUE_NUMBER = Statement(
    "INSERT INTO card_number (number, kind, patron_id, blocked) VALUES (:card, :kind, :id, false)"
)
_BLOCK = Statement("UPDATE card SET blocked = :blocked WHERE uid = :card AND patron_id = :id")
_BLOCK_NUMBER = Statement(
    "UPDATE card_number SET blocked = :blocked WHERE number = :card AND patron_id = :id"
)
_IS_AN_ITEM = Statement("SELECT 1 FROM item WHERE item_id = :card OR inventory_no = :card LIMIT 1")


def issue_card(transaction: Transaction, patron_id: str, wish: CardIssue) -> PatronRecord:
    """The person has this card too. `Refused`: unknown, or taken by another or a random UID."""
    read_record(transaction, patron_id)
    if is_random_uid(CardUid(wish.uid)):
        raise Refused(StaffReason.TAKEN)  # another number at every touch: nobody's card
    owner = transaction.row(_OWNER, {"card": wish.uid})
    if owner is None:
        transaction.run(_ISSUE, {"card": wish.uid, "id": patron_id})
    elif owner[0] != patron_id:
        raise Refused(StaffReason.TAKEN)
    return _replace(transaction, patron_id, wish.replaces)


def issue_number(transaction: Transaction, patron_id: str, wish: NumberIssue) -> PatronRecord:
    """The same for a barcode or QR code; one that is on a book is taken."""
    read_record(transaction, patron_id)
    owner = transaction.row(_NUMBER_OWNER, {"card": wish.number})
    if owner is None:
        if transaction.row(_IS_AN_ITEM, {"card": wish.number}) is not None:
            raise Refused(StaffReason.TAKEN)
        parameters = {"card": wish.number, "kind": wish.kind.value, "id": patron_id}
        transaction.run(_ISSUE_NUMBER, parameters)
    elif owner[0] != patron_id:
        raise Refused(StaffReason.TAKEN)
    return _replace(transaction, patron_id, wish.replaces)


def block_card(transaction: Transaction, patron_id: str, wish: CardBlock) -> PatronRecord:
    """Blocked (or free again) from the next question of a kiosk on; `Refused`: unknown."""
    read_record(transaction, patron_id)
    _set_blocked(transaction, patron_id, wish.card, blocked=wish.blocked)
    return read_record(transaction, patron_id)


def _replace(transaction: Transaction, patron_id: str, old: str | None) -> PatronRecord:
    if old is not None:
        _set_blocked(transaction, patron_id, old, blocked=True)
    return read_record(transaction, patron_id)


def _set_blocked(transaction: Transaction, patron_id: str, card: str, *, blocked: bool) -> None:
    parameters = {"card": card, "id": patron_id, "blocked": blocked}
    changed = transaction.run(_BLOCK, parameters) + transaction.run(_BLOCK_NUMBER, parameters)
    if not changed:
        raise Refused(StaffReason.UNKNOWN)
