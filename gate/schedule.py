"""What depends on the hour: the sounder's quiet time, and whether the self-test is due. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from circulation.messages import Clock, SelfTest

SELF_TEST_EVERY = timedelta(hours=26)  # daily, and two hours for a librarian who is late


@dataclass(frozen=True, slots=True)
class Quiet:
    """From `start` up to `end` on the wall clock, over midnight when `end` is the smaller."""

    start: time
    end: time


def is_quiet(quiet: Quiet | None, wall: datetime, clock: Clock) -> bool:
    """True when the sounder must be silent. A clock that nobody set makes nothing quiet."""
    if quiet is None or clock is not Clock.SURE:
        return False
    now = wall.time()
    if quiet.start <= quiet.end:
        return quiet.start <= now < quiet.end
    return now >= quiet.start or now < quiet.end


@dataclass(frozen=True, slots=True)
class Tested:
    """The last self-test, or the moment from which one is awaited (`passed` None)."""

    at: datetime
    passed: bool | None


def self_test(last: Tested | None, now: datetime | None) -> SelfTest:
    """What to say of the self-test. `now` None: no clock can be believed, so nothing is overdue."""
    if last is None:
        return SelfTest.NOT_SET
    if now is not None and now - last.at > SELF_TEST_EVERY:
        return SelfTest.OVERDUE
    if last.passed is None:
        return SelfTest.NOT_SET
    return SelfTest.PASSED if last.passed else SelfTest.FAILED
