"""Erase a person who left: names, cards, consents, blocks, holds and the link to every loan.

Freed bytes are overwritten (`PRAGMA secure_delete` of every connection), and `seal` empties the
write-ahead log, where the old pages would stay readable. Copies made before are not touched.
"""

from contextlib import closing
from datetime import datetime

import structlog
from sqlalchemy import Engine

from controller.columns import utc_text
from controller.db import raw_connection
from controller.holds.queue import end_holds
from controller.patrons.history import forget_all, forget_in_conflicts
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason

_log = structlog.get_logger()
_PERSON = Statement("SELECT has_left, family_name FROM patron WHERE id = :id")
_ERASED = Statement("SELECT 1 FROM erased_patron WHERE patron_id = :id")
_ASKED = Statement(
    "SELECT 1 FROM conflict WHERE settled_at IS NULL"
    " AND (fact LIKE :id OR evidence LIKE :id) LIMIT 1"
)
_OPEN = Statement("SELECT 1 FROM loan WHERE patron_id = :id AND returned_at IS NULL LIMIT 1")
_NAMELESS = Statement(
    "UPDATE patron SET family_name = '', given_name = '', patronymic = '', class_name = :grade"
    " WHERE id = :id"
)
_BELONGINGS = tuple(
    Statement(f"DELETE FROM {table} WHERE patron_id = :id")  # noqa: S608  # names of ours
    for table in (
        *("card", "card_number", "consent", "hold", "patron_block", "patron_reading"),
        *("class_group", "class_teacher", "textbook_line"),
    )
)
_NOTE = Statement(
    "INSERT INTO erased_patron (patron_id, at, staff_id) VALUES (:id, :now, :staff_id)"
)


def erase(transaction: Transaction, patron_id: str, *, staff_id: int, now: datetime) -> None:
    """Nothing says any more who this was; once more changes nothing.

    `Refused`: unknown, has_not_left, has_loans (the books come back first), or has_conflicts (the
    open questions are settled first).
    """
    wanted = {"id": patron_id}
    if transaction.row(_ERASED, wanted) is not None:
        return
    person = transaction.row(_PERSON, wanted)
    if person is None or not person[1]:
        raise Refused(StaffReason.UNKNOWN)
    if not person[0]:
        raise Refused(StaffReason.HAS_NOT_LEFT)
    if transaction.row(_OPEN, wanted) is not None:
        raise Refused(StaffReason.HAS_LOANS)
    if transaction.row(_ASKED, {"id": f'%"{patron_id}"%'}) is not None:
        raise Refused(StaffReason.HAS_CONFLICTS)
    end_holds(transaction, patron_id, now)
    grade = forget_all(transaction, patron_id)
    forget_in_conflicts(transaction, patron_id)
    for belonging in _BELONGINGS:
        transaction.run(belonging, wanted)
    transaction.run(_NAMELESS, {"id": patron_id, "grade": grade})
    transaction.run(_NOTE, {"id": patron_id, "now": utc_text(now), "staff_id": staff_id})


def seal(engine: Engine) -> bool:
    """Empty the write-ahead log; False when a long reader was in the way: try later."""
    if engine.dialect.name != "sqlite":
        return True  # PostgreSQL's log is the server's, and its retention too
    with closing(raw_connection(engine)) as connection:
        busy = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        _log.warning("erased_names_still_in_wal")
    return not busy
