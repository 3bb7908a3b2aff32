"""Which hours are in force: those from afar before those of the kiosk's own file."""

from datetime import date, datetime

import pytest

from circulation.calendar import Calendar, Period, parse_calendar
from circulation.configuration import BadConfiguration, KioskSettings, read_kiosk_settings
from circulation.policy import Policy
from circulation.policy_part import PolicyPart, policy_part
from kiosk.hours import Hours, House, parse_span
from kiosk.timetable import Timetable


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MONDAY, SUNDAY = at("2026-10-12 12:00"), at("2026-10-18 12:00")
OWN = Hours(
    opening={day: (parse_span("09:00-18:00"),) for day in range(1, 6)},
    calendar=parse_calendar({"days": ["2026-10-12"]}),
    screen_off=parse_span("20:00-07:30"),
)
WEEK = (("09:00-13:00", "14:00-18:00"),) * 5 + ((), ("10:00-16:00",))


def settings(**fields: object) -> KioskSettings:
    usual = {"format": "kiosk-1", "languages": ("ru",), "idle_s": 40, "volume_percent": 70}
    return KioskSettings.model_validate(usual | fields)


def policy(calendar: Calendar) -> PolicyPart:
    return policy_part(Policy(calendar=calendar))


@pytest.fixture
def timetable() -> Timetable:
    return Timetable(OWN)


def test_a_kiosk_that_was_told_nothing_goes_by_its_own_file(timetable: Timetable) -> None:
    timetable.wish(settings())

    assert not timetable.house(MONDAY, None).open
    assert timetable.house(MONDAY.replace(day=13), policy(Calendar())).open
    assert not timetable.house(SUNDAY, None).open


def test_hours_from_afar_take_the_place_of_the_files_at_once(timetable: Timetable) -> None:
    before = timetable.house(SUNDAY, None)

    timetable.wish(settings(opening=WEEK))

    assert (before.open, timetable.house(SUNDAY, None)) == (False, House())
    assert timetable.house(SUNDAY.replace(hour=17), None).opens_at == at("2026-10-19 09:00")
    assert not timetable.house(SUNDAY.replace(day=17), None).open  # Saturday has no hours
    assert not timetable.house(SUNDAY.replace(hour=21), None).screen_on  # the file's, as before


def test_closed_days_are_the_librarys_as_soon_as_they_are_known(timetable: Timetable) -> None:
    holidays = policy(Calendar(closed=(Period(date(2026, 10, 13), date(2026, 10, 14)),)))

    assert timetable.house(MONDAY, holidays).open  # no holiday there
    assert timetable.house(MONDAY.replace(day=13), holidays).opens_at == at("2026-10-15 09:00")
    assert not timetable.house(MONDAY, None).open


def test_settings_taken_back_leave_the_own_file(timetable: Timetable) -> None:
    timetable.wish(settings(opening=WEEK))
    timetable.house(SUNDAY, None)

    timetable.wish(None)

    assert not timetable.house(SUNDAY, None).open


@pytest.mark.parametrize(
    "opening",
    [
        [["09:00-18:00"]] * 6,
        [["9:00-18:00"]] + [[]] * 6,
        [["09:00-25:00"]] + [[]] * 6,
        [["24:00-24:00"]] + [[]] * 6,
        [["09:00-18:00"] * 5] + [[]] * 6,
    ],
)
def test_hours_that_are_none_are_refused_by_their_field(opening: list[list[str]]) -> None:
    whole = settings().model_dump(mode="json") | {"opening": opening}
    text = f'{{"version": 3, "settings": {whole!r}}}'.replace("'", '"')

    with pytest.raises(BadConfiguration, match=r"^opening"):
        read_kiosk_settings(text)


def test_every_span_that_passes_can_be_read() -> None:
    for hour in range(24):
        read = settings(opening=((f"{hour:02d}:59-24:00",), *((),) * 6)).opening
        assert read is not None
        assert parse_span(read[0][0]).start.hour == hour
