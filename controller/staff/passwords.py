"""Passwords: argon2id (RFC 9106, second recommended set: 64 MiB, 3 passes, 4 lanes)."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = (
    10  # NIST SP 800-63B, 5.1.1.2 asks for 8; length is all we ask, no rules of composition
)
MAX_LENGTH = 128  # argon2 hashes any length, an open door need not
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$" + "A" * 22 + "$" + "A" * 43
"""No password has it, and refusing it costs as much time as refusing a real one."""


class BadPassword(ValueError):
    """A password that cannot be taken; the message says why."""


def hash_password(password: str, *, login: str) -> str:
    """The hash to keep, or `BadPassword`. Takes about 0.2 s and 64 MiB."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise BadPassword(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    if password.casefold() == login.casefold():
        raise BadPassword("the password must differ from the account's name")
    if len(set(password)) == 1:
        raise BadPassword("the password must not be one character repeated")
    return _HASHER.hash(password)


def is_password(password: str, password_hash: str) -> bool:
    """Does the password have this hash? Takes the same time for yes and no."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
