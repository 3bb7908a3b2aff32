"""At most five failed sign-ins a minute for one account and from one address.

Each try is counted before the password is looked at, so that a hundred at once are not a hundred
guesses. Names that do not exist are counted alike: being locked tells nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from controller.columns import to_utc, utc_text
from controller.sql import Statement, Transaction

MOST = 5
WINDOW = timedelta(minutes=1)

_FORGET = Statement("DELETE FROM sign_in_try WHERE at <= :before OR at >= :ahead")
_COUNT = Statement(
    "SELECT key, count(*), min(at) FROM sign_in_try WHERE key IN (:account, :address) GROUP BY key"
)
_CLAIM = Statement("INSERT INTO sign_in_try (key, at) VALUES (:key, :now) RETURNING id")
_RELEASE = Statement("DELETE FROM sign_in_try WHERE key = :account OR id = :claim")


@dataclass(frozen=True, slots=True)
class Try:
    """One try to sign in: what is counted, and by which number after it was counted."""

    account_key: str
    address_key: str
    claim: int = 0


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many tries; ask again after so many seconds."""

    seconds: int


def claim(transaction: Transaction, login: str, address: str, now: datetime) -> Try | Locked:
    """Count one try, or say how long to wait; a locked try is not counted and locks no longer."""
    keys = {"account": _key("account", login), "address": _key("address", address)}
    limits = {"before": utc_text(now - WINDOW), "ahead": utc_text(now + WINDOW)}
    transaction.run(_FORGET, limits)  # also those of a clock that was set back since
    full = [row for row in transaction.rows(_COUNT, keys) if row[1] >= MOST]
    if full:
        free_at = max(to_utc(row[2]) for row in full) + WINDOW
        return Locked(max(1, ceil((free_at - now).total_seconds())))
    moment = utc_text(now)
    transaction.run(_CLAIM, {"key": keys["account"], "now": moment})
    number = transaction.row(_CLAIM, {"key": keys["address"], "now": moment})[0]
    return Try(keys["account"], keys["address"], int(number))


def release(transaction: Transaction, done: Try) -> None:
    """The password was right: this account's tries are forgotten, and this one of the address."""
    transaction.run(_RELEASE, {"account": done.account_key, "claim": done.claim})


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
