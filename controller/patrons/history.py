"""Forget who read what: a day after its return a loan belongs to a grade, the person has a count.

The stand-in patrons («anonymous-pupil-7») keep the library's statistics by category and grade.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.columns import utc_text
from controller.patrons.finding import ANONYMOUS
from controller.sql import Statement, Transaction

KEPT = timedelta(days=1)  # a book found damaged in the drop can still be asked about
AT_ONCE = 500  # loans per command: the desk waits a few milliseconds at most
_GRADE = re.compile(r"\d{1,2}")

_PAST = Statement(
    "SELECT l.id, l.patron_id, p.category, p.class_name FROM loan l"
    " JOIN patron p ON p.id = l.patron_id LEFT JOIN patron_reading r ON r.patron_id = p.id"
    " WHERE l.returned_at < :before AND p.id NOT LIKE 'anonymous-%'"
    " AND coalesce(r.keep_history, false) = false ORDER BY l.id LIMIT :most"
)
_PERSON = Statement("SELECT category, class_name FROM patron WHERE id = :id")
_STAND_IN = Statement(
    "INSERT INTO patron (id, family_name, given_name, patronymic, class_name, category, has_left)"
    " VALUES (:id, '', '', '', :grade, :category, true)"
    " ON CONFLICT (id) DO NOTHING"
)
_FORGET = Statement(
    "UPDATE loan SET patron_id = :stand_in WHERE id = :loan_id AND patron_id = :patron_id"
    " AND returned_at IS NOT NULL"
)
_FORGET_ALL = Statement(
    "UPDATE loan SET patron_id = :stand_in WHERE patron_id = :patron_id AND returned_at IS NOT NULL"
)
_FORGET_HOLDS = Statement(
    "DELETE FROM hold WHERE closed_at < :before AND NOT EXISTS (SELECT 1 FROM patron_reading r"
    " WHERE r.patron_id = hold.patron_id AND r.keep_history = true)"
)
_COUNT = Statement(
    "INSERT INTO patron_reading (patron_id, keep_history, past_loans) VALUES (:id, false, :loans)"
    " ON CONFLICT (patron_id) DO UPDATE SET past_loans = patron_reading.past_loans + :loans"
)


@dataclass(frozen=True, slots=True)
class PastLoan:
    """A returned loan that still names its reader."""

    loan_id: int
    patron_id: str
    category: str
    class_name: str


def past_loans(transaction: Transaction, now: datetime) -> list[PastLoan]:
    """The next loans to forget. Reads all loans, so it belongs beside the writer, not into it."""
    parameters = {"before": utc_text(now - KEPT), "most": AT_ONCE}
    return [PastLoan(*row) for row in transaction.rows(_PAST, parameters)]


def forget(transaction: Transaction, loans: list[PastLoan]) -> int:
    """How many lost their reader; harmless when another controller was faster."""
    counts: Counter[str] = Counter()
    for loan in loans:
        parameters = {
            "loan_id": loan.loan_id,
            "patron_id": loan.patron_id,
            "stand_in": _stand_in(transaction, loan.category, loan.class_name),
        }
        counts[loan.patron_id] += transaction.run(_FORGET, parameters)
    for patron_id, count in counts.items():
        transaction.run(_COUNT, {"id": patron_id, "loans": count})
    return counts.total()


def forget_holds(transaction: Transaction, now: datetime) -> int:
    """How many holds that are over say no more who waited."""
    return transaction.run(_FORGET_HOLDS, {"before": utc_text(now - KEPT)})


def forget_all(transaction: Transaction, patron_id: str) -> str:
    """Every returned loan of this person, whatever was wished; gives the grade that remains."""
    category, class_name = transaction.row(_PERSON, {"id": patron_id})
    stand_in = _stand_in(transaction, category, class_name)
    transaction.run(_FORGET_ALL, {"patron_id": patron_id, "stand_in": stand_in})
    return grade_of(class_name)


def grade_of(class_name: str) -> str:
    """'7' of '7Б'; empty without a grade."""
    found = _GRADE.match(class_name)
    return found[0] if found else ""


def _stand_in(transaction: Transaction, category: str, class_name: str) -> str:
    grade = grade_of(class_name)
    patron_id = f"{ANONYMOUS}{category}-{grade or 0}"
    transaction.run(_STAND_IN, {"id": patron_id, "grade": grade, "category": category})
    return patron_id
