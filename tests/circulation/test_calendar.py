"""A due date falls on a day on which the door is open."""

from datetime import date

import pytest

from circulation.calendar import BadCalendar, Calendar, next_month_day, parse_calendar
from circulation.policy import BadPolicy, ItemKind, PatronCategory, Policy, parse_policy

NEW_YEAR = "2026-12-28/2027-01-10"


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 11, 3), date(2026, 11, 3)),
        (date(2026, 11, 4), date(2026, 11, 5)),  # one day of one year
        (date(2026, 11, 8), date(2026, 11, 9)),  # a Sunday
        (date(2027, 5, 9), date(2027, 5, 10)),  # every year, and a Sunday as well
        (date(2026, 12, 28), date(2027, 1, 11)),  # a whole holiday, over the year's end
    ],
)
def test_a_closed_day_gives_way_to_the_next_open_one(day: date, opens: date) -> None:
    calendar = parse_calendar({"weekdays": [7], "days": ["2026-11-04", NEW_YEAR, "05-09"]})

    assert calendar.next_open(day) == opens


def test_without_a_calendar_every_day_is_open() -> None:
    assert Calendar().next_open(date(2027, 1, 1)) == date(2027, 1, 1)


def test_open_days_are_counted_over_closed_ones() -> None:
    calendar = parse_calendar({"weekdays": [6, 7]})

    assert calendar.after_open_days(date(2026, 11, 5), 3) == date(2026, 11, 10)  # Fri, Mon, Tue


@pytest.mark.parametrize(
    "raw",
    [
        {"weekdays": [1, 2, 3, 4, 5, 6, 7]},
        {"weekdays": [0]},
        {"weekdays": [True]},
        {"weekdays": 7},
        {"days": ["2026-02-30"]},
        {"days": ["02-30"]},
        {"days": ["2026-12-31/2026-12-01"]},
        {"days": ["2026-01-01/2027-01-01"]},
        {"days": [20261104]},
        {"sundays": True},
        [],
    ],
)
def test_a_calendar_that_cannot_be_is_refused(raw: object) -> None:
    with pytest.raises(BadCalendar, match=r"calendar|no day of a year"):
        parse_calendar(raw)


@pytest.mark.parametrize(
    ("after", "found"),
    [
        (date(2026, 9, 1), date(2027, 5, 31)),
        (date(2027, 5, 30), date(2027, 5, 31)),
        (date(2027, 5, 31), date(2028, 5, 31)),
    ],
)
def test_the_school_year_ends_once_a_year(after: date, found: date) -> None:
    assert next_month_day(after, 5, 31) == found


def test_leap_day_is_the_last_of_february_in_other_years() -> None:
    assert next_month_day(date(2026, 3, 1), 2, 29) == date(2027, 2, 28)
    assert next_month_day(date(2027, 3, 1), 2, 29) == date(2028, 2, 29)


def test_a_textbook_is_lent_until_the_year_ends_and_a_novel_by_category() -> None:
    policy = parse_policy("[calendar]\nweekdays = [7]\n[categories.teacher.loan_days]\nbook = 30\n")
    today = date(2026, 9, 1)

    assert policy.due(ItemKind.TEXTBOOK, PatronCategory.PUPIL, today) == date(2027, 5, 31)
    assert policy.due(ItemKind.BOOK, PatronCategory.PUPIL, today) == date(2026, 9, 15)
    assert policy.due(ItemKind.BOOK, PatronCategory.TEACHER, today) == date(2026, 10, 1)
    assert policy.due(ItemKind.BOOK, None, date(2026, 9, 6)) == date(2026, 9, 21)  # 20 is Sunday


def test_a_textbook_lent_for_the_next_year_has_the_whole_of_it() -> None:
    assert Policy().due(ItemKind.TEXTBOOK, None, date(2027, 5, 31)) == date(2028, 5, 31)


def test_textbooks_can_have_a_term_in_days_again() -> None:
    policy = parse_policy("until_school_year_end = []\n[loan_days]\ntextbook = 10\n")

    assert policy.due(ItemKind.TEXTBOOK, None, date(2026, 9, 1)) == date(2026, 9, 11)


def test_a_category_has_its_own_terms_and_everybodys_where_it_says_nothing() -> None:
    policy = parse_policy(
        "max_loans = 4\nmax_overdue = 1\n[categories.teacher]\nmax_loans = 20\n"
        "[categories.teacher.kind_limits]\nperiodical = 2\n"
    )

    teacher = policy.terms(PatronCategory.TEACHER)
    assert (teacher.max_loans, teacher.max_overdue) == (20, 1)
    assert teacher.kind_limits == {ItemKind.PERIODICAL: 2}
    assert policy.terms(PatronCategory.PUPIL).max_loans == 4


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[categories.wizard]\nmax_loans = 1", "categories.wizard"),
        ("[categories.teacher]\nhold_days = 1", "categories.teacher.hold_days"),
        ("[categories.teacher]\nmax_loans = 500", "categories.teacher.max_loans"),
        ("categories = 1", "categories"),
        ("[categories]\nteacher = 1", "categories.teacher"),
        ('school_year_end = "31.05"', "school_year_end"),
        ('until_school_year_end = ["scroll"]', "until_school_year_end"),
        ("[kind_limits]\nbook = -1", "kind_limits.book"),
        ("hold_days = 0", "hold_days"),
        ("[calendar]\nweekdays = [8]", "calendar.weekdays"),
    ],
)
def test_a_bad_key_is_named(text: str, named: str) -> None:
    with pytest.raises(BadPolicy, match=named):
        parse_policy(text)
