"""The library's hours: open, closed, dark and quiet, by the clock on the wall."""

from datetime import datetime

import pytest

from circulation.calendar import parse_calendar
from kiosk.effects import ResolveCard
from kiosk.events import CardPresented, HoursSeen, Key, KeyPressed, Pressed
from kiosk.hours import Hours, House, parse_clock, parse_span
from kiosk.state import Stage
from kiosk.view import ScreenName
from tests.kiosk.conftest import CARD, Story

WEEKDAYS = {day: (parse_span("09:00-13:00"), parse_span("14:00-18:00")) for day in range(1, 6)}
SCHOOL = Hours(opening=WEEKDAYS, calendar=parse_calendar({"days": ["2026-11-04"]}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "opens", "days"),
    [
        ("2026-10-14 08:59", "2026-10-14 09:00", 0),
        ("2026-10-14 13:00", "2026-10-14 14:00", 0),
        ("2026-10-14 18:00", "2026-10-15 09:00", 1),
        ("2026-10-16 18:00", "2026-10-19 09:00", 3),  # over Saturday and Sunday
        ("2026-11-03 19:00", "2026-11-05 09:00", 2),  # over a holiday
    ],
)
def test_closed_says_when_it_opens(now: str, opens: str, days: int) -> None:
    house = SCHOOL.house(at(now))

    assert (house.open, house.opens_at, house.days_until) == (False, at(opens), days)


@pytest.mark.parametrize("now", ["2026-10-14 09:00", "2026-10-14 12:59", "2026-10-16 14:00"])
def test_open_from_the_first_minute_to_the_last(now: str) -> None:
    assert SCHOOL.house(at(now)) == House()


def test_without_hours_it_is_always_open_but_on_the_calendars_days() -> None:
    hours = Hours(calendar=parse_calendar({"days": ["2026-11-04"]}))

    assert hours.house(at("2026-10-18 03:00")).open
    holiday = hours.house(at("2026-11-04 12:00"))
    assert (holiday.open, holiday.opens_at) == (False, at("2026-11-05 00:00"))


@pytest.mark.parametrize(
    ("now", "on"),
    [("19:59", True), ("20:00", False), ("03:00", False), ("07:29", False), ("07:30", True)],
)
def test_the_screen_is_dark_over_midnight(now: str, on: bool) -> None:
    hours = Hours(screen_off=parse_span("20:00-07:30"))

    assert hours.house(at(f"2026-10-14 {now}")).screen_on is on


@pytest.mark.parametrize(
    ("now", "volume"),
    [("08:00", 0.7), ("12:59", 0.7), ("13:00", 0.3), ("23:00", 0.3), ("01:00", 0.3)],
)
def test_sounds_are_as_loud_as_the_hour_wants(now: str, volume: float) -> None:
    hours = Hours(volumes=((parse_clock("08:00"), 0.7), (parse_clock("13:00"), 0.3)))

    assert hours.volume(at(f"2026-10-14 {now}"), 0.5) == volume
    assert Hours().volume(at(f"2026-10-14 {now}"), 0.5) == 0.5


def test_a_clock_that_was_never_set_closes_nothing() -> None:
    hours = Hours(opening={1: ()}, screen_off=parse_span("00:00-24:00"))

    assert hours.house(at("1970-01-01 03:00")) == House()


@pytest.mark.parametrize("text", ["9:00-18:00", "09:00", "24:00-25:00", "09:00-24:30", "утром"])
def test_a_span_that_is_none_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="09:00-18:00"):
        parse_span(text)


CLOSED = House(open=False, opens_at=at("2026-10-15 09:00"), days_until=1)


def test_a_closed_library_says_when_it_opens_and_begins_nothing(story: Story) -> None:
    story.happens(HoursSeen(CLOSED))

    story.place("A1")
    story.happens(CardPresented(CARD))

    assert story.state.stage is Stage.IDLE
    assert story.ordered_of(ResolveCard) == []
    story.lift("A1")
    view = story.view()
    assert (view.screen, view.title) == (ScreenName.CLOSED, "Библиотека закрыта")
    assert view.actions == ()


def test_the_hour_of_opening_is_said_as_people_say_it(story: Story) -> None:
    said = []
    for days in (0, 1, 4):
        house = House(open=False, opens_at=at("2026-10-15 09:05"), days_until=days)
        story.happens(HoursSeen(house))
        said.append(story.view().notice.text)

    assert said == [
        "Откроется сегодня в 9:05",
        "Откроется завтра в 9:05",
        "Откроется 15 октября в 9:05",
    ]


def test_who_is_being_served_at_closing_time_is_served_to_the_end(story: Story) -> None:
    story.card()
    story.happens(HoursSeen(CLOSED))

    story.borrowed("A1")

    assert story.row("A1").note == "Записано · до 14 октября"


def test_a_book_laid_down_while_closed_is_lent_to_nobody_in_the_morning(story: Story) -> None:
    story.happens(HoursSeen(CLOSED))
    story.place("A1")

    story.happens(HoursSeen(House()))
    story.card()

    assert story.view().rows == ()


def test_the_panel_goes_dark_when_nobody_is_there_and_wakes_at_any_touch(story: Story) -> None:
    story.happens(Pressed("contrast"), HoursSeen(House(screen_on=False)))
    bright = story.view().screen
    story.passes(31)
    dark = story.view()

    story.happens(Pressed("wake"))

    assert bright is ScreenName.START
    assert (dark.screen, dark.bar, [act.id for act in dark.actions]) == (
        ScreenName.DARK,
        (),
        ["wake"],
    )
    assert story.view().screen is ScreenName.START


def test_the_first_key_only_wakes(story: Story) -> None:
    story.happens(HoursSeen(House(screen_on=False)))
    story.passes(31)

    story.happens(KeyPressed(Key.NEXT))

    assert (story.view().screen, story.view().focus) == (ScreenName.START, None)


def test_a_book_wakes_the_panel_too(story: Story) -> None:
    story.happens(HoursSeen(House(screen_on=False)))
    story.passes(31)

    story.place("A1")

    assert story.view().screen is ScreenName.PAD
