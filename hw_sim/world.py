"""The world: tags, cards, pads, gates and card readers, and what people do with them."""

import random
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from hw_sim.aisle import Beam, Direction, Facing, Walk
from hw_sim.card import Card
from hw_sim.event_log import EventLog, Report
from hw_sim.faults import Fault
from hw_sim.field import Written
from hw_sim.settings import SimSettings
from hw_sim.stations import (
    CardStation,
    DropStation,
    GateStation,
    PadStation,
    ReaderStation,
    Station,
    Surroundings,
    UhfPadStation,
    stop_all,
)
from hw_sim.tag import Tag
from hw_sim.uhf_tag import UhfTag

T = TypeVar("T")


class UnknownNameError(LookupError):
    """Nothing in the world has this name; the message says what there is."""


class World:
    """One world under one lock. Verbs raise `UnknownNameError` or `ValueError` with a sentence."""

    def __init__(self, settings: SimSettings) -> None:
        self.settings = settings
        self.lock = threading.RLock()
        self.events = EventLog()
        self._tags: dict[str, Tag] = {}
        self._uhf_tags: dict[str, UhfTag] = {}
        self._cards: dict[str, Card] = {}
        around = Surroundings(
            state_dir=settings.state_dir,
            lock=self.lock,
            chance=random.Random(settings.seed),
            report_for=self._report_for,
            is_secured=lambda tag: tag.afi == settings.secured_afi,
        )
        self.drops = {drop.name: DropStation(drop, around) for drop in settings.drops}
        self.pads = {pad.name: PadStation(pad, around) for pad in settings.pads} | self.drops
        self.uhf_pads = {pad.name: UhfPadStation(pad, around) for pad in settings.uhf_pads}
        self.gates = {gate.name: GateStation(gate, around) for gate in settings.gates}
        self.card_readers = {name: CardStation(name, around) for name in settings.card_readers}

    @property
    def stations(self) -> dict[str, Station]:
        """Everything with a plug."""
        return {**self.pads, **self.uhf_pads, **self.gates, **self.card_readers}

    def start(self) -> None:
        for station in self.stations.values():
            station.start()

    def stop(self) -> None:
        stop_all(list(self.stations.values()))

    # Tags

    def make_tags(self, tags: Sequence[Tag]) -> None:
        """Bring new tags into the world: all, or none and `ValueError` if a UID is not new."""
        with self.lock:
            new = {tag.name: tag for tag in tags}
            known = [name for name in new if name in self._tags]
            if known or len(new) < len(tags):
                raise ValueError(f"UIDs are unique, and these tags are there already: {known}")
            self._tags.update(new)

    def tag(self, uid: str) -> Tag:
        """The tag itself; look at it under `lock`."""
        return _named(self._tags, uid.upper(), "tag")

    def tags(self) -> list[Tag]:
        with self.lock:
            return list(self._tags.values())

    # Pads

    def place(
        self,
        pad: str,
        uids: Iterable[str],
        coupling: float = 1.0,
        *,
        piled: bool = False,
        tilt_deg: float = 0.0,
    ) -> None:
        """Put tags on a pad, from wherever they lie now: beside each other, or as a pile."""
        with self.lock:
            station = _named(self.pads, pad, "pad")
            tags = [self.tag(uid) for uid in uids]
            for tag in tags:
                self._take_up(tag, but_not_from=station)
                station.field.place(tag, coupling, piled=piled, tilt_deg=tilt_deg)
                self.events.add(pad, "tag_placed", uid=tag.name, coupling=coupling)

    def lift(self, pad: str, uids: Iterable[str] = ()) -> None:
        """Take tags from a pad; none named means all."""
        with self.lock:
            station = _named(self.pads, pad, "pad")
            tags = [self.tag(uid) for uid in uids]
            for tag in tags or [tag for tag, _ in station.field.lying()]:
                if station.field.lift(tag.uid) is None:
                    raise ValueError(f"tag {tag.name} does not lie on {pad}")
                self.events.add(pad, "tag_lifted", uid=tag.name, during_write=False)

    def put_in(self, drop: str, uids: Iterable[str] = ()) -> None:
        """Open the flap of a drop, lay these books in, or a thing without a tag, and close it."""
        with self.lock:
            site = self.drop(drop).site
            site.open_flap()
            tags = [self.tag(uid) for uid in uids]
            for tag in tags:
                self._take_up(tag)
                site.lay_in(tag)
            if not tags:
                site.throw_in()
            site.close_flap()

    def lift_during_write(self, pad: str, uid: str, what: Written, occurrence: int = 1) -> None:
        """The tag will leave the pad in the moment of that write."""
        with self.lock:
            station = _named(self.pads, pad, "pad")
            station.field.lift_during_write(self.tag(uid).uid, what, occurrence)

    def warn_of_rf(self, pad: str, *, on: bool) -> None:
        """Metal comes near a pad's antenna, or goes."""
        with self.lock:
            _named(self.pads, pad, "pad").warn_of_rf(on=on)

    # UHF

    def make_uhf_tags(self, tags: Sequence[UhfTag]) -> None:
        """Bring new UHF tags into the world; `ValueError` if a TID is not new."""
        with self.lock:
            new = {tag.name: tag for tag in tags}
            known = [name for name in new if name in self._uhf_tags]
            if known or len(new) < len(tags):
                raise ValueError(f"TIDs are unique, and these tags are there already: {known}")
            self._uhf_tags.update(new)

    def uhf_tag(self, tid: str) -> UhfTag:
        """The tag itself; look at it under `lock`."""
        return _named(self._uhf_tags, tid.upper(), "UHF tag")

    def place_uhf(self, pad: str, tids: Iterable[str], coupling: float = 1.0) -> None:
        """Put UHF tags on a pad, from wherever they lie now."""
        with self.lock:
            station = _named(self.uhf_pads, pad, "UHF pad")
            for tag in [self.uhf_tag(tid) for tid in tids]:
                for other in self.uhf_pads.values():
                    if other is not station and other.field.lift(tag) is not None:
                        self.events.add(other.name, "tag_lifted", uid=tag.name, during_write=False)
                station.field.place(tag, coupling)
                self.events.add(pad, "tag_placed", uid=tag.name, coupling=coupling)

    def lift_uhf(self, pad: str, tids: Iterable[str] = ()) -> None:
        """Take UHF tags from a pad; none named means all."""
        with self.lock:
            station = _named(self.uhf_pads, pad, "UHF pad")
            named = [self.uhf_tag(tid) for tid in tids]
            for tag in named or [tag for tag, _ in station.field.lying()]:
                if station.field.lift(tag) is None:
                    raise ValueError(f"tag {tag.name} does not lie on {pad}")
                self.events.add(pad, "tag_lifted", uid=tag.name, during_write=False)

    def lift_uhf_during_write(self, pad: str, tid: str, occurrence: int = 1) -> None:
        """The tag will leave the pad in the moment of that written word."""
        with self.lock:
            station = _named(self.uhf_pads, pad, "UHF pad")
            station.field.lift_during_write(self.uhf_tag(tid), occurrence)

    # Cards

    def present_card(self, reader: str, uid: bytes) -> None:
        """Hold a card to a reader; a card that was there before keeps its memory."""
        self.present_wallet(reader, [uid])

    def present_wallet(self, reader: str, uids: Sequence[bytes]) -> None:
        """Hold a wallet to a reader: its cards come into the field in one moment."""
        with self.lock:
            station = _named(self.card_readers, reader, "card reader")
            for uid in uids:
                name = uid.hex().upper()
                station.chip.present(self._cards.setdefault(name, Card(uid)))
                self.events.add(reader, "card_presented", uid=name)

    def remove_card(self, reader: str, uid: bytes | None = None) -> None:
        """Take one card away, or all."""
        with self.lock:
            station = _named(self.card_readers, reader, "card reader")
            for card in station.chip.remove(uid):
                self.events.add(reader, "card_removed", uid=card.uid.hex().upper())

    # Gates

    def walk(
        self,
        gate: str,
        uids: Iterable[str],
        direction: Direction,
        *,
        speed_m_s: float = 1.5,
        shielding: float = 0.0,
        turns_back: bool = False,
        facing: Facing = Facing.MIXED,
        packed: bool = False,
        behind_m: float = 0.0,
    ) -> Walk:
        """A person takes these tags, from wherever they lie, and starts to walk."""
        with self.lock:
            station = _named(self.gates, gate, "gate")
            tags = [self.tag(uid) for uid in uids]
            for tag in tags:
                self._take_up(tag)
            return station.site.walk(
                tags,
                direction,
                speed_m_s=speed_m_s,
                shielding=shielding,
                turns_back=turns_back,
                facing=facing,
                packed=packed,
                behind_m=behind_m,
            )

    def drop(self, name: str) -> DropStation:
        return _named(self.drops, name, "drop")

    def gate(self, name: str) -> GateStation:
        return _named(self.gates, name, "gate")

    def block_beam(self, gate: str, beam: Beam, *, blocked: bool) -> None:
        """Put something into a beam, or take it out."""
        with self.lock:
            _named(self.gates, gate, "gate").site.block(beam, blocked=blocked)

    # Plugs and lines

    def unplug(self, name: str) -> None:
        """Pull a device's plug; harmless if it is out."""
        station = _named(self.stations, name, "device")
        if station.is_plugged:
            station.unplug()
            self.events.add(name, "unplugged")

    def replug(self, name: str) -> None:
        """Put it in again; harmless if it is in."""
        station = _named(self.stations, name, "device")
        if not station.is_plugged:
            station.replug()
            self.events.add(name, "replugged")

    def fault(self, name: str, fault: Fault) -> None:
        """Let something happen to the next exchanges of a reader on a line."""
        station = _named(self.stations, name, "device")
        if not isinstance(station, ReaderStation):
            raise ValueError(f"{name} has no serial line; faults are for pads and gate readers")
        station.faults.add(fault)
        self.events.add(name, "fault_set", fault=fault.kind.value, count=fault.count)

    def clear_faults(self, name: str) -> None:
        station = _named(self.stations, name, "device")
        if isinstance(station, ReaderStation):
            station.faults.clear()

    def _take_up(self, tag: Tag, but_not_from: PadStation | None = None) -> None:
        for pad in self.pads.values():
            if pad is not but_not_from and pad.field.lift(tag.uid) is not None:
                self.events.add(pad.name, "tag_lifted", uid=tag.name, during_write=False)

    def _report_for(self, source: str) -> Report:
        def report(kind: str, /, *, at: float | None = None, **details: object) -> None:
            self.events.add(source, kind, at=at, **details)

        return report


def _named(things: Mapping[str, T], name: str, what: str) -> T:
    thing = things.get(name)
    if thing is None:
        known = ", ".join(list(things)[:10]) or "none"
        raise UnknownNameError(f"there is no {what} {name!r}; there are: {known}")
    return thing
