"""Counts of use: what happened and how often, and nothing by which anybody is known."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from circulation.reasons import Reason
from circulation.selfservice import UsageReport
from kiosk.events import Event, Pressed
from kiosk.session import step
from kiosk.usage import Tally
from kiosk.usage_book import UsageBook, UsageReporter
from tests.kiosk.conftest import Story

DAY = date(2026, 10, 14)


class CountedStory(Story):
    """A story whose every step is counted."""

    def __init__(self) -> None:
        self.tally = Tally()
        super().__init__()

    def happens(self, *events: Event):
        effects = []
        for event in events:
            before = self.state
            self.state, more = step(before, event)
            self.tally.see(before, event, self.state, more)
            effects += more
        self.ordered += effects
        return tuple(effects)

    def counted(self) -> dict[str, int]:
        return {word: number for word, number in self.tally.take().items() if number}


@pytest.fixture
def counted() -> CountedStory:
    return CountedStory()


def test_a_loan_is_a_session_a_book_and_its_seconds(counted: CountedStory) -> None:
    counted.card()
    counted.borrowed("A1")
    counted.passes(7)
    counted.happens(Pressed("finish"))

    assert counted.counted() == {"sessions": 1, "lent": 1, "timed": 1, "seconds": 7}
    assert counted.counted() == {}


def test_a_forgotten_session_is_a_time_out_and_not_timed(counted: CountedStory) -> None:
    counted.card()
    counted.passes(61)

    assert counted.counted() == {"sessions": 1, "timeouts": 1}


def test_refusals_are_counted_by_reason(counted: CountedStory) -> None:
    counted.card(blocked=(Reason.OVERDUE_ITEMS,))
    counted.happens(Pressed("finish"))
    counted.card()
    counted.place("A1")
    counted.ledger_knows()
    counted.ledger_refuses(Reason.READING_ROOM_ONLY)

    counts = counted.counted()

    assert counts["refused:overdue_items"] == 1
    assert counts["refused:reading_room_only"] == 1


def test_a_book_lifted_too_early_is_a_put_back(counted: CountedStory) -> None:
    counted.card()
    counted.place("A1")
    counted.ledger_knows()
    counted.ledger_lends()
    counted.lift("A1")
    counted.passes(2)

    assert counted.counted()["put_backs"] == 1


def test_a_return_is_counted_once_though_its_answer_comes_later(counted: CountedStory) -> None:
    counted.happens(Pressed("return"))
    counted.place("A1")
    counted.ledger_knows()
    counted.ledger_takes_back()

    assert counted.counted() == {"sessions": 1, "returned": 1}


def test_errands_are_counted_and_nobody_is_named(counted: CountedStory) -> None:
    counted.card()
    counted.happens(Pressed("help"), Pressed("finish"), Pressed("search"))
    counted.happens(Pressed("type:а"), Pressed("find"))

    counts = counted.counted()

    assert (counts["calls"], counts["searches"], counts["sessions"]) == (1, 1, 2)
    assert UsageReport(day=DAY, counts=counts)  # only words of ours pass


def test_counts_survive_a_restart_and_are_sent_until_they_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite"
    UsageBook(path).add(DAY, {"sessions": 2})
    book = UsageBook(path)
    book.add(DAY, {"sessions": 1, "lent": 4})
    (report,) = book.unsent()

    assert report == UsageReport(day=DAY, counts={"sessions": 3, "lent": 4})
    assert book.unsent() == (report,)
    book.add(DAY, {"sessions": 1})
    book.sent(report)
    assert book.unsent()[0].counts == {"sessions": 4, "lent": 4}
    book.sent(book.unsent()[0])
    assert book.unsent() == ()


def test_a_day_that_was_sent_is_forgotten_after_a_while(tmp_path: Path) -> None:
    book = UsageBook(tmp_path / "usage.sqlite")
    book.add(DAY, {"sessions": 1})
    book.sent(book.unsent()[0])

    book.add(date(2026, 12, 14), {"sessions": 1})

    with sqlite3.connect(tmp_path / "usage.sqlite") as kept:
        assert kept.execute("SELECT DISTINCT day FROM usage").fetchall() == [("2026-12-14",)]


def test_stopping_writes_down_what_was_counted(tmp_path: Path) -> None:
    book, sent = UsageBook(tmp_path / "usage.sqlite"), []
    counts = [{"sessions": 1}]

    def take() -> dict[str, int]:
        return counts.pop() if counts else {}

    def send(report: UsageReport) -> bool:
        sent.append(report)
        return len(sent) > 1

    reporter = UsageReporter(book, take, send, lambda: DAY)
    reporter.start()
    reporter.stop()
    reporter.send()
    reporter.send()

    assert sent == [UsageReport(day=DAY, counts={"sessions": 1})] * 2
    assert book.unsent() == ()
