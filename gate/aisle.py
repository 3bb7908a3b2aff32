"""One aisle at work: its beams, its reader's thread, and its state of `passage.step`."""

from collections.abc import Callable

from drivers.gpio import Beam
from drivers.reader import Identity
from gate.crossing import BeamEdge, BeamName
from gate.passage import Effect, Event, ReaderChanged, Rules, State, step
from gate.settings import AisleSettings, Ways
from gate.watch import Watch, open_aisle


class AisleGuard:
    """Owned by the gate's loop; only `notice` is called from other threads."""

    def __init__(
        self,
        aisle: AisleSettings,
        rules: Rules,
        *,
        reader_present: bool,
        notice: Callable[[Event | None], None],
        accept: Callable[[Identity], bool],
        wake: Callable[[], None],
    ) -> None:
        """`reader_present`: as it was last reported, so that a restart reports only what is new."""
        self.name = aisle.name
        self.blind = True  # until the reader has answered
        self.watch = Watch(
            aisle,
            open_reader=lambda: open_aisle(aisle, rules.security),
            notice=notice,
            accept=accept,
        )
        self._rules = rules
        self._state = State(reader_present=reader_present)
        self._beams = _beams(aisle, wake)

    def take(self, event: Event) -> tuple[Effect, ...]:
        """One event in; what to do now."""
        if isinstance(event, ReaderChanged):
            self.blind = not event.present
        self._state, effects = step(self._state, event, self._rules)
        return effects

    def edges(self, now: float) -> list[BeamEdge]:
        """What the beams did up to now."""
        return [
            BeamEdge(name, change.level, change.at)
            for name, beam in self._beams.items()
            for change in beam.poll(now)
        ]

    @property
    def due_at(self) -> float | None:
        """When a beam's level has settled; None while all are at rest."""
        due = [beam.due_at for beam in self._beams.values() if beam.due_at is not None]
        return min(due, default=None)

    def close(self) -> None:
        """End the reader's thread and give the pins back."""
        self.watch.finish()
        for beam in self._beams.values():
            beam.close()


def _beams(aisle: AisleSettings, wake: Callable[[], None]) -> dict[BeamName, Beam]:
    if aisle.ways is not Ways.BEAMS or aisle.beam_inner is None or aisle.beam_outer is None:
        return {}
    return {
        BeamName.INNER: Beam(aisle.beam_inner, wake=wake),
        BeamName.OUTER: Beam(aisle.beam_outer, wake=wake),
    }
