"""Who has the copies of a title: masked, as everywhere outside the record of a person."""

from controller.patrons.service import masked_name
from controller.sql import Statement, Transaction

_HOLDERS = Statement(
    "SELECT i.item_id, p.family_name, p.given_name, p.class_name FROM item i"
    " JOIN loan l ON l.item_id = i.id AND l.returned_at IS NULL"
    " JOIN patron p ON p.id = l.patron_id"
    " WHERE i.title_id = :title_id AND i.owner || '' = :owner"
)


def holders_of(transaction: Transaction, *, library: str, title_id: int) -> dict[str, str]:
    """«Анна П., 7Б» by the number of each lent copy."""
    found = transaction.rows(_HOLDERS, {"title_id": title_id, "owner": library})
    return {
        item_id: ", ".join(filter(None, (masked_name(family, given), class_name)))
        for item_id, family, given, class_name in found
    }
