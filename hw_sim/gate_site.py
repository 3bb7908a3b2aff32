"""A gate in the world: walkers, beams, antennas, lamp and sounder, and what moves them."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hw_sim.airtime import MULTIPLEX_MS, AirModel
from hw_sim.aisle import Beam, Direction, Facing, Geometry, Walk, coupled
from hw_sim.devices.feig_gate import FeigGate
from hw_sim.event_log import Report
from hw_sim.field import READ_COUPLING, WRITE_COUPLING, Written
from hw_sim.pace import sleep_until
from hw_sim.tag import Tag

AFTERGLOW_S = 2.0  # an alarm this long after a walk's end still belongs to it
KEPT_WALKS = 1000
IDLE_TURN_MS = AirModel().inventory_ms(0) + MULTIPLEX_MS


@dataclass(slots=True)
class Passage:
    """What happened to one walk; every time is monotonic seconds, None: it did not happen."""

    walk: Walk
    readable_at: float | None  # the first tag
    secured_readable_at: float | None  # the first tag that a gate must sound for
    reported_at: float | None = None  # the reader put one of its secured tags into its buffer
    lamp_on_at: float | None = None
    sounder_on_at: float | None = None
    ended: bool = False


class AisleAntenna:
    """The antennas of the aisle as one, for readers in ISO host mode."""

    def __init__(self, site: "GateSite") -> None:
        self._site = site
        self._on = True

    def tags(self) -> Sequence[Tag]:
        return self._coupled(READ_COUPLING)

    def heard(self, tags: Sequence[Tag]) -> list[Tag]:
        return list(tags)

    def reaches(self, tag: Tag, what: Written) -> bool:
        return tag in self._coupled(WRITE_COUPLING)

    def switch(self, *, on: bool) -> None:
        if not on:
            for tag in self.tags():
                tag.power_off()
        self._on = on

    @property
    def on(self) -> bool:
        return self._on

    def _coupled(self, least: float) -> list[Tag]:
        if not self._on:
            return []
        now = time.monotonic()
        couplings = [
            self._site.coupled(antenna, now, least) for antenna in self._site.geometry.planes
        ]
        return list(dict.fromkeys(tag for tags in couplings for tag in tags))


class GateSite:
    """One gate. Its threads run from `start` to `stop`; all state is under the world's lock."""

    def __init__(
        self,
        *,
        name: str,
        lock: threading.RLock,
        report: Report,
        geometry: Geometry,
        is_secured: Callable[[Tag], bool],
        chance: random.Random,
    ) -> None:
        self.name = name
        self.geometry = geometry
        self.antenna = AisleAntenna(self)
        self.outputs = {"lamp": False, "sounder": False}
        self.beams = dict.fromkeys(Beam, False)
        self.passages: list[Passage] = []
        self.on_beam: Callable[[Beam, bool], None] = lambda _beam, _broken: None
        self._blocked = dict.fromkeys(Beam, False)
        self._lock = lock
        self._changed = threading.Condition(lock)
        self._report = report
        self._is_secured = is_secured
        self._chance = chance
        self._idle_cycle_s = len(geometry.planes) * IDLE_TURN_MS / 1000
        self._walk_ids = itertools.count(1)
        self._stopping = False
        self._threads: list[threading.Thread] = []

    # What people do

    def walk(
        self,
        tags: Sequence[Tag],
        direction: Direction,
        *,
        speed_m_s: float,
        shielding: float = 0.0,
        turns_back: bool = False,
        facing: Facing = Facing.MIXED,
        packed: bool = False,
        behind_m: float = 0.0,
    ) -> Walk:
        """Let a person with these tags start now, or `behind_m` behind one who starts now."""
        with self._changed:
            walk = Walk(
                walk_id=next(self._walk_ids),
                tags=tuple(tags),
                direction=direction,
                speed_m_s=speed_m_s,
                started_at=time.monotonic() + behind_m / speed_m_s,
                geometry=self.geometry,
                shielding=shielding,
                turns_back=turns_back,
                facing=facing,
                packed=packed,
            )
            self.passages.append(self._expected(walk))
            uids = [tag.name for tag in tags]
            self._report("walk_started", walk_id=walk.walk_id, direction=direction.value, uids=uids)
            self._changed.notify_all()
            return walk

    def block(self, beam: Beam, *, blocked: bool) -> None:
        """Something stands in a beam, or its cable is cut: the two look the same."""
        with self._changed:
            self._blocked[beam] = blocked
            self._changed.notify_all()

    def blocked(self) -> dict[Beam, bool]:
        """Which beams something other than a walker stands in."""
        return dict(self._blocked)

    def output(self, name: str, *, on: bool, at: float) -> None:
        """The gate's firmware switched its lamp or sounder."""
        with self._lock:
            if self.outputs[name] == on:
                return
            self.outputs[name] = on
            self._report(name, at=at, on=on)
            if on:
                self._note_alarm(name, at)

    # What antennas feel

    def coupled(self, antenna: int, now: float, least: float = READ_COUPLING) -> list[Tag]:
        """Tags that couple with one antenna at least so well."""
        walks = (passage.walk for passage in self.passages if not passage.ended)
        return coupled(walks, antenna, now, least)

    # The clockwork

    def start(self, device: FeigGate, *, real_time: bool) -> None:
        """Run beams, and the reader's own polling, until `stop`."""
        self._threads = [
            threading.Thread(target=self._run_beams, name=f"beams {self.name}", daemon=True),
            threading.Thread(
                target=self._run_reader,
                args=(device, real_time),
                name=f"reader {self.name}",
                daemon=True,
            ),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _expected(self, walk: Walk) -> Passage:
        moments = [(tag, walk.tag_readable_at(index)) for index, tag in enumerate(walk.tags)]
        readable = [at for _, at in moments if at is not None]
        secured = [at for tag, at in moments if at is not None and self._is_secured(tag)]
        return Passage(walk, min(readable, default=None), min(secured, default=None))

    def _note_alarm(self, name: str, at: float) -> None:
        for passage in self.passages:
            walk = passage.walk
            if not walk.started_at <= at < walk.ended_at + AFTERGLOW_S:
                continue
            if name == "lamp" and passage.lamp_on_at is None:
                passage.lamp_on_at = at
            if name == "sounder" and passage.sounder_on_at is None:
                passage.sounder_on_at = at

    def _run_beams(self) -> None:
        with self._changed:
            while not self._stopping:
                now = time.monotonic()
                self._move_beams(now)
                self._end_walks(now)
                edge = self._next_edge(now)
                self._changed.wait(None if edge is None else max(0.0, edge - time.monotonic()))

    def _move_beams(self, now: float) -> None:
        for beam in Beam:
            walks = [passage.walk for passage in self.passages if not passage.ended]
            in_it = any(span.contains(now) for walk in walks for span in walk.breaks(beam))
            broken = in_it or self._blocked[beam]
            if broken != self.beams[beam]:
                self.beams[beam] = broken
                self._report("beam", beam=beam.value, broken=broken)
                self.on_beam(beam, broken)

    def _end_walks(self, now: float) -> None:
        for passage in self.passages:
            if not passage.ended and now >= passage.walk.ended_at:
                passage.ended = True
                for tag in passage.walk.tags:
                    tag.power_off()
                self._report("walk_ended", walk_id=passage.walk.walk_id)
        del self.passages[: max(0, len(self.passages) - KEPT_WALKS)]

    def _next_edge(self, now: float) -> float | None:
        """The next instant at which a beam changes or a walk ends."""
        edges = [
            edge
            for passage in self.passages
            if not passage.ended
            for edge in (passage.walk.ended_at, *_beam_edges(passage.walk))
            if edge > now
        ]
        return min(edges, default=None)

    def _run_reader(self, device: FeigGate, real_time: bool) -> None:
        """The reader polls its antennas in turn for as long as somebody is in the aisle."""
        while self._wait_for_walker():
            # nobody knows where in its cycle the reader is when a person comes
            due = time.monotonic() + self._chance.random() * self._idle_cycle_s
            while self._has_walker():
                for antenna in self.geometry.planes:
                    due = self._scan(device, antenna, due, real_time=real_time)
                if not real_time:
                    time.sleep(MULTIPLEX_MS / 1000)

    def _wait_for_walker(self) -> bool:
        with self._changed:
            while not self._stopping and all(passage.ended for passage in self.passages):
                self._changed.wait()
            return not self._stopping

    def _has_walker(self) -> bool:
        with self._lock:
            return not self._stopping and any(not passage.ended for passage in self.passages)

    def _scan(self, device: FeigGate, antenna: int, start: float, *, real_time: bool) -> float:
        """One antenna's turn. A tag must couple at both ends of it to be heard. Returns its end."""
        if real_time:
            sleep_until(start)
        with self._lock:
            at_start = self.coupled(antenna, time.monotonic())
            end = start + device.scan_ms(at_start, time.monotonic()) / 1000
        if real_time:
            sleep_until(end)
        with self._lock:
            if self.antenna.on:
                now = time.monotonic()
                at_end = self.coupled(antenna, now)
                heard = [tag for tag in at_start if tag in at_end]
                self._note_stored(device.scan(heard, antenna, now), now)
        return end + MULTIPLEX_MS / 1000

    def _note_stored(self, tags: Sequence[Tag], now: float) -> None:
        for passage in self.passages:
            if passage.ended or passage.reported_at is not None:
                continue
            if any(tag in tags and self._is_secured(tag) for tag in passage.walk.tags):
                passage.reported_at = now
        if tags:
            self._report("tags_buffered", uids=[tag.name for tag in tags])


def _beam_edges(walk: Walk) -> list[float]:
    spans = [span for beam in Beam for span in walk.breaks(beam)]
    return [edge for span in spans for edge in (span.start, span.end)]
