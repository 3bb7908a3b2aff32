"""Moments keep their zone in both databases, and their text keeps their order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from controller.columns import to_utc, utc_text
from controller.tables import Event, EventKind

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001  # hypothesis wants the bounds naive
    max_value=datetime(2199, 1, 1),  # noqa: DTZ001
    timezones=zones,
)


@given(moments)
def test_text_brings_the_same_moment_back(moment: datetime) -> None:
    assert to_utc(utc_text(moment)) == moment


@given(moments, moments)
def test_text_order_is_time_order(first: datetime, second: datetime) -> None:
    assert (utc_text(first) < utc_text(second)) == (first < second)


def test_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        utc_text(datetime(2026, 10, 14, 12, 0))  # noqa: DTZ001  # the mistake itself


def test_row_brings_back_an_aware_moment_in_utc(engine: Engine) -> None:
    noon = datetime(2026, 10, 14, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    with Session(engine) as session:
        session.add(Event(at=noon, kind=EventKind.RETURNED))
        session.commit()

    with Session(engine) as session:
        event = session.get(Event, 1)
        assert event is not None
        assert (event.at, event.at.tzinfo) == (datetime(2026, 10, 14, 9, 0, tzinfo=UTC), UTC)
