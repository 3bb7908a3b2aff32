"""Forget who read what: a day after its return a loan belongs to a grade, the person has a count.

The stand-in patrons («anonymous-pupil-7») keep the library's statistics by category and grade.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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


_SETTLED = Statement(
    "SELECT id, fact, evidence FROM conflict WHERE settled_at < :before AND forgotten = false"
    " ORDER BY id LIMIT :most"
)
_OF_PERSON = Statement(
    "SELECT id, fact, evidence FROM conflict WHERE settled_at IS NOT NULL"
    " AND (fact LIKE :id OR evidence LIKE :id)"
)
_REWRITE = Statement(
    "UPDATE conflict SET fact = :fact, evidence = :evidence, forgotten = :all WHERE id = :id"
)
_PEOPLE = ("patron_id", "holder", "held_for")  # fields of a fact and of its evidence


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


def forget_conflicts(transaction: Transaction, now: datetime) -> int:
    """How many settled questions say no more whom they were about."""
    found = transaction.rows(_SETTLED, {"before": utc_text(now - KEPT), "most": AT_ONCE})
    for number, fact, evidence in found:
        _rewrite(transaction, number, fact, evidence, whom=None)
    return len(found)


def forget_in_conflicts(transaction: Transaction, patron_id: str) -> None:
    """No settled question says that it was about this person."""
    for number, fact, evidence in transaction.rows(_OF_PERSON, {"id": f'%"{patron_id}"%'}):
        _rewrite(transaction, number, fact, evidence, whom=patron_id)


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


def _rewrite(
    transaction: Transaction, number: int, fact: str, evidence: str, *, whom: str | None
) -> None:
    """Without this person in it; without anybody when `whom` is None."""
    parameters = {
        "id": number,
        "fact": _without(json.loads(fact), whom),
        "evidence": _without(json.loads(evidence), whom),
        "all": whom is None,
    }
    transaction.run(_REWRITE, parameters)


def _without(said: dict[str, Any], whom: str | None) -> str:
    for part in (said, said.get("request", {})):
        for key in _PEOPLE:
            if key in part and whom in (None, part[key]):
                part[key] = None
    return json.dumps(said, ensure_ascii=False)
