"""Everything the desk shows, as one value that is sent whenever it changes."""

import time
from enum import StrEnum

from pydantic import BaseModel

from hw_sim.aisle import Beam, Direction
from hw_sim.desk.bag import Whereabouts
from hw_sim.desk.desk import Desk
from hw_sim.gate_site import Passage
from hw_sim.stations import CardStation, GateStation, PadStation, ReaderStation
from hw_sim.tag import Tag

ASKED_WITHIN_S = 3.0


class PadKind(StrEnum):
    """What a pad is for; its name begins with the word, and any other is a kiosk's."""

    KIOSK = "kiosk"
    STATION = "station"
    DROP = "drop"


class Security(StrEnum):
    """What a gate would make of the tag."""

    ARMED = "armed"
    DISARMED = "disarmed"
    BLANK = "blank"


class LyingBook(BaseModel):
    """A tagged book where hands have put it."""

    uid: str
    security: Security


class PadNow(BaseModel):
    """`asked`: somebody's requests came in the last seconds; `snatch`: the next book vanishes."""

    name: str
    kind: PadKind
    plugged: bool
    asked: bool
    books: list[LyingBook]
    faults: list[str]
    metal: bool
    snatch: bool


class CardReaderNow(BaseModel):
    name: str
    plugged: bool
    asked: bool
    cards: list[str]


class Walker(BaseModel):
    """A person in the aisle; times are the world's monotonic seconds."""

    walk_id: int
    direction: Direction
    speed_m_s: float
    turns_back: bool
    books: int
    started_at: float
    ends_at: float


class GateNow(BaseModel):
    """`manned`: the gate's firmware holds its pins."""

    name: str
    plugged: bool
    asked: bool
    manned: bool
    lamp: bool
    sounder: bool
    beams: dict[Beam, bool]
    blocked: dict[Beam, bool]
    start_m: float
    walkers: list[Walker]
    faults: list[str]


class BagNow(BaseModel):
    where: Whereabouts
    books: list[LyingBook]


class DeskNow(BaseModel):
    """The whole desk but for the books' faces."""

    tag_count: int
    pads: list[PadNow]
    card_readers: list[CardReaderNow]
    gates: list[GateNow]
    bag: BagNow
    live_page: str


class Snapshot(BaseModel):
    """`now` is the clock of the walkers' times."""

    now: float
    desk: DeskNow


class Watch:
    """Looks at a desk again and again; remembers when each device was last asked something."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._counts: dict[str, int] = {}
        self._asked_at: dict[str, float] = {}

    def look(self) -> DeskNow:
        """One consistent look under the world's lock."""
        desk, world = self._desk, self._desk.world
        with world.lock:
            return DeskNow(
                tag_count=len(world.tags()),
                pads=[self._pad(pad) for pad in world.pads.values()],
                card_readers=[self._card_reader(reader) for reader in world.card_readers.values()],
                gates=[self._gate(gate) for gate in world.gates.values()],
                bag=BagNow(
                    where=desk.bag.where(time.monotonic()),
                    books=[self._book(world.tag(uid)) for uid in desk.in_bag()],
                ),
                live_page=world.settings.live_page,
            )

    def has_heard(self) -> bool:
        """Did a look find a device that was ever asked something?"""
        return any(self._counts.values())

    def _pad(self, pad: PadStation) -> PadNow:
        return PadNow(
            name=pad.name,
            kind=_kind(pad.name),
            plugged=pad.is_plugged,
            asked=self._is_asked(pad.name, pad.requests),
            books=[self._book(tag) for tag, _ in pad.field.lying()],
            faults=_faults(pad),
            metal=pad.name in self._desk.metal_under,
            snatch=pad.name in self._desk.snatches,
        )

    def _card_reader(self, reader: CardStation) -> CardReaderNow:
        return CardReaderNow(
            name=reader.name,
            plugged=reader.is_plugged,
            asked=self._is_asked(reader.name, reader.chip.transfers),
            cards=[card.uid.hex().upper() for card in reader.chip.cards()],
        )

    def _gate(self, gate: GateStation) -> GateNow:
        site = gate.site
        return GateNow(
            name=gate.name,
            plugged=gate.is_plugged,
            asked=self._is_asked(gate.name, gate.requests),
            manned=gate.pins.is_connected,
            lamp=site.outputs["lamp"],
            sounder=site.outputs["sounder"],
            beams=dict(site.beams),
            blocked=site.blocked(),
            start_m=site.geometry.start_m,
            walkers=[_walker(passage) for passage in site.passages if not passage.ended],
            faults=_faults(gate),
        )

    def _book(self, tag: Tag) -> LyingBook:
        armed = tag.afi == self._desk.world.settings.secured_afi
        if not any(tag.memory):
            return LyingBook(uid=tag.name, security=Security.BLANK)
        return LyingBook(uid=tag.name, security=Security.ARMED if armed else Security.DISARMED)

    def _is_asked(self, name: str, count: int) -> bool:
        now = time.monotonic()
        if count != self._counts.get(name, count):
            self._asked_at[name] = now
        self._counts[name] = count
        return now - self._asked_at.get(name, -ASKED_WITHIN_S) < ASKED_WITHIN_S


def _kind(pad: str) -> PadKind:
    return next((kind for kind in PadKind if pad.startswith(kind)), PadKind.KIOSK)


def _faults(station: ReaderStation) -> list[str]:
    return [fault.kind.value for fault in station.faults.waiting()]


def _walker(passage: Passage) -> Walker:
    walk = passage.walk
    return Walker(
        walk_id=walk.walk_id,
        direction=walk.direction,
        speed_m_s=walk.speed_m_s,
        turns_back=walk.turns_back,
        books=len(walk.tags),
        started_at=walk.started_at,
        ends_at=walk.ended_at,
    )
