"""Keeps the counts of use by day on disk, and sends each day's counts until they are taken.

Counts wait in memory for a minute at most: a power cut may lose that minute, never a loan.
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import structlog

from circulation.selfservice import UsageReport

log = structlog.get_logger(__name__)

FLUSH_S = 60.0
KEPT = timedelta(days=40)  # on this kiosk; the controller keeps them for the year's report

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS usage (day TEXT NOT NULL, counter TEXT NOT NULL,"
    " number INTEGER NOT NULL, sent INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (day, counter))"
    " WITHOUT ROWID"
)
_ADD = (
    "INSERT INTO usage (day, counter, number) VALUES (?, ?, ?)"
    " ON CONFLICT (day, counter) DO UPDATE SET number = number + excluded.number"
)
_UNSENT_DAYS = "SELECT DISTINCT day FROM usage WHERE sent < number ORDER BY day"
_OF_DAY = "SELECT counter, number FROM usage WHERE day = ? ORDER BY counter"
_SENT = "UPDATE usage SET sent = ? WHERE day = ? AND counter = ?"
_FORGET = "DELETE FROM usage WHERE day < ? AND sent >= number"


class UsageBook:
    """One SQLite file; each call opens it anew, for one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._open()) as book, book:
            book.execute(_SCHEMA)

    def add(self, day: date, counts: Mapping[str, int]) -> None:
        """So many more on that day."""
        rows = [(day.isoformat(), counter, number) for counter, number in counts.items() if number]
        with closing(self._open()) as book, book:
            book.executemany(_ADD, rows)
            book.execute(_FORGET, ((day - KEPT).isoformat(),))

    def unsent(self) -> tuple[UsageReport, ...]:
        """Whole days with a count that was not taken yet, the oldest first."""
        with closing(self._open()) as book:
            days = [day for (day,) in book.execute(_UNSENT_DAYS).fetchall()]
            return tuple(
                UsageReport(day=day, counts=dict(book.execute(_OF_DAY, (day,)).fetchall()))
                for day in days
            )

    def sent(self, report: UsageReport) -> None:
        """The controller has taken these numbers; what was counted since goes next time."""
        day = report.day.isoformat()
        with closing(self._open()) as book, book:
            rows = [(number, day, counter) for counter, number in report.counts.items()]
            book.executemany(_SENT, rows)

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5)


class UsageReporter:
    """A thread that writes down and sends, now and then; the UI never waits for it."""

    def __init__(
        self,
        book: UsageBook,
        take: Callable[[], Mapping[str, int]],
        send: Callable[[UsageReport], bool],
        today: Callable[[], date],
    ) -> None:
        """`take` gives the counts since the last call; `send` says whether they were taken."""
        self._book, self._take, self._send, self._today = book, take, send, today
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="usage", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Write down what was counted; it is sent after the next start."""
        self._stopping.set()
        self._thread.join()
        self.flush()

    def flush(self) -> None:
        """From memory to disk."""
        try:
            self._book.add(self._today(), self._take())
        except sqlite3.Error as error:  # counts are not worth a session: lending goes on
            log.warning("usage_not_kept", why=str(error))

    def send(self) -> None:
        """Send what was not taken yet."""
        for report in self._book.unsent():
            if not self._send(report):
                return
            self._book.sent(report)

    def _run(self) -> None:
        while not self._stopping.wait(FLUSH_S):
            self.flush()
            try:
                self.send()
            except sqlite3.Error as error:
                log.warning("usage_not_sent", why=str(error))
