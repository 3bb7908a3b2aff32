"""The hours in force: the kiosk's own file, and on top of it what the controller says.

Hours come with the settings from afar, closed days with the policy of the snapshot: both lie on the
disk, so that a kiosk that starts without a network keeps the hours it knew. A calendar that names
no day says nothing, and the file's own closed days stand.
"""

from dataclasses import replace
from datetime import datetime

from circulation.calendar import Calendar
from circulation.configuration import KioskSettings
from circulation.policy_part import PolicyPart, calendar_of
from kiosk.hours import Hours, House, parse_span


class Timetable:
    """Told of settings on any thread; asked on one."""

    def __init__(self, own: Hours) -> None:
        self._own = own
        self._wished: KioskSettings | None = None
        self._made_of: tuple[KioskSettings | None, PolicyPart | None] = (None, None)
        self._hours = own

    def wish(self, settings: KioskSettings | None) -> None:
        """What staff set from afar; None: the kiosk's own file."""
        self._wished = settings

    def house(self, wall: datetime, policy: PolicyPart | None) -> House:
        """How it is at this moment of the wall clock; without a policy by what else is known."""
        wished = self._wished
        if wished is not self._made_of[0] or policy is not self._made_of[1]:
            self._made_of = wished, policy
            self._hours = _on_top(self._own, wished, policy)
        return self._hours.house(wall)


def _on_top(own: Hours, wished: KioskSettings | None, policy: PolicyPart | None) -> Hours:
    opening = None if wished is None else wished.opening
    calendar = Calendar() if policy is None else calendar_of(policy.calendar)
    if opening is not None:
        days = {day: tuple(map(parse_span, spans)) for day, spans in enumerate(opening, start=1)}
        own = replace(own, opening=days)
    return own if calendar == Calendar() else replace(own, calendar=calendar)
