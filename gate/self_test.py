"""The daily self-test as a duty: when the known tag was carried through last, kept on disk."""

from datetime import datetime

from circulation.messages import Clock, SelfTest
from gate.keeper import Keeper
from gate.schedule import Tested, self_test

_FACT = "self-test"


class SelfTestDuty:
    """Owned by the reporter's thread. Without a test tag there is no duty."""

    def __init__(self, keeper: Keeper, *, is_set: bool) -> None:
        self._keeper = keeper
        self._is_set = is_set
        self._last: Tested | None = None
        self._was_overdue = False

    def load(self) -> None:
        """What was known when the power went."""
        known = self._keeper.ask(lambda box: box.fact(_FACT), default=None)
        if known is not None:
            at, passed = known.split(" ")
            self._last = Tested(datetime.fromisoformat(at), None if passed == "" else passed == "1")

    def carried(self, at: datetime, *, passed: bool | None) -> None:
        """The known tag went through; `passed` None: from now on it is awaited."""
        self._last = Tested(at, passed)
        text = f"{at.isoformat()} {'' if passed is None else int(passed)}"
        self._keeper.ask(lambda box: box.keep_fact(_FACT, text), default=None)

    def status(self, now: datetime, clock: Clock) -> SelfTest:
        """How it stands. A clock that nobody set counts no days."""
        if not self._is_set:
            return SelfTest.NOT_SET
        if clock is Clock.SURE and self._last is None:
            self.carried(now, passed=None)
        return self_test(self._last, now if clock is Clock.SURE else None)

    def becomes_overdue(self, now: datetime, clock: Clock) -> bool:
        """True once, when the known tag was not carried through in time."""
        overdue = self.status(now, clock) is SelfTest.OVERDUE
        is_news, self._was_overdue = overdue and not self._was_overdue, overdue
        return is_news
