"""The policy on the wire: the numbers that a kiosk alone needs to decide by the very rules."""

from datetime import date
from types import MappingProxyType

from circulation.api import Message
from circulation.calendar import Calendar, Period
from circulation.policy import ItemKind, PatronCategory, Policy, Terms


class TermsPart(Message):
    """What a patron of one category may do (`circulation.policy.Terms`)."""

    max_loans: int
    max_renewals: int
    max_overdue: int
    loan_days: dict[ItemKind, int]
    kind_limits: dict[ItemKind, int]


class CalendarPart(Message):
    """When the door is shut (`circulation.calendar.Calendar`)."""

    weekdays: tuple[int, ...]
    yearly: tuple[tuple[int, int], ...]
    closed: tuple[tuple[date, date], ...]


class PolicyPart(Message):
    """What checkouts, renewals and returns depend on (`circulation.policy.Policy`)."""

    version: str
    everybody: TermsPart
    categories: dict[PatronCategory, TermsPart]
    until_school_year_end: tuple[ItemKind, ...]
    school_year_end: tuple[int, int]
    calendar: CalendarPart


def policy_part(policy: Policy) -> PolicyPart:
    """The policy as a kiosk gets it; always in the same order, for its digest."""
    calendar = policy.calendar
    return PolicyPart(
        version=policy.version,
        everybody=_terms_part(policy),
        categories={
            category: _terms_part(policy.categories[category])
            for category in sorted(policy.categories)
        },
        until_school_year_end=tuple(sorted(policy.until_school_year_end)),
        school_year_end=policy.school_year_end,
        calendar=CalendarPart(
            weekdays=tuple(sorted(calendar.closed_weekdays)),
            yearly=tuple(sorted(calendar.closed_yearly)),
            closed=tuple((period.first, period.last) for period in calendar.closed),
        ),
    )


def policy_of(part: PolicyPart) -> Policy:
    """The policy that this was made of, as far as lending goes (holds are not placed alone)."""
    everybody = part.everybody
    return Policy(
        max_loans=everybody.max_loans,
        max_renewals=everybody.max_renewals,
        max_overdue=everybody.max_overdue,
        loan_days=MappingProxyType(dict(everybody.loan_days)),
        kind_limits=MappingProxyType(dict(everybody.kind_limits)),
        version=part.version,
        school_year_end=part.school_year_end,
        until_school_year_end=frozenset(part.until_school_year_end),
        calendar=calendar_of(part.calendar),
        categories=MappingProxyType(
            {category: _terms(terms) for category, terms in part.categories.items()}
        ),
    )


def calendar_of(part: CalendarPart) -> Calendar:
    """The calendar that this was made of."""
    return Calendar(
        closed_weekdays=frozenset(part.weekdays),
        closed_yearly=frozenset(part.yearly),
        closed=tuple(Period(first, last) for first, last in part.closed),
    )


def _terms_part(terms: Terms) -> TermsPart:
    return TermsPart(
        max_loans=terms.max_loans,
        max_renewals=terms.max_renewals,
        max_overdue=terms.max_overdue,
        loan_days=dict(terms.loan_days),
        kind_limits=dict(terms.kind_limits),
    )


def _terms(part: TermsPart) -> Terms:
    return Terms(
        max_loans=part.max_loans,
        max_renewals=part.max_renewals,
        max_overdue=part.max_overdue,
        loan_days=MappingProxyType(dict(part.loan_days)),
        kind_limits=MappingProxyType(dict(part.kind_limits)),
    )
