"""Which copy a typed or scanned number means."""

from controller.sql import Statement, Transaction

MOST_NUMBER = 32  # characters

_NUMBER = Statement(
    "SELECT item_id FROM item WHERE owner = :library"
    " AND (item_id = :number OR inventory_no = :number) ORDER BY item_id = :number DESC LIMIT 2"
)


def copy_of_number(transaction: Transaction, *, library: str, number: str) -> str | None:
    """The copy's id; an inventory number of two copies means neither."""
    found = transaction.rows(_NUMBER, {"library": library, "number": number})
    one = len(found) == 1 or (found and found[0][0] == number)
    return str(found[0][0]) if one else None
