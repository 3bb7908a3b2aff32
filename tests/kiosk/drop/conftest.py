"""A drop's session with the world around it: what is put in, what it orders."""

import time
from collections.abc import Callable, Mapping

import pytest

from circulation.ids import Copy, Isil, ItemId, TagUid
from circulation.reasons import Reason
from kiosk.drop.effects import Arm, Effect, Gone, Keep, Lock, Review, Sort
from kiosk.drop.events import Answered, BinChanged, Event, Kept, Tick, Way
from kiosk.drop.session import step
from kiosk.drop.state import Config, State
from kiosk.events import (
    BookTag,
    ItemLifted,
    ItemPlaced,
    OddTag,
    ReaderBack,
    SecurityWritten,
)
from kiosk.vault import Vault

OWNER = Isil("RU-10010033")
VAULT = Vault("s3cret")
BINS: Mapping[Way, str] = {
    Way.SHELF: "a",
    Way.HOLD: "b",
    Way.STAFF: "b",
    Way.OTHER: "c",
    Way.UNSORTED: "a",
}


def copy(number: int) -> Copy:
    return Copy(OWNER, ItemId(f"A{number}"))


def uid(number: int) -> TagUid:
    return TagUid(f"E00401{number:010X}")


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


class Play:
    """Feeds events; the pad obeys and the disk takes everything, unless it is told otherwise."""

    def __init__(self, lying: frozenset[Copy] = frozenset()) -> None:
        self.state = State(Config(BINS), lying=lying)
        self.effects: list[Effect] = []
        self.now = 100.0
        self.pad_works = True
        self.disk_works = True
        self.armed: set[TagUid] = set()
        self.answers: dict[Copy, Way] = {}
        self.happens(ReaderBack(simulated=False))

    def happens(self, event: Event) -> None:
        self.state, effects = step(self.state, event, self.now)
        self.effects += effects
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Arm(uid=tag):
                ok = self.pad_works
                self.armed |= {tag} if ok else set()
                self.happens(SecurityWritten(tag, armed=True, ok=ok, changed=ok))
            case Keep(slot=slot, copy=copy) if self.disk_works:
                self.happens(Kept(slot))
                if copy in self.answers:
                    self.happens(Answered(slot, self.answers[copy]))

    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.5)
            self.happens(Tick())

    def put_in(self, number: int, part: int = 1, parts: int = 1, tag: int | None = None) -> None:
        what = BookTag(copy(number), part, parts)
        self.happens(ItemPlaced(uid(number if tag is None else tag), what))

    def put_in_odd(self, number: int, reason: Reason) -> None:
        self.happens(ItemPlaced(uid(number), OddTag(reason)))

    def falls(self, *numbers: int) -> None:
        for number in numbers:
            self.happens(ItemLifted(uid(number)))

    def fill(self, *bins: str, full: bool = True) -> None:
        for name in bins:
            self.happens(BinChanged(name, full))

    @property
    def kept(self) -> list[Copy]:
        return [effect.copy for effect in self.effects if isinstance(effect, Keep)]

    @property
    def sorted_to(self) -> list[str]:
        return [effect.bin for effect in self.effects if isinstance(effect, Sort)]

    @property
    def reviews(self) -> list[Review]:
        return [effect for effect in self.effects if isinstance(effect, Review)]

    @property
    def gone(self) -> list[Copy]:
        return [effect.copy for effect in self.effects if isinstance(effect, Gone)]

    @property
    def locks(self) -> list[bool]:
        return [effect.shut for effect in self.effects if isinstance(effect, Lock)]


@pytest.fixture
def play() -> Play:
    return Play()
