"""Reads beside the writer: a few threads, each with its own connection and snapshot.

The event loop never touches the database, so a slow disk delays one answer and not all.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from controller.db import faults, open_transaction
from controller.sql import LedgerUnavailable, Transaction

THREADS = 2
T = TypeVar("T")


class Reads:
    """Runs queries, each in one snapshot of the committed ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults = faults(engine)
        self._local = threading.local()
        self._opened: list[Transaction] = []
        self._threads = ThreadPoolExecutor(THREADS, "reads")

    async def run(self, query: Callable[[Transaction], T]) -> T:
        """The query's value, or its exception."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, query)

    def run_in_thread(self, query: Callable[[Transaction], T]) -> T:
        """The same for a thread; blocks."""
        return self._threads.submit(self._read, query).result()

    def stop(self) -> None:
        """Finish what runs and close the connections."""
        self._threads.shutdown()
        for transaction in self._opened:
            transaction.close()

    def _read(self, query: Callable[[Transaction], T]) -> T:
        try:
            return self._read_once(query)
        except self._faults as error:
            if not self._give_up_lost():
                raise LedgerUnavailable("the ledger could not be read") from error
        try:  # the server was started anew: reading twice harms nobody
            return self._read_once(query)
        except self._faults as error:
            raise LedgerUnavailable("the ledger could not be read") from error

    def _read_once(self, query: Callable[[Transaction], T]) -> T:
        transaction = self._mine()
        transaction.begin_read()
        try:
            return query(transaction)
        finally:
            if not transaction.lost:
                transaction.rollback()

    def _mine(self) -> Transaction:
        """This thread's own; opened when first needed, for then the ledger may be away."""
        mine: Transaction | None = getattr(self._local, "transaction", None)
        if mine is None:
            mine = self._local.transaction = open_transaction(self._engine)
            self._opened.append(mine)
        return mine

    def _give_up_lost(self) -> bool:
        """False when there is nothing wrong with the connection, or there was none."""
        mine: Transaction | None = getattr(self._local, "transaction", None)
        if mine is None or not mine.lost:
            return False
        self._local.transaction = None
        self._opened.remove(mine)
        mine.close()
        return True
