"""The year's end: classes move up, the last one leaves. Planned, then applied once."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from controller.columns import utc_text
from controller.holds.queue import end_holds
from controller.patrons.wire import ClassMove, PromotionDone, PromotionOrder, PromotionPlan
from controller.sql import Statement, Transaction
from controller.staff.refusals import Refused, StaffReason

LAST_GRADE = 11
_CLASS = re.compile(r"(\d{1,2})(.*)", re.DOTALL)
_PUPILS = Statement(
    "SELECT id, class_name FROM patron WHERE category = 'pupil' AND has_left = false"
    " AND family_name <> '' AND library = :library ORDER BY id"
)
_DONE = Statement(
    "SELECT promoted, leavers FROM promotion WHERE library = :library AND school_year = :year"
)
_MOVE = Statement("UPDATE patron SET class_name = :class_name WHERE id = :id")
_LEAVE = Statement("UPDATE patron SET has_left = true WHERE id = :id")
_TEACHERS = Statement("SELECT class_name, patron_id FROM class_teacher WHERE library = :library")
_FORGET_TEACHERS = Statement("DELETE FROM class_teacher WHERE library = :library")
_TEACHER = Statement(
    "INSERT INTO class_teacher (library, class_name, patron_id)"
    " VALUES (:library, :class_name, :patron_id)"
)
_KEEP = Statement(
    "INSERT INTO promotion (library, school_year, applied_at, staff_id, promoted, leavers)"
    " VALUES (:library, :year, :now, :staff_id, :promoted, :leavers)"
)


@dataclass(frozen=True, slots=True)
class _Pupil:
    id: str
    class_name: str


def plan(transaction: Transaction, library: str, year: int) -> PromotionPlan:
    """What becomes of every class of this library."""
    pupils = _pupils(transaction, library)
    sizes = Counter(pupil.class_name for pupil in pupils)
    return PromotionPlan(
        school_year=year,
        applied=transaction.row(_DONE, {"library": library, "year": year}) is not None,
        moves=tuple(
            ClassMove(class_name=name, becomes=next_class(name), pupils=sizes[name])
            for name in sorted(sizes, key=_by_grade)
            if _CLASS.match(name)
        ),
        unclear=tuple(sorted(name for name in sizes if not _CLASS.match(name))),
        seen=_digest(pupils),
    )


def apply(
    transaction: Transaction,
    library: str,
    order: PromotionOrder,
    year: int,
    *,
    staff_id: int,
    now: datetime,
) -> PromotionDone:
    """Move every pupil one class up; again in the same year it only says what was done.

    `Refused` (changed_meanwhile) when the pupils are not those of the plan, or the year is over.
    """
    done = transaction.row(_DONE, {"library": library, "year": order.school_year})
    if done is not None:
        return PromotionDone(school_year=order.school_year, promoted=done[0], leavers=done[1])
    pupils = _pupils(transaction, library)
    if order.school_year != year or order.seen != _digest(pupils):
        raise Refused(StaffReason.CHANGED_MEANWHILE)
    promoted = leavers = 0
    for pupil in pupils:
        if not _CLASS.match(pupil.class_name):
            continue
        becomes = next_class(pupil.class_name)
        if becomes is None:
            leavers += transaction.run(_LEAVE, {"id": pupil.id})
            end_holds(transaction, pupil.id, now)
        else:
            promoted += transaction.run(_MOVE, {"id": pupil.id, "class_name": becomes})
    _move_teachers(transaction, library)
    parameters = {
        "library": library,
        "year": year,
        "now": utc_text(now),
        "staff_id": staff_id,
        "promoted": promoted,
        "leavers": leavers,
    }
    transaction.run(_KEEP, parameters)
    return PromotionDone(school_year=year, promoted=promoted, leavers=leavers)


def next_class(class_name: str) -> str | None:
    """'7Б' becomes '8Б'; None for the last grade. A class without a grade stays as it is."""
    found = _CLASS.match(class_name)
    if found is None:
        return class_name
    grade = int(found[1])
    return None if grade >= LAST_GRADE else f"{grade + 1}{found[2]}"


def _pupils(transaction: Transaction, library: str) -> list[_Pupil]:
    return [_Pupil(*row) for row in transaction.rows(_PUPILS, {"library": library})]


def _move_teachers(transaction: Transaction, library: str) -> None:
    """A class teacher goes up with the class; who led the last one leads none."""
    led = transaction.rows(_TEACHERS, {"library": library})
    transaction.run(_FORGET_TEACHERS, {"library": library})
    moved = ((next_class(class_name), patron_id) for class_name, patron_id in led)
    transaction.run_each(
        _TEACHER,
        [
            {"library": library, "class_name": class_name, "patron_id": patron_id}
            for class_name, patron_id in moved
            if class_name is not None
        ],
    )


def _by_grade(class_name: str) -> tuple[int, str]:
    found = _CLASS.match(class_name)
    return (int(found[1]), found[2]) if found else (0, class_name)


def _digest(pupils: list[_Pupil]) -> str:
    text = "\n".join(f"{pupil.id} {pupil.class_name}" for pupil in pupils)
    return hashlib.sha256(text.encode()).hexdigest()
