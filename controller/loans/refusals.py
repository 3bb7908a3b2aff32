"""What the desk says when it does not do something."""

from datetime import date

from circulation.reasons import Reason
from circulation.rules import Decision
from controller.answers import CONFLICT, NOT_FOUND, Answer, refused
from controller.columns import to_date
from controller.loans.facts import CopyRecord, PatronRecord
from controller.sql import Statement, Transaction

_BLOCKS = Statement(
    "SELECT until FROM patron_block WHERE patron_id = :patron_id AND lifted_at IS NULL"
    " AND (until IS NULL OR until >= :today) ORDER BY until"
)


def not_found(copy: CopyRecord | None) -> Answer:
    """Which of the two the ledger does not know; the copy first."""
    return refused(NOT_FOUND, Reason.ITEM_UNKNOWN if copy is None else Reason.CARD_UNKNOWN)


def refusal(
    transaction: Transaction,
    decision: Decision,
    copy: CopyRecord,
    patron: PatronRecord | None,
    today: date,
) -> Answer:
    """409 with every reason, and the day that helps the patron where there is one."""
    mine = Reason.ALREADY_YOURS in decision.reasons
    blocked = patron is not None and Reason.PATRON_BLOCKED in decision.reasons
    return refused(
        CONFLICT,
        *decision.reasons,
        can_still_borrow=decision.can_still_borrow,
        due=copy.facts.due if mine else None,
        blocked_until=_blocked_until(transaction, patron.id, today) if patron and blocked else None,
    )


def _blocked_until(transaction: Transaction, patron_id: str, today: date) -> date | None:
    """The last blocked day; None when no day ends it."""
    rows = transaction.rows(_BLOCKS, {"patron_id": patron_id, "today": today.isoformat()})
    ends = [row[0] for row in rows]
    return None if None in ends or not ends else max(to_date(end) for end in ends)
