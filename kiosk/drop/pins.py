"""The contacts and beams of a drop as events, and its flap and bin gates as orders."""

import math
from collections.abc import Callable
from functools import partial

from drivers.gpio import Beam, Signal
from kiosk.drop.events import BinChanged, Event, FlapMoved, SlotChanged
from kiosk.drop.settings import Settings

FULL_S = 5.0  # a book that falls past the beam breaks it for less
_HAND_S = 0.05  # a flap is moved by hand and bounces
_GATE_S = 1.0
_RELEASE_S = 3_600.0  # renewed while it lasts


class Pins:
    """Owned by the drop's loop; `wake` is called from another thread at every edge."""

    def __init__(self, settings: Settings, wake: Callable[[], None]) -> None:
        """`drivers.errors.NotAvailable` when a pin cannot be had."""
        self._inputs: list[tuple[Beam, Callable[[bool], Event]]] = []
        self._watch(settings.flap, FlapMoved, wake, stable_s=_HAND_S)
        self._watch(settings.slot, SlotChanged, wake, stable_s=_HAND_S)
        for one in settings.bins:
            self._watch(one.full, partial(BinChanged, one.name), wake, stable_s=FULL_S)
        self._gates = {
            one.name: Signal(one.gate, max_on_s=_GATE_S)
            for one in settings.bins
            if one.gate is not None
        }
        # a drop that is down takes nothing: without current the flap is shut
        pin = settings.release
        self._release = None if pin is None else Signal(pin, max_on_s=math.inf)

    def first(self) -> list[Event]:
        """How everything stands at the start."""
        return [tell(beam.broken) for beam, tell in self._inputs]

    def poll(self, now: float) -> list[Event]:
        """What changed up to `now` (monotonic seconds)."""
        return [tell(one.level) for beam, tell in self._inputs for one in beam.poll(now)]

    @property
    def due_at(self) -> float | None:
        """When `poll` will have something to say if nothing moves."""
        due = [beam.due_at for beam, _ in self._inputs if beam.due_at is not None]
        return min(due, default=None)

    def sort(self, name: str) -> None:
        """Let what lies in the slot fall into this bin."""
        if name in self._gates:
            self._gates[name].off()  # the last book's time is over: this one has all of its own
            self._gates[name].on(_GATE_S)

    def lock(self, *, shut: bool) -> None:
        """Hold the flap shut, or let it be opened. Call it often: it also renews."""
        if self._release is None or shut != self._release.is_on:
            return
        if shut:
            self._release.off()
        else:
            self._release.on(_RELEASE_S)

    def close(self) -> None:
        """Everything off, pins back."""
        for beam, _ in self._inputs:
            beam.close()
        for output in (*self._gates.values(), self._release):
            if output is not None:
                output.close()

    def _watch(
        self,
        pin: int | None,
        tell: Callable[[bool], Event],
        wake: Callable[[], None],
        *,
        stable_s: float,
    ) -> None:
        if pin is not None:
            self._inputs.append((Beam(pin, stable_s=stable_s, wake=wake), tell))
