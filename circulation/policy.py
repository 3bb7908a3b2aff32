"""The numbers a librarian decides: how many, how long, how often, until when."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from circulation.calendar import (
    BadCalendar,
    Calendar,
    next_month_day,
    parse_calendar,
    parse_month_day,
)


class ItemKind(StrEnum):
    """What a copy is, as far as lending cares."""

    BOOK = "book"
    TEXTBOOK = "textbook"
    PERIODICAL = "periodical"
    REFERENCE = "reference"


class PatronCategory(StrEnum):
    """Who a patron is to the library."""

    PUPIL = "pupil"
    TEACHER = "teacher"
    STAFF = "staff"
    GUEST = "guest"


class BadPolicy(ValueError):
    """A policy file that cannot be used; the message names the key and what it may be."""


_DEFAULT_DAYS: Mapping[ItemKind, int] = MappingProxyType(
    {ItemKind.BOOK: 14, ItemKind.TEXTBOOK: 270, ItemKind.PERIODICAL: 7, ItemKind.REFERENCE: 7}
)
_NO_LIMITS: Mapping[ItemKind, int] = MappingProxyType({})
SCHOOL_YEAR_END = (5, 31)  # учебный год: textbooks come back before the summer


@dataclass(frozen=True, slots=True)
class Terms:
    """What a patron of one category may do."""

    max_loans: int = 5  # library books at a time; textbooks are issued by set and do not count
    max_renewals: int = 2
    max_overdue: int = 0  # with more overdue items than this nothing more is lent
    max_holds: int = 3
    loan_days: Mapping[ItemKind, int] = field(default_factory=lambda: _DEFAULT_DAYS)
    kind_limits: Mapping[ItemKind, int] = field(default_factory=lambda: _NO_LIMITS)


@dataclass(frozen=True, slots=True)
class Policy(Terms):
    """Terms of everybody, those that differ by category, and the year. A loan keeps `version`."""

    version: str = "default-1"
    hold_days: int = 5  # open days that a held copy waits on its shelf
    school_year_end: tuple[int, int] = SCHOOL_YEAR_END
    until_school_year_end: frozenset[ItemKind] = frozenset({ItemKind.TEXTBOOK})
    calendar: Calendar = field(default_factory=Calendar)
    categories: Mapping[PatronCategory, Terms] = field(default_factory=lambda: MappingProxyType({}))

    def terms(self, category: PatronCategory | None) -> Terms:
        """What this category may do; everybody's terms where it has none of its own."""
        return self if category is None else self.categories.get(category, self)

    def counts(self, kind: ItemKind) -> bool:
        """True when a loan of this kind uses up the patron's limit."""
        return kind is not ItemKind.TEXTBOOK

    def due(self, kind: ItemKind, category: PatronCategory | None, today: date) -> date:
        """The last day of a loan that begins today: always a day on which the door is open.

        A loan until the end of the school year that begins on its last day is for the next year.
        """
        if kind in self.until_school_year_end:
            last = next_month_day(today, *self.school_year_end)
        else:
            last = today + timedelta(days=self.terms(category).loan_days[kind])
        return self.calendar.next_open(last)

    def hold_until(self, today: date) -> date:
        """The last day on which a copy that is ready today waits for its patron."""
        return self.calendar.after_open_days(today, self.hold_days)


_TERM_BOUNDS = {
    "max_loans": (0, 100),
    "max_renewals": (0, 20),
    "max_overdue": (0, 100),
    "max_holds": (0, 50),
}
_HOLD_DAYS_BOUNDS = (1, 30)
_LOAN_DAYS_BOUNDS = (1, 730)
_KIND_LIMIT_BOUNDS = (0, 100)
_TABLES = ("loan_days", "kind_limits")
_TERM_KEYS = {*_TERM_BOUNDS, *_TABLES}
_KEYS = _TERM_KEYS | {
    "version",
    "hold_days",
    "school_year_end",
    "until_school_year_end",
    "calendar",
    "categories",
}


def parse_policy(text: str) -> Policy:
    """A policy from TOML; missing keys keep the default.

    Unknown keys and numbers out of bounds raise `BadPolicy`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"not a TOML file: {error}") from error
    _check_keys(raw, _KEYS, "")
    default = Policy()
    everybody = _terms(raw, "", default)
    try:
        calendar = parse_calendar(raw.get("calendar", {}))
        school_year_end = parse_month_day(raw.get("school_year_end", "05-31"))
    except BadCalendar as error:
        raise BadPolicy(f"calendar or school_year_end: {error}") from error
    return Policy(
        **{name: getattr(everybody, name) for name in _TERM_KEYS},
        version=_word("version", raw.get("version", default.version)),
        hold_days=_number("hold_days", raw.get("hold_days", default.hold_days), *_HOLD_DAYS_BOUNDS),
        school_year_end=school_year_end,
        until_school_year_end=_kinds(
            raw.get("until_school_year_end", [*default.until_school_year_end])
        ),
        calendar=calendar,
        categories=_categories(raw.get("categories", {}), everybody),
    )


def _terms(raw: Mapping[str, Any], place: str, base: Terms) -> Terms:
    """These terms, with those of `base` where nothing is said."""
    numbers = {
        key: _number(place + key, raw.get(key, getattr(base, key)), *bounds)
        for key, bounds in _TERM_BOUNDS.items()
    }
    days, limits = (raw.get(key, {}) for key in _TABLES)
    return Terms(
        **numbers,
        loan_days=_by_kind(f"{place}loan_days", days, base.loan_days, _LOAN_DAYS_BOUNDS),
        kind_limits=_by_kind(f"{place}kind_limits", limits, base.kind_limits, _KIND_LIMIT_BOUNDS),
    )


def _categories(raw: object, everybody: Terms) -> Mapping[PatronCategory, Terms]:
    if not isinstance(raw, dict):
        raise BadPolicy("categories: give tables, e.g. [categories.teacher] max_loans = 20")
    terms: dict[PatronCategory, Terms] = {}
    for name, table in raw.items():
        place = f"categories.{name}"
        if name not in {category.value for category in PatronCategory}:
            raise BadPolicy(f"{place}: known categories are {', '.join(PatronCategory)}")
        if not isinstance(table, dict):
            raise BadPolicy(f"{place}: give a table, e.g. [{place}] max_loans = 20")
        _check_keys(table, _TERM_KEYS, f"{place}.")
        terms[PatronCategory(name)] = _terms(table, f"{place}.", everybody)
    return MappingProxyType(terms)


def _check_keys(raw: Mapping[str, Any], known: set[str], place: str) -> None:
    if unknown := sorted(set(raw) - known):
        raise BadPolicy(
            f"unknown key {place + unknown[0]!r}; known keys: {', '.join(sorted(known))}"
        )


def _number(key: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadPolicy(f"{key} = {value!r}: give a whole number from {low} to {high}")
    return value


def _word(key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadPolicy(f"{key} = {value!r}: give a word, e.g. '2026-autumn'")
    return value.strip()


def _kinds(raw: object) -> frozenset[ItemKind]:
    known = {kind.value for kind in ItemKind}
    if not isinstance(raw, list) or not all(isinstance(v, str) and v in known for v in raw):
        raise BadPolicy(f"until_school_year_end: give a list of {', '.join(ItemKind)}")
    return frozenset(ItemKind(value) for value in raw)


def _by_kind(
    key: str, raw: object, base: Mapping[ItemKind, int], bounds: tuple[int, int]
) -> Mapping[ItemKind, int]:
    if not isinstance(raw, dict):
        raise BadPolicy(f"{key}: give a table, e.g. [{key}] book = 14")
    numbers = dict(base)
    for name, value in raw.items():
        if name not in {kind.value for kind in ItemKind}:
            raise BadPolicy(f"{key}.{name}: known kinds are {', '.join(ItemKind)}")
        numbers[ItemKind(name)] = _number(f"{key}.{name}", value, *bounds)
    return MappingProxyType(numbers)
