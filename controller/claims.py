"""Periodic work of which a ledger needs one, however many controllers serve it: whose turn it is.

A turn is claimed by moving its row ahead by a lease, in one short transaction beside the writer:
on PostgreSQL with SKIP LOCKED, so that who comes second goes on at once; SQLite has no row locks
and needs none, because there the whole transaction begins IMMEDIATE (SQLAlchemy leaves the words
out for it). Who is killed at work leaves its turn to another when the lease ends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, or_, select, text, update
from sqlmodel import col

from controller.clock import LibraryTime
from controller.columns import utc_text
from controller.db import failures
from controller.sql import LedgerUnavailable
from controller.tables import Job

T = TypeVar("T")
LEASE = timedelta(minutes=10)  # longer than any of the work takes
_NEW = text("INSERT INTO job (name, due_at) VALUES (:name, :now) ON CONFLICT (name) DO NOTHING")


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of periodic work."""

    name: str
    every: timedelta


class Claims:
    """The turns of one controller; safe from any thread."""

    def __init__(self, engine: Engine, time: LibraryTime) -> None:
        self._engine = engine
        self._time = time
        self._failures = failures(engine)

    def do_if_due(self, duty: Duty, work: Callable[[], None]) -> bool:
        """True when the work was ours and is done.

        `LedgerUnavailable`, or what `work` raises: then it is due again when the lease ends.
        """
        began, claim = self._time.now(), str(uuid4())
        if not self._guarded(lambda: self._take(duty, began, claim)):
            return False
        work()
        self._guarded(lambda: self._finish(duty, began, claim))
        return True

    def _take(self, duty: Duty, now: datetime, claim: str) -> bool:
        with self._engine.begin() as connection:
            connection.execute(_NEW, {"name": duty.name, "now": utc_text(now)})
            free = select(col(Job.name)).where(col(Job.name) == duty.name, _due(duty, now))
            if connection.execute(free.with_for_update(skip_locked=True)).first() is None:
                return False
            connection.execute(
                update(Job)
                .where(col(Job.name) == duty.name)
                .values(due_at=now + LEASE, claim=claim)
            )
        return True

    def _finish(self, duty: Duty, began: datetime, claim: str) -> None:
        """Due again from when it began: what came due during the work waits no longer than that.

        Nothing when the lease was too short and another has it now.
        """
        mine = (col(Job.name) == duty.name, col(Job.claim) == claim)
        next_time = {"due_at": began + duty.every, "claim": None}
        with self._engine.begin() as connection:
            connection.execute(update(Job).where(*mine).values(next_time))

    def _guarded(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except self._failures as error:
            raise LedgerUnavailable("whose turn it is could not be read") from error


def _due(duty: Duty, now: datetime) -> ColumnElement[bool]:
    """Also what nobody can have meant: a clock that was wrong, and is set right, wrote it.

    Twice the time, because two machines never quite agree what time it is.
    """
    latest = now + 2 * max(duty.every, LEASE)
    return or_(col(Job.due_at) <= now, col(Job.due_at) > latest)
