"""Plain SQL on a driver's connection: one text per statement for both engines, rendered once.

The hot path goes this way because an ORM costs about twenty times the statements themselves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from controller.arrays import NAMED, over_arrays

T = TypeVar("T")


class Dialect(StrEnum):
    """The engines we speak to; values are SQLAlchemy's dialect names."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class Statement:
    """One SQL text with `:named` parameters, in the form each driver wants.

    `postgresql` is that engine's own text where the two must differ. `types` are PostgreSQL's of
    all parameters: with them many rows are one statement there (`controller.arrays`).
    """

    __slots__ = ("over_arrays", "texts", "types")

    def __init__(
        self, text: str, *, postgresql: str | None = None, types: Mapping[str, str] | None = None
    ) -> None:
        other = text if postgresql is None else postgresql
        self.texts: Mapping[Dialect, str] = {
            Dialect.SQLITE: text,
            Dialect.POSTGRESQL: NAMED.sub(r"%(\1)s", other.replace("%", "%%")),
        }
        self.types = types or {}
        self.over_arrays = over_arrays(other, types) if types else None


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """A SELECT with `types`, for each of many, and what its rows mean."""

    statement: Statement
    parameters: Sequence[Mapping[str, Any]]
    read: Callable[[list[Any]], T]  # of the first row or None of each


class LedgerUnavailable(Exception):
    """The database does not take or give anything now: locked, full, away. Ask again later."""


# SQLite has one writer at a time, and so has PostgreSQL here, however many controllers there are:
# what a rule has counted stays true until the commit, and the log's numbers grow as commits do.
_ONE_WRITER = 0x506F6C6B61  # an advisory lock's number is any 64 bits: "Polka"
_BEGIN_WRITE = {
    Dialect.SQLITE: ("BEGIN IMMEDIATE",),
    Dialect.POSTGRESQL: ("BEGIN", f"SELECT pg_advisory_xact_lock({_ONE_WRITER})"),
}
_SAVE, _RELEASE = "SAVEPOINT command", "RELEASE SAVEPOINT command"
_BEGIN_READ = {
    Dialect.SQLITE: "BEGIN",
    Dialect.POSTGRESQL: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


class Transaction:
    """A raw connection in autocommit, with BEGIN and COMMIT said by us.

    On PostgreSQL what need not be answered at once is put off and goes to the server with what is
    said next, for every trip there is a wait of two processes for each other.
    """

    __slots__ = (
        "_beginning",
        "_connection",
        "_cursor",
        "_kept",
        "_put_off",
        "_saved",
        "begun",
        "dialect",
    )

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._beginning: tuple[str, ...] = ()
        self._put_off: list[tuple[Any, Any]] = []  # writes with their parameters, once begun
        self._kept = self._saved = False
        self.begun = True  # False until what `begin_group` put off was done
        self.dialect = dialect

    @property
    def lost(self) -> bool:
        """The server closed the connection, or it is gone: only a new one will work."""
        if self.dialect is Dialect.SQLITE:
            return False
        return bool(self._connection.dbapi_connection.closed)

    def begin_write(self) -> None:
        """Take the write lock at once, so that what is read stays true until the commit."""
        self._say(*_BEGIN_WRITE[self.dialect])

    def begin_group(self) -> None:
        """The same for a group of commands: its lock comes with the first question or statement.

        The mark of the first `save` is set with it.
        """
        self._say(*_BEGIN_WRITE[self.dialect], _SAVE, later=True)
        self._saved = True

    def begin_read(self) -> None:
        """One snapshot for all that follows."""
        self._say(_BEGIN_READ[self.dialect])

    def commit(self) -> None:
        """Durable when this returns."""
        if self._beginning:
            self._forget()  # nothing was asked and nothing written
            return
        self._say("COMMIT")
        if self.dialect is Dialect.POSTGRESQL and self._cursor.statusmessage != "COMMIT":
            raise LedgerUnavailable("a statement had failed, so nothing was kept")

    def rollback(self) -> None:
        """Undo everything since begin."""
        self._forget()
        self._say("ROLLBACK")

    def save(self) -> None:
        """Mark the point that `undo` returns to."""
        if self._saved:
            self._saved = False
        else:
            self._say(*((_RELEASE, _SAVE) if self._kept else (_SAVE,)))

    def keep(self) -> None:
        """Forget the mark, keep what was done: said with the next mark, or by the commit."""
        self._kept = True

    def undo(self) -> None:
        """Undo what was done since `save`."""
        self._put_off.clear()
        self._say(f"ROLLBACK TO {_SAVE}", _RELEASE)

    def settle(self) -> None:
        """Have done what was put off: what it raises comes now."""
        if self._put_off or self._beginning:
            with self._trip():
                pass

    def _say(self, *steps: str, later: bool = False) -> None:
        """One after the other; in one round trip where there is a network."""
        self._kept = self._saved = False
        if self.dialect is Dialect.SQLITE:
            for step in steps:
                self._cursor.execute(step)
        elif later:
            self._beginning, self.begun = steps, False
        elif self._put_off:
            with self._trip():
                for step in steps:
                    self._cursor.execute(step)
        else:
            self.settle()
            self._cursor.execute("; ".join(steps), prepare=False)

    def _forget(self) -> None:
        self._beginning = ()
        self._put_off.clear()

    @contextmanager
    def _trip(self) -> Iterator[Any]:
        """The driver's connection; what is run inside goes to the server after what was put off.

        What one of them raises comes at the end, the first of them if there are more.
        """
        steps = [*((step, None) for step in self._beginning), *self._put_off]
        self._forget()
        driver = self._connection.dbapi_connection
        with driver.pipeline():
            for step, parameters in steps:
                self._cursor.execute(step, parameters)
            yield driver
        self.begun = True

    def _execute(self, text: str | None, parameters: Mapping[str, Any]) -> None:
        if not self._put_off and not self._beginning:
            self._cursor.execute(text, parameters)
            return
        with self._trip():
            self._cursor.execute(text, parameters)

    def rows(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Any]:
        """All rows, as tuples."""
        self._execute(statement.texts[self.dialect], parameters)
        return self._cursor.fetchall()  # type: ignore[no-any-return]  # a driver's cursor

    def row(self, statement: Statement, parameters: Mapping[str, Any]) -> Any:
        """The first row as a tuple, or None; the statement is always read to its end."""
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def run(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        """Execute; the number of rows it changed."""
        self._execute(statement.texts[self.dialect], parameters)
        return int(self._cursor.rowcount)

    def run_each(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> int:
        """Execute once for each of many; the number of rows they changed in all."""
        if not parameters:
            return 0
        if self._takes_arrays(statement):
            self._execute(statement.over_arrays, _arrays(statement, parameters))
        else:
            self.settle()
            self._cursor.executemany(statement.texts[self.dialect], parameters)
        return int(self._cursor.rowcount)

    def run_later(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> None:
        """The same when its count does not matter: with what is said next, or with the commit.

        What it raises comes from that.
        """
        if parameters and self._takes_arrays(statement):
            if self._beginning:  # so that who finds `begun` false knows that nothing was written
                self.settle()
            self._put_off.append((statement.over_arrays, _arrays(statement, parameters)))
        else:
            self.run_each(statement, parameters)

    def row_each(self, statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> list[Any]:
        """For each of many the first row or None: in one round trip where there is a network."""
        text = statement.texts[self.dialect]
        if self.dialect is Dialect.SQLITE:
            return [self._first(self._cursor.execute(text, one)) for one in parameters]
        if not parameters:
            return []
        if self._takes_arrays(statement):
            self._execute(statement.over_arrays, _arrays(statement, parameters))
            return _in_their_order(self._cursor.fetchall(), len(parameters))
        self.settle()
        self._cursor.executemany(text, parameters, returning=True)
        found = [self._first(self._cursor)]
        while self._cursor.nextset():
            found.append(self._first(self._cursor))
        return found

    def ask(self, *questions: Question[Any]) -> list[Any]:
        """The answers to several questions: in one round trip where there is a network."""
        if self.dialect is Dialect.SQLITE:
            return [one.read(self.row_each(one.statement, one.parameters)) for one in questions]
        with self._trip() as driver:
            cursors = [driver.cursor() for _ in questions]
            for cursor, one in zip(cursors, questions, strict=True):
                cursor.execute(one.statement.over_arrays, _arrays(one.statement, one.parameters))
        return [
            one.read(_in_their_order(cursor.fetchall(), len(one.parameters)))
            for cursor, one in zip(cursors, questions, strict=True)
        ]

    def _takes_arrays(self, statement: Statement) -> bool:
        return self.dialect is Dialect.POSTGRESQL and statement.over_arrays is not None

    def close(self) -> None:
        """Give the connection back."""
        self._cursor.close()
        self._connection.close()

    @staticmethod
    def _first(cursor: Any) -> Any:
        rows = cursor.fetchall()
        return rows[0] if rows else None


def _arrays(statement: Statement, parameters: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {name: [one[name] for one in parameters] for name in statement.types}


def _in_their_order(found: Sequence[Any], count: int) -> list[Any]:
    """Of rows that begin with the number of what they are for, the first of each or None."""
    rows = {row[0]: row[1:] for row in reversed(found)}
    return [rows.get(number) for number in range(1, count + 1)]
