"""Reads beside the writer: a few threads, each with its own connection and snapshot.

The event loop never touches the database, so a slow disk delays one answer and not all.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine

from controller.db import raw_connection
from controller.sql import Dialect, LedgerUnavailable, Transaction

THREADS = 2
T = TypeVar("T")


class Reads:
    """Runs queries, each in one snapshot of the committed ledger."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fatal: type[Exception] = engine.dialect.loaded_dbapi.OperationalError
        self._local = threading.local()
        self._opened: list[Transaction] = []
        self._threads = ThreadPoolExecutor(THREADS, "reads", initializer=self._open)

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

    def _open(self) -> None:
        connection = raw_connection(self._engine)
        self._local.transaction = Transaction(connection, Dialect(self._engine.dialect.name))
        self._opened.append(self._local.transaction)

    def _read(self, query: Callable[[Transaction], T]) -> T:
        transaction: Transaction = self._local.transaction
        try:
            transaction.begin_read()
            try:
                return query(transaction)
            finally:
                transaction.rollback()
        except self._fatal as error:
            raise LedgerUnavailable("the ledger could not be read") from error
