"""The librarian's door on the kiosk itself: a number, and behind it how the devices are. Pure.

Five wrong numbers in a row shut the door for five minutes, whatever the session (features 5.1).
"""

import hashlib
import hmac
import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from circulation.ids import CardUid

TRIES = 5
SHUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Pin:
    """The librarian's number, as far as a program needs to know it."""

    length: int
    digest: bytes

    def fits(self, digits: str) -> bool:
        """Takes the same time for every wrong number."""
        return hmac.compare_digest(self.digest, _digest(digits))


def pin_of(digits: str) -> Pin:
    """4 to 8 digits; else `ValueError`."""
    if not (digits.isascii() and digits.isdigit() and 4 <= len(digits) <= 8):
        raise ValueError("the service PIN is 4 to 8 digits")
    return Pin(len(digits), _digest(digits))


def card_digest(uid: CardUid) -> bytes:
    """What a program keeps of a librarian's card."""
    return _digest(uid)


def _digest(digits: str) -> bytes:
    return hashlib.sha256(digits.encode()).digest()


@dataclass(frozen=True, slots=True)
class Trusted:
    """The snapshot by which this kiosk may decide alone, and how long it is still good for."""

    at: datetime
    left: timedelta  # none when it is over
    near: bool  # the end is near, or past: staff should see to the network

    @property
    def hours_left(self) -> int:
        """Begun hours: 0 when it is over."""
        return math.ceil(self.left / timedelta(hours=1))


def trust_in(at: datetime, now: datetime, most: timedelta) -> Trusted:
    """Near its end is the last quarter of its age, and never less than an hour."""
    left = max(at + most - now, timedelta(0))
    return Trusted(at, left, left <= max(most / 4, timedelta(hours=1)))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the session does not know by itself; looked at while the door is open."""

    clock: datetime
    sound: bool
    unsent: int  # facts that the ledger has not heard of
    clock_sure: bool = True  # set by the network, or the same as the controller's
    trusted: Trusted | None = None  # None: without the network nothing is lent here


@dataclass(frozen=True, slots=True)
class Door:
    """Shut, being opened digit by digit, or open."""

    shown: bool = False  # the number pad is on the screen
    entered: str = ""
    open: bool = False
    wrong: int = 0  # in a row
    shut_until: float = 0.0

    def is_shut(self, now: float) -> bool:
        """True while nobody may try."""
        return now < self.shut_until


def enter(door: Door, digit: str, pin: Pin, now: float) -> Door:
    """One more digit; the last one opens the door or counts as wrong."""
    if door.is_shut(now):
        return door
    entered = door.entered + digit
    if len(entered) < pin.length:
        return replace(door, entered=entered)
    if pin.fits(entered):
        return Door(open=True)
    wrong = door.wrong + 1
    if wrong < TRIES:
        return replace(door, entered="", wrong=wrong)
    return Door(shown=True, shut_until=now + SHUT_S)


def close(door: Door) -> Door:
    """Back to the reader's screens; how often somebody was wrong is remembered."""
    return replace(door, shown=False, entered="", open=False)
