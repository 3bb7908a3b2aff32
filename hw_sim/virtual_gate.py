"""A gate on virtual time: aisle, reader's buffer, beams and the real core, without one thread.

The physics is `hw_sim.aisle`, the buffer is that of the simulated reader, its answers are decoded
by the product's own driver, levels are cleaned by the product's debouncer, and `gate.passage.step`
decides. What is left out are the line, the pins and the operating system.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from circulation.ids import parse_tag_uid
from circulation.messages import GateEventKind, ListKind, Verdict
from drivers.debounce import BEAM_STABLE_S, Debouncer
from drivers.readers.feig.answers import Answer
from drivers.readers.feig.buffered_read import decode_records
from gate.crossing import BeamEdge, BeamName
from gate.passage import Effect, Event, ListChanged, Report, Rules, Signal, State, Tick, step
from gate.passage import TagRead as Sighting
from gate.security import Security
from hw_sim.airtime import EAS_ALARM_MS, MULTIPLEX_MS, AirModel
from hw_sim.aisle import Beam, Geometry, Walk, coupled
from hw_sim.clock import VirtualClock
from hw_sim.devices.feig_frames import FrameForm, Request
from hw_sim.devices.feig_gate import ReadBuffer
from hw_sim.devices.feig_reader import LR2500, RefusedError
from hw_sim.field import READ_COUPLING
from hw_sim.tag import Tag

POLL_MS: Final = (6.0, 20.0)  # the host asks every 14 ms, an answer takes 6
_TICK_S = 0.25
_LINE_MS = 12.0  # two short frames at 38,400 baud
_SETS = (32).to_bytes(2, "big")
_READ, _CLEAR = 0x22, 0x32
_BEAMS: Final[Mapping[Beam, BeamName]] = {
    Beam.INNER: BeamName.INNER,
    Beam.OUTER: BeamName.OUTER,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal the gate gave, and when."""

    at: float
    verdict: Verdict


class VirtualGate:
    """Walk people through with `walk`, let time pass with `run_until`, look at the lists."""

    def __init__(
        self,
        *,
        secured_afi: int,
        seed: int,
        geometry: Geometry | None = None,
        air: AirModel | None = None,
        security: Security = Security.AFI,
    ) -> None:
        """`security` EAS: the reader keeps no buffer, it is asked for the bit of all at once."""
        self.clock = VirtualClock()
        self.geometry = geometry or Geometry()
        self.signals: list[Heard] = []
        self.reports: list[Report] = []
        self._air = air or AirModel()
        self._chance = random.Random(seed)
        self._rules = Rules(afi_in_stock=secured_afi, security=security)
        self._state = State()
        self._buffer = ReadBuffer(transmit_buffer=LR2500.transmit_buffer)
        self._unacknowledged = False
        self._poll_is_due = False
        self._walks: list[Walk] = []
        self._levels = {
            beam: Debouncer(stable_s=BEAM_STABLE_S, initial=False, at=0.0) for beam in Beam
        }
        self._broken = dict.fromkeys(Beam, 0)
        self._scanning = False
        self.clock.at(0.0, self._tick)

    @property
    def planes(self) -> int:
        """How many antennas take turns."""
        return len(self.geometry.planes)

    def turn_ms(self, tags: int, new: int) -> float:
        """One antenna's turn: inventory, the AFI of every new tag, and the switch to the next."""
        inventory = self._air.inventory_ms(tags)
        return inventory + new * self._air.system_information_ms() + MULTIPLEX_MS

    def listed(self, tags: Sequence[Tag]) -> None:
        """The controller's list: the loans of these stand though they are armed."""
        self._take(ListChanged(frozenset(parse_tag_uid(tag.name) for tag in tags)))

    def ours(self, tags: Sequence[Tag]) -> None:
        """All tags of the library: what is none of them is a stranger's, armed or not."""
        uids = frozenset(parse_tag_uid(tag.name) for tag in tags)
        self._take(ListChanged(uids, ListKind.OURS))

    def walk(self, walk: Walk) -> None:
        """Let somebody walk as it is written in `walk`, which must begin now or later."""
        self.clock.at(walk.started_at, lambda: self._enters(walk))
        self.clock.at(walk.ended_at, lambda: self._leaves(walk))
        for beam in Beam:
            for span in walk.breaks(beam):
                self.clock.at(span.start, partial(self._edge, beam, 1))
                self.clock.at(span.end, partial(self._edge, beam, -1))

    def run_until(self, moment: float) -> None:
        """Let everything happen up to this moment (seconds)."""
        self.clock.run_until(moment)

    def alarms(self) -> list[Report]:
        """The alarms as they were reported, oldest first."""
        return [report for report in self.reports if report.kind is GateEventKind.ALARM]

    def passages(self) -> list[Report]:
        """The passages as they were reported, oldest first."""
        return [report for report in self.reports if report.kind is GateEventKind.PASSAGE]

    def _take(self, event: Event) -> None:
        self._state, effects = step(self._state, event, self._rules)
        for effect in effects:
            self._note(effect)

    def _note(self, effect: Effect) -> None:
        if isinstance(effect, Signal):
            self.signals.append(Heard(self.clock.now, effect.verdict))
        elif isinstance(effect, Report):
            self.reports.append(effect)

    def _tick(self) -> None:
        self._take(Tick(self.clock.now))
        self.clock.after(_TICK_S, self._tick)

    # Beams

    def _edge(self, beam: Beam, change: int) -> None:
        self._broken[beam] += change  # two people can stand in one beam
        self._tell(beam, change_of=True)
        self.clock.after(BEAM_STABLE_S, lambda: self._tell(beam, change_of=False))

    def _tell(self, beam: Beam, *, change_of: bool) -> None:
        debouncer, now = self._levels[beam], self.clock.now
        level = self._broken[beam] > 0
        change = debouncer.edge(level, now) if change_of else debouncer.settle(now)
        if change is not None:
            self._take(BeamEdge(_BEAMS[beam], change.level, change.at))

    # The reader

    def _enters(self, walk: Walk) -> None:
        self._walks.append(walk)
        if not self._scanning:
            self._scanning = True
            # nobody knows where in its cycle the reader is when a person comes
            offset_ms = self._chance.random() * self.planes * self.turn_ms(0, 0)
            self.clock.after(offset_ms / 1000, lambda: self._begin_turn(0))

    def _leaves(self, walk: Walk) -> None:
        self._walks.remove(walk)

    def _begin_turn(self, number: int) -> None:
        if not self._walks:
            self._scanning = False
            return
        antenna = self.geometry.planes[number % self.planes]
        tags = coupled(self._walks, antenna, self.clock.now, READ_COUPLING)
        new = sum(1 for tag in tags if not self._buffer.is_known(tag.uid, self.clock.now))
        on_air_ms = self.turn_ms(len(tags), new) - MULTIPLEX_MS
        if tags:
            self.clock.after(on_air_ms / 1000, lambda: self._end_turn(antenna, tags))
        self.clock.after((on_air_ms + MULTIPLEX_MS) / 1000, lambda: self._begin_turn(number + 1))

    def _end_turn(self, antenna: int, at_start: Sequence[Tag]) -> None:
        """A tag must couple at both ends of a turn to be heard."""
        at_end = coupled(self._walks, antenna, self.clock.now, READ_COUPLING)
        heard = [tag for tag in at_start if tag in at_end]
        if self._rules.security is Security.EAS:
            self._ask_for_eas(heard, antenna)
        elif self._buffer.store(heard, antenna, self.clock.now):
            self._ask_soon()

    # The host

    def _ask_for_eas(self, heard: Sequence[Tag], antenna: int) -> None:
        """Silent tags are counted up only when one of them alarms; then each is asked."""
        if not any(tag.eas for tag in heard):
            return
        questions = 1 if len(heard) == 1 else 1 + len(heard)
        answered = questions * (EAS_ALARM_MS + _LINE_MS) / 1000
        self.clock.after(answered, lambda: self._tell_eas(heard, antenna))

    def _tell_eas(self, tags: Sequence[Tag], antenna: int) -> None:
        for tag in tags:
            uid = parse_tag_uid(tag.name)
            self._take(Sighting(uid, None, antenna, self.clock.now, eas=tag.eas))

    def _ask_soon(self) -> None:
        if not self._poll_is_due:
            self._poll_is_due = True
            self.clock.after(self._chance.uniform(*POLL_MS) / 1000, self._poll)

    def _poll(self) -> None:
        self._poll_is_due = False
        if self._unacknowledged:
            self._buffer.clear_read(Request(FrameForm.ADVANCED, 0, _CLEAR, b""))
            self._unacknowledged = False
        try:
            outcome = self._buffer.read(Request(FrameForm.ADVANCED, 0, _READ, _SETS))
        except RefusedError:
            return  # nothing new
        self._unacknowledged = True
        _, records = decode_records(Answer(_READ, outcome.status, outcome.data))
        for record in records:
            if record.afi is not None:
                uid = parse_tag_uid(record.uid)
                self._take(Sighting(uid, record.afi, record.antenna, self.clock.now))
        self._ask_soon()
