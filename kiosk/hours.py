"""When the library is open, when the screen is dark, how loud sounds are at which hour. Pure.

Times are those of the wall. A clock that was never set (a Pi without a battery wakes up years ago)
closes nothing and darkens nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from circulation.calendar import Calendar

_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$")
_FIRST_YEAR = 2025  # an earlier date was never set by anybody
_LOOK_AHEAD_DAYS = 120  # longer than a summer: then nobody can say when


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` up to `end`; over midnight when `end` is not the larger."""

    start: time
    end: time

    def holds(self, now: time) -> bool:
        """True from `start` on and before `end`."""
        if self.start < self.end:
            return self.start <= now < self.end
        return now >= self.start or now < self.end


WHOLE_DAY = Span(time(0), time(0))


@dataclass(frozen=True, slots=True)
class House:
    """What the session knows of the hour."""

    open: bool = True
    opens_at: datetime | None = None  # None while open, or when nobody can say
    days_until: int = 0
    screen_on: bool = True


@dataclass(frozen=True, slots=True)
class Hours:
    """A library's week. Without anything it is always open, bright, and as loud as usual."""

    opening: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)  # ISO weekday, 1 to 7
    calendar: Calendar = field(default_factory=Calendar)
    screen_off: Span | None = None
    volumes: tuple[tuple[time, float], ...] = ()  # from that time on, in the order of the day

    def house(self, wall: datetime) -> House:
        """How it is at this moment of the wall clock."""
        if wall.year < _FIRST_YEAR:
            return House()
        screen_on = self.screen_off is None or not self.screen_off.holds(wall.time())
        if any(span.holds(wall.time()) for span in self._spans(wall)):
            return House(screen_on=screen_on)
        opens_at = self._next_opening(wall)
        days = 0 if opens_at is None else (opens_at.date() - wall.date()).days
        return House(open=False, opens_at=opens_at, days_until=days, screen_on=screen_on)

    def volume(self, wall: datetime, usual: float) -> float:
        """The volume of sounds; before the first named hour the last one of the day holds on."""
        if not self.volumes or wall.year < _FIRST_YEAR:
            return usual
        begun = [volume for start, volume in self.volumes if start <= wall.time()]
        return begun[-1] if begun else self.volumes[-1][1]

    def _spans(self, day: datetime) -> tuple[Span, ...]:
        if not self.calendar.is_open(day.date()):
            return ()
        return self.opening.get(day.isoweekday(), ()) if self.opening else (WHOLE_DAY,)

    def _next_opening(self, wall: datetime) -> datetime | None:
        for days in range(_LOOK_AHEAD_DAYS):
            day = wall + timedelta(days=days)
            starts = sorted(datetime.combine(day, span.start) for span in self._spans(day))
            later = [start for start in starts if start > wall]
            if later:
                return later[0]
        return None


def parse_span(text: str) -> Span:
    """«09:00-18:00», «20:00-07:30», «09:00-24:00»; else `ValueError`."""
    found = _SPAN.match(text)
    if found is None or (found[3] == "24" and found[4] != "00"):
        raise ValueError(f"{text!r}: give two times, e.g. '09:00-18:00'")
    end = time(int(found[3]) % 24, int(found[4]))
    return Span(time(int(found[1]), int(found[2])), end)


def parse_clock(text: str) -> time:
    """«09:00»; else `ValueError`."""
    found = _CLOCK.match(text)
    if found is None:
        raise ValueError(f"{text!r}: give a time, e.g. '09:00'")
    return time(int(found[1]), int(found[2]))
