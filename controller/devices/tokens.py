"""Device tokens: 32 random bytes, shown once, kept as SHA-256.

A fast hash is right here: the token is random and long, so there is nothing to guess.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from circulation.snapshot import token_hash
from controller.sql import Question, Statement, Transaction
from controller.tables import DeviceKind

_TOKEN_BYTES = 32

_BY_TOKEN = Statement(
    "SELECT id, library, name, kind FROM device WHERE token_hash = :token_hash",
    types={"token_hash": "text"},
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The device that asks, and who of the staff works at it."""

    device_id: int
    library: str  # ISIL
    name: str
    kind: DeviceKind
    operator: str = ""  # the account's name; empty where nobody has signed in


def new_token() -> str:
    """A token for one device, safe in a header and a settings file."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored instead of the token."""
    return token_hash(token)


def find_caller(transaction: Transaction, token_hash: str) -> Caller | None:
    """The device with this token, or None. A revoked token stops at the next request."""
    row = transaction.row(_BY_TOKEN, {"token_hash": token_hash})
    return None if row is None else _caller(row)


def which_callers(token_hashes: Iterable[str]) -> Question[dict[str, Caller]]:
    """The same for several; a token that no device has is left out."""
    hashes = list(token_hashes)

    def read(found: list[Any]) -> dict[str, Caller]:
        pairs = zip(hashes, found, strict=True)
        return {token_hash: _caller(row) for token_hash, row in pairs if row}

    return Question(_BY_TOKEN, [{"token_hash": one} for one in hashes], read)


def _caller(row: tuple[int, str, str, str]) -> Caller:
    return Caller(row[0], row[1], row[2], DeviceKind(row[3]))
