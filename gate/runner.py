"""The gate's loop: what arrives goes through `passage.step`, what that orders is done at once."""

import queue
import time
from typing import assert_never

import structlog

from circulation.api import ReaderState
from circulation.messages import PendingList, Verdict
from drivers.gpio import Beam, Lamp, Sounder
from drivers.reader import Identity
from drivers.registry import open_gate_reader
from gate.crossing import BeamEdge, BeamName
from gate.outbox import pending_uids
from gate.passage import (
    Effect,
    Event,
    ListChanged,
    ReaderChanged,
    Report,
    Rules,
    Signal,
    State,
    TagRead,
    Tick,
    step,
)
from gate.reporter import Reporter
from gate.settings import GateSettings
from gate.watch import Watch

_TICK_S = 0.25
_FRIENDLY_S = 1.2
_FRIENDLY_BLINK_S = 0.2
_log = structlog.get_logger(__name__)


class Refused(RuntimeError):
    """The gate will not guard with this device; the message says what to do."""


class Gate:
    """Beams, lamp, sounder, reader and reporter around the pure core. `run` is the main thread."""

    def __init__(self, settings: GateSettings, version: str) -> None:
        self._settings = settings
        self._rules = Rules(afi_in_stock=settings.afi_in_stock)
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._beams = {
            BeamName.INNER: Beam(settings.pins.beam_inner, wake=self._wake),
            BeamName.OUTER: Beam(settings.pins.beam_outer, wake=self._wake),
        }
        self._lamp = Lamp(settings.pins.lamp)
        self._sounder = Sounder(settings.pins.sounder)
        self._reporter = Reporter(settings, version, self._take_list)
        self._watch = Watch(
            lambda: open_gate_reader(settings.reader_model, settings.reader_url),
            self._events,
            self._accept,
        )
        self._state = State()
        self._simulated = False
        self._ending = False

    def run(self) -> None:
        """Guard until `finish`; `Refused` when the device that answers is not to be used."""
        self._reporter.start()
        self._watch.start()
        try:
            while not self._ending:
                self._turn()
            if self._watch.refused:
                raise Refused(
                    f"the reader at {self._settings.reader_url} is a simulated one; a gate that "
                    "guards a door needs a real one (for a demo set allow_simulated = true)"
                )
        finally:
            self._close()

    def finish(self) -> None:
        """End in good order; safe to call from a signal handler."""
        self._events.put(None)

    def _turn(self) -> None:
        try:
            event = self._events.get(timeout=self._patience())
        except queue.Empty:
            event = Tick(time.monotonic())
        if event is None:
            self._ending = True
            return
        for change in self._beam_edges():
            self._take(change)
        self._take(event)

    def _patience(self) -> float:
        """How long to wait for news: a tick, or until a beam's level has settled."""
        due = [beam.due_at for beam in self._beams.values() if beam.due_at is not None]
        now = time.monotonic()
        return max(0.0, min([now + _TICK_S, *due]) - now)

    def _beam_edges(self) -> list[BeamEdge]:
        now = time.monotonic()
        return [
            BeamEdge(name, change.level, change.at)
            for name, beam in self._beams.items()
            for change in beam.poll(now)
        ]

    def _take(self, event: Event) -> None:
        self._state, effects = step(self._state, event, self._rules)
        for effect in effects:
            self._do(effect, event)
        if isinstance(event, ReaderChanged):
            state = ReaderState.OK if event.present else ReaderState.LOST
            self._reporter.reader_is(state, simulated=self._simulated)

    def _do(self, effect: Effect, cause: Event) -> None:
        match effect:
            case Signal():
                self._signal(effect.verdict)
            case Report():
                self._reporter.report(effect, _reaction_ms(cause))
            case _:
                assert_never(effect)

    def _signal(self, verdict: Verdict) -> None:
        if verdict is Verdict.ALARM:
            self._lamp.on(self._settings.alarm_seconds)
            self._sounder.on(self._settings.alarm_seconds)
        elif verdict is Verdict.FRIENDLY:
            self._lamp.blink(_FRIENDLY_S, on_s=_FRIENDLY_BLINK_S, off_s=_FRIENDLY_BLINK_S)

    def _wake(self) -> None:
        self._events.put(Tick(time.monotonic()))

    def _take_list(self, pending: PendingList) -> None:
        self._events.put(ListChanged(pending_uids(pending)))

    def _accept(self, identity: Identity) -> bool:
        self._simulated = identity.simulated
        return self._settings.allow_simulated or not identity.simulated

    def _close(self) -> None:
        self._watch.finish()
        self._reporter.finish()
        for beam in self._beams.values():
            beam.close()
        for output in (self._lamp, self._sounder):
            output.close()


def _reaction_ms(cause: Event) -> float | None:
    """From the tag's answer to the lamp: signals are ordered before their report is."""
    return (time.monotonic() - cause.at) * 1000 if isinstance(cause, TagRead) else None
