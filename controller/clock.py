"""Time as the library sees it: moments in UTC, dates on the wall of the reading room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class LibraryTime:
    """A clock and the zone in which the library's days begin."""

    clock: Clock
    zone: ZoneInfo

    def now(self) -> datetime:
        """This moment in UTC."""
        return self.clock()

    def day(self, moment: datetime) -> date:
        """The library's date at that moment."""
        return moment.astimezone(self.zone).date()

    def start_of_day(self, moment: datetime) -> datetime:
        """The midnight that began the library's day of that moment, in UTC."""
        return datetime.combine(self.day(moment), time(), self.zone).astimezone(UTC)
