"""Sessions on the server: a random token in a cookie, its hash in the table, ended by deleting it.

The controller keeps nothing in memory, so any controller of a library answers any request.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.columns import to_utc, utc_text
from controller.sql import Statement, Transaction
from controller.staff.rights import Role

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=12)
_NOTE_USE_AFTER = timedelta(seconds=30)  # one write per half minute of work, not one per click
_TOKEN_BYTES = 32

_ACCOUNT = Statement("SELECT id, password_hash FROM staff WHERE login = :login AND active = true")
_OPEN = Statement(
    "INSERT INTO staff_session (token_hash, staff_id, started_at, used_at)"
    " SELECT :token_hash, id, :now, :now FROM staff WHERE id = :staff_id AND active = true"
)
_FIND = Statement(
    "SELECT s.id, s.login, s.role, s.class_name, n.started_at, n.used_at"
    " FROM staff_session n JOIN staff s ON s.id = n.staff_id"
    " WHERE n.token_hash = :token_hash AND s.active = true"
)
_USE = Statement("UPDATE staff_session SET used_at = :now WHERE token_hash = :token_hash")
_END = Statement("DELETE FROM staff_session WHERE token_hash = :token_hash")
_SWEEP = Statement(
    "DELETE FROM staff_session WHERE started_at <= :longest OR used_at <= :idle"
    " OR used_at >= :ahead"
)


@dataclass(frozen=True, slots=True)
class StaffCaller:
    """Who asks."""

    staff_id: int
    login: str
    role: Role
    class_name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A session that is alive; `note_use` when its last use should be written down again."""

    caller: StaffCaller
    note_use: bool


def find_account(transaction: Transaction, login: str) -> tuple[int, str] | None:
    """The id and password hash of an active account, or None."""
    row = transaction.row(_ACCOUNT, {"login": login})
    return None if row is None else (int(row[0]), str(row[1]))


def open_session(transaction: Transaction, staff_id: int, now: datetime) -> str:
    """A new session's token. What has run out of all sessions is swept away with it."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    limits = {
        "longest": utc_text(now - LONGEST),
        "idle": utc_text(now - IDLE),
        "ahead": utc_text(now + IDLE),
    }
    transaction.run(_SWEEP, limits)
    parameters = {"token_hash": _hash(token), "staff_id": staff_id, "now": utc_text(now)}
    transaction.run(_OPEN, parameters)
    return token


def find_session(transaction: Transaction, token: str, now: datetime) -> Found | None:
    """The live session of this token; None when it ended, ran out or never was.

    A clock that was set back by more than `IDLE` ends it too: else it would last until the wrong
    moment comes again.
    """
    row = transaction.row(_FIND, {"token_hash": _hash(token)})
    if row is None:
        return None
    started, used = to_utc(row[4]), to_utc(row[5])
    if now - started >= LONGEST or abs(now - used) >= IDLE:
        return None
    caller = StaffCaller(int(row[0]), row[1], Role(row[2]), row[3])
    return Found(caller, note_use=now - used >= _NOTE_USE_AFTER)


def note_use(transaction: Transaction, token: str, now: datetime) -> None:
    """The session was used just now."""
    transaction.run(_USE, {"token_hash": _hash(token), "now": utc_text(now)})


def end_session(transaction: Transaction, token: str) -> None:
    """The token means nothing from now on."""
    transaction.run(_END, {"token_hash": _hash(token)})


def form_token(token: str) -> str:
    """What every write of this session carries: who only has the cookie sent cannot know it."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
