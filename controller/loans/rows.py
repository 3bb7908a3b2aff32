"""The rows that lending changes, as prebuilt statements."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from circulation.loan import ItemState, SecurityState
from controller.columns import utc_text
from controller.loans.facts import CopyRecord
from controller.sql import Question, Statement, Transaction

_INSERT_LOAN = Statement(
    "INSERT INTO loan (item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
    " device_id) VALUES (:item_id, :patron_id, :lent_at, :due, 0, :counted, :policy_version,"
    " :device_id) RETURNING id"
)
_FIRST_ID = Statement(  # known beforehand, what names a loan is written in the same breath
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'loan'), 0) + 1",
    postgresql="SELECT setval('loan_id_seq', nextval('loan_id_seq') + :count - 1) - :count + 1",
    types={"count": "int"},
)
_INSERT_NUMBERED = Statement(
    "INSERT INTO loan (id, item_id, patron_id, lent_at, due, renewals, counted, policy_version,"
    " device_id) VALUES (:id, :item_id, :patron_id, :lent_at, :due, 0, :counted, :policy_version,"
    " :device_id)",
    types={
        "id": "bigint",
        "item_id": "bigint",
        "patron_id": "text",
        "lent_at": "timestamptz",
        "due": "date",
        "counted": "boolean",
        "policy_version": "text",
        "device_id": "bigint",
    },
)
_RENEW_LOAN = Statement(
    "UPDATE loan SET due = :due, renewals = renewals + 1, policy_version = :policy_version"
    " WHERE id = :loan_id"
)
_CLOSE_LOAN = Statement(  # a clock that went back makes a short loan, not a negative one
    "UPDATE loan SET returned_at = CASE WHEN lent_at > :at THEN lent_at ELSE :at END"
    " WHERE id = :loan_id"
)
_LENT_AGAIN = Statement("UPDATE loan SET lent_at = :at WHERE id = :loan_id AND lent_at < :at")
_CLAIM_LOAN = Statement("UPDATE loan SET claimed_at = :now WHERE id = :loan_id")
_MOVE_ITEM = Statement(
    "UPDATE item SET state = :state, security = :security WHERE id = :id",
    types={"id": "bigint", "state": "text", "security": "text"},
)
_LEARN_TAG = Statement(
    "UPDATE item SET tag_uid = :uid WHERE id = :id AND tag_uid IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM item WHERE tag_uid = :uid)",
    types={"id": "bigint", "uid": "text"},
)


class NewLoan(NamedTuple):
    """A loan about to be written."""

    item_id: int
    patron_id: str
    due: date
    counted: bool
    policy_version: str
    device_id: int


class Move(NamedTuple):
    """A copy's new place in both lifecycles."""

    item_id: int
    state: ItemState
    security: SecurityState


def insert_loan(transaction: Transaction, loan: NewLoan, at: datetime) -> int:
    """The id of the new loan. A second open loan of a copy is the database's own error."""
    return int(transaction.row(_INSERT_LOAN, _loan_row(loan, utc_text(at)))[0])


def next_loan_ids(count: int) -> Question[range]:
    """Numbers for loans that are written before any other is; what is not used stays a gap."""

    def read(found: list[Any]) -> range:
        first = int(found[0][0]) if found else 0
        return range(first, first + count)

    return Question(_FIRST_ID, [{"count": count}] if count else [], read)


def insert_loans(
    transaction: Transaction, ids: Sequence[int], loans: Sequence[NewLoan], at: datetime
) -> None:
    """The same for several at one moment, under these numbers."""
    lent_at = utc_text(at)
    rows = [_loan_row(loan, lent_at) for loan in loans]
    for row, number in zip(rows, ids, strict=True):
        row["id"] = number
    transaction.run_later(_INSERT_NUMBERED, rows)


def renew_loan(transaction: Transaction, loan_id: int, due: date, policy_version: str) -> None:
    """A later due date, one renewal more, under the policy that granted it."""
    parameters = {"loan_id": loan_id, "due": due.isoformat(), "policy_version": policy_version}
    transaction.run(_RENEW_LOAN, parameters)


def close_loan(transaction: Transaction, loan_id: int, at: datetime) -> None:
    """The loan was over at that moment."""
    transaction.run(_CLOSE_LOAN, {"loan_id": loan_id, "at": utc_text(at)})


def lent_again(transaction: Transaction, loan_id: int, at: datetime) -> None:
    """The same patron took the copy at that moment as well: the loan stands since then at least."""
    transaction.run(_LENT_AGAIN, {"loan_id": loan_id, "at": utc_text(at)})


def claim_loan(transaction: Transaction, loan_id: int, now: datetime) -> None:
    """The patron says that the copy is back: the loan stands, and is not held against him."""
    transaction.run(_CLAIM_LOAN, {"loan_id": loan_id, "now": utc_text(now)})


def move_item(
    transaction: Transaction, item: int, state: ItemState, security: SecurityState
) -> None:
    """The copy's new place in both lifecycles."""
    move_items(transaction, (Move(item, state, security),))


def move_items(transaction: Transaction, moves: Sequence[Move]) -> None:
    """The same for several copies, each once."""
    rows = [
        {"id": move.item_id, "state": move.state.value, "security": move.security.value}
        for move in moves
    ]
    transaction.run_later(_MOVE_ITEM, rows)


def learn_tag(transaction: Transaction, copy: CopyRecord, uid: str | None) -> None:
    """Remember a copy's tag the first time a pad reports it; gates know copies by it alone.

    A tag that is already known for this or another copy is left as it is.
    """
    if uid is not None and copy.tag_uid is None:
        transaction.run_later(_LEARN_TAG, [{"id": copy.id, "uid": uid}])


def _loan_row(loan: NewLoan, lent_at: str) -> dict[str, str | int | bool]:
    return {
        "item_id": loan.item_id,
        "patron_id": loan.patron_id,
        "lent_at": lent_at,
        "due": loan.due.isoformat(),
        "counted": loan.counted,
        "policy_version": loan.policy_version,
        "device_id": loan.device_id,
    }
