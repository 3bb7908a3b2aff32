"""What hands do at the desk: books between shelf, pads and bag, walks with the bag, tricks.

A shelf is everywhere a tag can be where no antenna reaches, so the world does not know of shelves.
"""

import random
import time
from collections.abc import Sequence
from enum import StrEnum

from hw_sim.desk.bag import Bag, Whereabouts
from hw_sim.desk.people import phone_uid
from hw_sim.field import Written
from hw_sim.stock_tags import sample_tags
from hw_sim.world import UnknownNameError, World

SHELF, BAG = "shelf", "bag"
SOURCE = "desk"
METAL_COUPLING = 0.4  # between reading (0.3) and writing (0.5): seen, and not to be written


class Refusal(StrEnum):
    """Why hands cannot do it now; the page has the words."""

    BAG_IS_OUTSIDE = "bag_is_outside"
    BAG_IS_WALKING = "bag_is_walking"
    SHELVES_ARE_FULL = "shelves_are_full"


class RefusedError(ValueError):
    """Not now; the message is a `Refusal`."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Desk:
    """Hands over one world. All under the world's lock; unknown names are the world's errors."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bag = Bag()
        self.metal_under: set[str] = set()
        self.snatches: set[str] = set()
        self._events = world.events
        self._chance = random.Random(world.settings.seed)

    def move(self, uids: Sequence[str], to: str) -> None:
        """Put books on a pad, into the bag or back on the shelf, from wherever they are."""
        with self.world.lock:
            names = [self.world.tag(uid).name for uid in uids]
            self._check_bag(names, to)
            if to in (SHELF, BAG):
                self._take_off_pads(names)
            else:
                self._place(names, to)
            for name in names:
                self.bag.put(name) if to == BAG else self.bag.take(name)
            self._events.add(SOURCE, "books_moved", uids=names, to=to)

    def walk(
        self, gate: str, *, speed_m_s: float, turns_back: bool = False, shielding: float = 0.0
    ) -> int:
        """Carry the bag through the gate, away from the side it is on; the walk's id."""
        with self.world.lock:
            now = time.monotonic()
            if self.bag.where(now) is Whereabouts.WALKING:
                raise RefusedError(Refusal.BAG_IS_WALKING)
            walk = self.world.walk(
                gate,
                self.in_bag(),
                self.bag.direction(now),
                speed_m_s=speed_m_s,
                shielding=shielding,
                turns_back=turns_back,
            )
            self.bag.leave_with(walk)
            return walk.walk_id

    def in_bag(self) -> list[str]:
        """UIDs in the bag; a book that somebody else put on a pad is there no more."""
        lying = {name for pad in self.world.pads for name in self._lying(pad)}
        return [uid for uid in self.bag.uids if uid not in lying]

    def metal(self, pad: str, *, on: bool) -> None:
        """A metal sheet under the pad: tags are read, not written, and the reader may warn."""
        with self.world.lock:
            lying = self._lying(pad)
            (self.metal_under.add if on else self.metal_under.discard)(pad)
            self.world.place(pad, lying, self._coupling(pad))
            self.world.warn_of_rf(pad, on=on)
            self._events.add(SOURCE, "metal", pad=pad, on=on)

    def snatch(self, pad: str, *, on: bool) -> None:
        """Pull a book away in the moment its AFI is written: those that lie there, or the next."""
        with self.world.lock:
            lying = self._lying(pad)
            for name in lying if on else []:
                self.world.lift_during_write(pad, name, Written.AFI)
            (self.snatches.add if on and not lying else self.snatches.discard)(pad)
            self._events.add(SOURCE, "snatch", pad=pad, on=on)

    def present_phone(self, reader: str) -> None:
        """Hold a phone to the reader: it shows another UID each time."""
        self.world.present_card(reader, phone_uid(self._chance))

    def fill_shelves(self, count: int) -> None:
        """Bring tagged books of the sample library into an empty world."""
        with self.world.lock:
            if self.world.tags():
                raise RefusedError(Refusal.SHELVES_ARE_FULL)
            self.world.make_tags([new.made() for new in sample_tags(count)])
            self._events.add(SOURCE, "shelves_filled")

    def _check_bag(self, names: Sequence[str], to: str) -> None:
        """Nobody reaches through the door, or into the bag of a person who walks."""
        where = self.bag.where(time.monotonic())
        if to != BAG and not set(names) & set(self.in_bag()):
            return
        if where is Whereabouts.WALKING:
            raise RefusedError(Refusal.BAG_IS_WALKING)
        if where is Whereabouts.OUTSIDE:
            raise RefusedError(Refusal.BAG_IS_OUTSIDE)

    def _place(self, names: Sequence[str], pad: str) -> None:
        self.world.place(pad, names, self._coupling(pad))
        if pad in self.snatches:
            self.snatches.discard(pad)
            for name in names:
                self.world.lift_during_write(pad, name, Written.AFI)

    def _take_off_pads(self, names: Sequence[str]) -> None:
        for pad in self.world.pads:
            there = [name for name in self._lying(pad) if name in names]
            if there:  # to lift nothing means to lift everything
                self.world.lift(pad, there)

    def _lying(self, pad: str) -> list[str]:
        station = self.world.pads.get(pad)
        if station is None:
            raise UnknownNameError(
                f"there is no pad {pad!r}; there are: {', '.join(self.world.pads)}"
            )
        return [tag.name for tag, _ in station.field.lying()]

    def _coupling(self, pad: str) -> float:
        return METAL_COUPLING if pad in self.metal_under else 1.0
