"""A book drop in the world: a flap, a slot over an antenna, gates, and bins that fill up."""

from collections.abc import Callable, Collection, Mapping

from hw_sim.event_log import Report
from hw_sim.field import Field
from hw_sim.settings import BinSettings, DropSettings
from hw_sim.tag import Tag


class DropSite:
    """All under the world's lock. What lies in the slot falls when the gate of a bin opens."""

    def __init__(self, settings: DropSettings, field: Field, report: Report) -> None:
        self._settings = settings
        self._field = field
        self._report = report
        self._tell: Callable[[int, bool], None] = lambda _pin, _high: None
        self._things = 0  # without a tag, in the slot
        self._levels = dict.fromkeys((settings.flap, settings.slot, *self._brims()), False)
        self.bins: dict[str, list[str]] = {one.name: [] for one in settings.bins}
        self.locked = True  # until the firmware frees the flap
        self.stuck = False
        """Set: what is told to fall lies where it is."""

    # What people do

    def open_flap(self) -> None:
        """`ValueError` while it is held shut."""
        if self.locked:
            raise ValueError("the flap is locked")
        self._set(self._settings.flap, high=True)

    def close_flap(self) -> None:
        self._set(self._settings.flap, high=False)

    def lay_in(self, tag: Tag) -> None:
        """A book comes to lie over the antenna."""
        self._field.place(tag)
        self._report("tag_placed", uid=tag.name, coupling=1.0)
        self._set(self._settings.slot, high=True)

    def throw_in(self) -> None:
        """Something without a tag."""
        self._things += 1
        self._set(self._settings.slot, high=True)

    def empty(self, name: str) -> list[str]:
        """The librarian takes everything out of a bin."""
        books, self.bins[name] = self.bins[name], []
        self._set(self._bin(name).full, high=False)
        return books

    # What hangs on the pins

    def levels(self) -> Mapping[int, bool]:
        return dict(self._levels)

    def on_level(self, tell: Callable[[int, bool], None]) -> None:
        self._tell = tell

    def outputs(self) -> Collection[int]:
        return (self._settings.release, *(one.gate for one in self._settings.bins))

    def switched(self, pin: int, *, on: bool, at: float) -> None:
        """The drop's firmware freed its flap, shut it, or opened the gate of a bin."""
        if pin == self._settings.release:
            self.locked = not on
            self._report("lock", at=at, on=self.locked)
        elif on:
            self._fall(next(one for one in self._settings.bins if one.gate == pin))

    def _fall(self, into: BinSettings) -> None:
        if self.stuck:
            return
        for tag, _ in self._field.lying():
            self._field.lift(tag.uid)
            self._report("tag_lifted", uid=tag.name, during_write=False)
            self.bins[into.name].append(tag.name)
        self.bins[into.name] += [""] * self._things
        self._things = 0
        self._set(self._settings.slot, high=False)
        self._set(into.full, high=len(self.bins[into.name]) >= into.room)

    def _set(self, pin: int, *, high: bool) -> None:
        if self._levels[pin] != high:
            self._levels[pin] = high
            self._tell(pin, high)

    def _brims(self) -> list[int]:
        return [one.full for one in self._settings.bins]

    def _bin(self, name: str) -> BinSettings:
        return next(one for one in self._settings.bins if one.name == name)
