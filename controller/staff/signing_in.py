"""A name and a password against the ledger, in the same time whether the name exists or not."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from controller.sql import Transaction
from controller.staff import tries
from controller.staff.door import Door
from controller.staff.passwords import MAX_LENGTH, NOBODYS_HASH, is_password
from controller.staff.sessions import find_account

_HASHES_AT_ONCE = 2  # 64 MiB each: a crowd at the door must not eat a small machine's memory
T = TypeVar("T")


class SigningIn:
    """One per controller: it bounds how many passwords are hashed at once."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)

    async def __call__(
        self, name: str, password: str, address: str, let_in: Callable[[Transaction, int], T]
    ) -> T | tries.Locked | None:
        """What `let_in` gives for this account's id, with the tries forgotten in the same commit.

        None for a wrong name or password; or for how long it is locked.
        """
        door, login = self._door, name.strip().lower()
        now = door.time.now()
        claimed = await door.writer.run(partial(tries.claim, login=login, address=address, now=now))
        if isinstance(claimed, tries.Locked):
            return claimed
        account = await door.reads.run(partial(find_account, login=login))
        staff_id, password_hash = (0, NOBODYS_HASH) if account is None else account
        async with self._hashing:
            right = await asyncio.to_thread(is_password, password[: MAX_LENGTH + 1], password_hash)
        if not right:
            return None

        def enter(transaction: Transaction) -> T:
            tries.release(transaction, claimed)
            return let_in(transaction, staff_id)

        return await door.writer.run(enter)
