"""The days on which a library lends: closed weekdays, holidays, holidays of every year.

A due date never falls on a closed day, so nobody is late because the door was shut.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

DAYS_OF_WEEK = 7
MAX_PERIOD_DAYS = 120  # a summer with its repairs; more is a typing error in a year
MAX_YEARLY_DAYS = 60
_EVERY_YEAR = re.compile(r"(\d{2})-(\d{2})\Z")
_LEAP_YEAR = 2028  # in which every day of a year can be named


class BadCalendar(ValueError):
    """A calendar that cannot be used; the message names the value and what to give."""


@dataclass(frozen=True, slots=True)
class Period:
    """Closed days in a row, both ends included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """When the door is shut. Without anything every day is open."""

    closed_weekdays: frozenset[int] = frozenset()  # ISO 8601: 1 is Monday, 7 is Sunday
    closed_yearly: frozenset[tuple[int, int]] = frozenset()  # month and day, every year
    closed: tuple[Period, ...] = ()

    def is_open(self, day: date) -> bool:
        """True when the library lends on that day."""
        if day.isoweekday() in self.closed_weekdays or (day.month, day.day) in self.closed_yearly:
            return False
        return not any(period.first <= day <= period.last for period in self.closed)

    def next_open(self, day: date) -> date:
        """That day, or the first open day after it; `parse_calendar` made sure there is one."""
        while not self.is_open(day):
            day += timedelta(days=1)
        return day

    def after_open_days(self, day: date, count: int) -> date:
        """The day on which `count` open days have passed since `day`, itself not counted."""
        for _ in range(count):
            day = self.next_open(day + timedelta(days=1))
        return day


def parse_calendar(raw: object) -> Calendar:
    """From the policy's table `[calendar]`, or `BadCalendar`.

    `weekdays = [7]`; `days = ["2026-11-04", "2026-12-28/2027-01-08", "05-09"]` (ISO 8601 dates and
    intervals; month and day alone is every year).
    """
    if not isinstance(raw, dict) or (unknown := set(raw) - {"weekdays", "days"}):
        named = f"calendar.{sorted(unknown)[0]}" if isinstance(raw, dict) else "calendar"
        raise BadCalendar(f"{named}: give [calendar] with weekdays = [7] and days = [...]")
    yearly, periods = _days(raw.get("days", []))
    return Calendar(_weekdays(raw), frozenset(yearly), tuple(periods))


def parse_month_day(text: object) -> tuple[int, int]:
    """'05-31' as month and day, or `BadCalendar`."""
    found = _EVERY_YEAR.match(text) if isinstance(text, str) else None
    if found is None:
        raise BadCalendar(f"{text!r}: give a month and a day, e.g. '05-31'")
    month, day = int(found[1]), int(found[2])
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError as error:
        raise BadCalendar(f"{text!r} is no day of a year") from error
    return month, day


def next_month_day(after: date, month: int, day: int) -> date:
    """The first such day later than `after`; 29 February falls on 28 in other years."""
    for year in (after.year, after.year + 1):
        if (found := _in_year(year, month, day)) > after:
            return found
    raise AssertionError("the same day of the next year is always later")


def _in_year(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def _weekdays(raw: Mapping[str, Any]) -> frozenset[int]:
    values = raw.get("weekdays", [])
    known = range(1, DAYS_OF_WEEK + 1)
    if not isinstance(values, list) or any(type(v) is not int or v not in known for v in values):
        raise BadCalendar("calendar.weekdays: give numbers from 1 (Monday) to 7, e.g. [7]")
    if len(set(values)) == DAYS_OF_WEEK:
        raise BadCalendar("calendar.weekdays: closed on all seven days; leave one open")
    return frozenset(values)


def _days(values: object) -> tuple[set[tuple[int, int]], list[Period]]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadCalendar("calendar.days: give a list, e.g. ['2026-11-04', '05-09']")
    yearly = {parse_month_day(value) for value in values if _EVERY_YEAR.match(value)}
    if len(yearly) > MAX_YEARLY_DAYS:
        raise BadCalendar(f"calendar.days: more than {MAX_YEARLY_DAYS} days of every year")
    return yearly, [_period(value) for value in values if not _EVERY_YEAR.match(value)]


def _period(text: str) -> Period:
    first, _, last = text.partition("/")
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last or first))
    except ValueError as error:
        raise BadCalendar(
            f"calendar.days: {text!r} is neither 2026-11-04 nor 2026-12-28/2027-01-08 nor 05-09"
        ) from error
    if not 0 <= (period.last - period.first).days < MAX_PERIOD_DAYS:
        raise BadCalendar(
            f"calendar.days: {text!r} must run forward, {MAX_PERIOD_DAYS} days at most"
        )
    return period
