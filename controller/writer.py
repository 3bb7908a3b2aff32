"""One thread writes: it takes the commands that wait, commits them together, then answers.

A group shares one durable commit, so sixteen kiosks cost one sync and not sixteen. Each command has
its own savepoint: a command that raises loses only its own work. Commands of one kind that stand
next to each other may be one act (`Joined`); if that raises, each is done alone. When the commit
itself fails, every command of the group fails, and nobody was told otherwise before.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import groupby
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy import Engine

from controller.db import faults, open_writer
from controller.sql import LedgerUnavailable, Transaction

MAX_GROUP = 128  # commands per commit: more adds waiting, not rate
T = TypeVar("T")
W = TypeVar("W")
Command = Callable[[Transaction], T]
Act = Callable[[Transaction, Sequence[W]], list[T]]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Joined(Generic[W, T]):
    """A command that costs less when it is done with others of its kind.

    `together` gives what each wish would have got alone, in their order.
    """

    together: Act[W, T]
    wish: W
    alone: Command[T]

    def __call__(self, transaction: Transaction) -> T:
        """The command by itself."""
        return self.alone(transaction)


class CommitFailed(LedgerUnavailable):
    """Nothing of this command was kept; the same operation may be asked again."""


class WriterStopped(LedgerUnavailable):
    """The controller is shutting down and takes no more writes."""


@dataclass(frozen=True, slots=True)
class _Failure:
    error: Exception


@dataclass(frozen=True, slots=True)
class _Job:
    command: Command[Any]
    future: Future[Any] | asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop | None


_Way = Callable[[Transaction, list[_Job], tuple[type[Exception], ...]], list[Any]]


class Writer:
    """The only writer of this process. `start` before use, `stop` drains what was accepted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._faults = faults(engine)
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._listeners: list[Callable[[], None]] = []
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._accepting = threading.Lock()
        self._stopped = False

    def start(self) -> None:
        """Open the connection, so that a database that cannot be opened is said here; then work."""
        self._transaction = open_writer(self._engine)
        self._thread.start()

    def stop(self) -> None:
        """Refuse new commands, finish the accepted ones, close the connection."""
        with self._accepting:
            self._stopped = True
            self._queue.put(None)
        self._thread.join()

    def after_commit(self, listener: Callable[[], None]) -> None:
        """Call this, quickly, in the writer's thread after each commit. Register before `start`."""
        self._listeners.append(listener)

    async def run(self, command: Command[T]) -> T:
        """The command's value, after it is durable; its exception; or `CommitFailed`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(command, future, loop))
        return await future

    def submit(self, command: Command[T]) -> Future[T]:
        """The same for a thread."""
        future: Future[T] = Future()
        self._put(_Job(command, future, None))
        return future

    def _put(self, job: _Job) -> None:
        with self._accepting:
            if self._stopped:
                raise WriterStopped("the controller is shutting down")
            self._queue.put(job)

    def _work(self) -> None:
        running = True
        while running:
            group, running = self._take()
            if group:
                self._answer(group, self._commit(group))
        self._transaction.close()

    def _take(self) -> tuple[list[_Job], bool]:
        """Wait for one job, then take what is there; False when told to stop."""
        group: list[_Job] = []
        job = self._queue.get()
        while job is not None:
            group.append(job)
            if len(group) == MAX_GROUP:
                return group, True
            try:
                job = self._queue.get_nowait()
            except Empty:
                return group, True
        return group, False

    def _answer(self, group: list[_Job], outcomes: list[Any]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any]]] = {}
        for job, outcome in zip(group, outcomes, strict=True):
            if job.loop is None:
                _resolve([(job.future, outcome)])
            else:
                by_loop.setdefault(job.loop, []).append((job.future, outcome))  # type: ignore[arg-type]
        for loop, answers in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(_resolve, answers)
        for listener in self._listeners:
            listener()

    def _commit(self, group: list[_Job]) -> list[Any]:
        try:
            try:
                return self._try(group, _attempt_all)
            except Exception as error:  # noqa: BLE001  # or raised again
                return self._try(group, self._another_way(error))
        except Exception as error:  # noqa: BLE001  # the thread must outlive a full disk
            log.error("commit_failed", commands=len(group), error=type(error).__name__)
            _roll_back(self._transaction)
            return _failures(group, error)

    def _try(self, group: list[_Job], way: _Way) -> list[Any]:
        self._transaction.begin_group()
        outcomes = way(self._transaction, group, self._faults)
        self._transaction.commit()
        return outcomes

    def _another_way(self, error: Exception) -> _Way:
        """How to do a group again of which nothing was kept; raises the error if that is no help.

        The connection is a new one where the server was started anew. What a write that was put off
        has raised came too late to say whose it was.
        """
        if not isinstance(error, self._faults):
            _roll_back(self._transaction)
            log.warning("done_one_by_one", error=type(error).__name__)
            return _attempt_each
        if self._transaction.begun or not self._transaction.lost:
            raise error
        fresh = open_writer(self._engine)
        self._transaction.close()
        self._transaction = fresh
        log.warning("ledger_back")
        return _attempt_all


def _failures(group: list[_Job], error: Exception) -> list[Any]:
    failure = CommitFailed("the ledger could not be written")
    failure.__cause__ = error
    return [_Failure(failure)] * len(group)


def _attempt_all(
    transaction: Transaction, group: list[_Job], fatal: tuple[type[Exception], ...]
) -> list[Any]:
    outcomes: list[Any] = []
    for together, jobs in groupby(group, _kind):
        commands = [job.command for job in jobs]
        if together is not None and len(commands) > 1:
            outcomes += _attempt_together(transaction, together, commands, fatal)
        else:
            outcomes += [_attempt(transaction, command, fatal) for command in commands]
    return outcomes


def _attempt_each(
    transaction: Transaction, group: list[_Job], fatal: tuple[type[Exception], ...]
) -> list[Any]:
    """Each by itself, with all that it writes, so that what it raises is its own."""

    def settled(command: Command[T]) -> Command[T]:
        def act(inside: Transaction) -> T:
            value = command(inside)
            inside.settle()
            return value

        return act

    return [_attempt(transaction, settled(job.command), fatal) for job in group]


def _kind(job: _Job) -> Act[Any, Any] | None:
    return job.command.together if isinstance(job.command, Joined) else None


def _attempt_together(
    transaction: Transaction,
    together: Act[Any, Any],
    commands: Sequence[Any],
    fatal: tuple[type[Exception], ...],
) -> list[Any]:
    """One of them is broken where all raise, and the others shall not suffer for it."""
    wishes = [command.wish for command in commands]
    whole = _attempt(transaction, lambda inside: together(inside, wishes), fatal)
    if not isinstance(whole, _Failure):
        return list(whole)
    log.warning("done_one_by_one", commands=len(wishes), error=type(whole.error).__name__)
    return [_attempt(transaction, command, fatal) for command in commands]


def _attempt(
    transaction: Transaction, command: Command[Any], fatal: tuple[type[Exception], ...]
) -> Any:
    transaction.save()
    try:
        value = command(transaction)
    except fatal:
        raise  # the disk is full or the server gone: nobody's own fault, so nobody's own answer
    except Exception as error:  # noqa: BLE001  # belongs to its caller, not to the group
        transaction.undo()
        return _Failure(error)
    transaction.keep()
    return value


def _roll_back(transaction: Transaction) -> None:
    try:
        transaction.rollback()
    except Exception as error:  # noqa: BLE001  # SQLite rolls back by itself on some errors
        log.debug("nothing_to_roll_back", error=type(error).__name__)


def _resolve(answers: list[tuple[Any, Any]]) -> None:
    """Set what is still waited for; a caller that went away has cancelled its future."""
    for future, outcome in answers:
        if future.done():
            continue
        if isinstance(outcome, _Failure):
            future.set_exception(outcome.error)
        else:
            future.set_result(outcome)
