"""Readers as they stand in the library: a model, its wires, its faults, its place in the world."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from hw_sim.aisle import Direction
from hw_sim.devices.chafon_reader import CF_RU5102, UHF_READER_288
from hw_sim.devices.chafon_tags import chafon_reader
from hw_sim.devices.feig_gate import feig_gate
from hw_sim.devices.feig_notification import Notifier
from hw_sim.devices.feig_pad import feig_pad
from hw_sim.devices.feig_reader import CPR40, MR102, FeigReader
from hw_sim.devices.line_device import LineDevice
from hw_sim.devices.m3_reader import M3_210, M3_810
from hw_sim.devices.m3_tags import m3_reader
from hw_sim.devices.mfrc522 import Mfrc522
from hw_sim.drop_site import DropSite
from hw_sim.endpoints import PtyEndpoint, TcpEndpoint
from hw_sim.event_log import Report
from hw_sim.faults import FaultInjector
from hw_sim.field import Field
from hw_sim.gate_site import GateSite
from hw_sim.pins_server import GateWires, PinsServer, UnderLock
from hw_sim.rfc2217_endpoint import Rfc2217Endpoint
from hw_sim.settings import (
    DropSettings,
    GateSettings,
    NotifySettings,
    PadModel,
    PadSettings,
    ReaderSettings,
    Timing,
    UhfModel,
    UhfPadSettings,
)
from hw_sim.spi_server import SpiServer
from hw_sim.tag import Tag
from hw_sim.uhf_field import UhfField
from hw_sim.wire import Wire

FEIG_PROFILES = {PadModel.FEIG_MR102: MR102, PadModel.FEIG_CPR40: CPR40}
M3_PROFILES = {PadModel.M3_210: M3_210, PadModel.M3_810: M3_810}
CHAFON_PROFILES = {UhfModel.CF_RU5102: CF_RU5102, UhfModel.UHF_READER_288: UHF_READER_288}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every station shares with its world."""

    state_dir: Path
    lock: threading.RLock
    chance: random.Random
    report_for: Callable[[str], Report]
    is_secured: Callable[[Tag], bool]


class ReaderStation:
    """A reader with a serial plug, a TCP port and a serial server; pulling one pulls all."""

    def __init__(self, reader: LineDevice, settings: ReaderSettings, around: Surroundings) -> None:
        self.name = settings.name
        self.reader = reader
        self.faults = FaultInjector(random.Random(around.chance.random()))
        self.report = around.report_for(self.name)
        self._plug_guard = threading.Lock()
        self._stopping = False
        self._pulled: list[threading.Timer] = []
        line = reader.manners.format
        if settings.baud is not None:
            line = replace(line, baud=settings.baud)
        busy = threading.Lock()
        self.pty = PtyEndpoint(around.state_dir / f"tty{self.name.upper()}", line.baud)
        self.tcp = TcpEndpoint(settings.tcp_port)
        self.rfc2217 = Rfc2217Endpoint(settings.rfc2217_port, line)
        self._wires = [
            Wire(
                endpoint,
                reader,
                faults=self.faults,
                busy=busy,
                real_time=settings.timing is Timing.REAL,
                pull=self.pull,
                report=self.report,
            )
            for endpoint in (self.pty, self.tcp, self.rfc2217)
        ]

    @property
    def is_plugged(self) -> bool:
        return all(wire.is_plugged for wire in self._wires)

    @property
    def requests(self) -> int:
        """Whole frames received since the start, sound or not."""
        return sum(wire.requests for wire in self._wires)

    @property
    def line_bytes(self) -> int:
        """Bytes of those frames, and of the answers to them."""
        return sum(wire.line_bytes for wire in self._wires)

    def start(self) -> None:
        for wire in self._wires:
            wire.start()

    def stop(self) -> None:
        with self._plug_guard:
            self._stopping = True
        for wire in self._wires:
            wire.stop()
        for timer in self._pulled:
            timer.cancel()
            timer.join()
        for endpoint in (self.pty, self.tcp, self.rfc2217):  # now: a wire may pull the others
            endpoint.close()

    def unplug(self) -> None:
        """Line and supply are gone."""
        for wire in self._wires:
            wire.unplug()
        self.reader.power_cut()

    def replug(self) -> None:
        for wire in self._wires:
            wire.replug()

    def pull(self, seconds: float) -> None:
        """Take the plug out now, from any thread, and put it in again after a while."""
        self.report("unplugged")
        self.unplug()
        self._pulled = [timer for timer in self._pulled if timer.is_alive()]
        timer = threading.Timer(seconds, self._put_back)
        self._pulled.append(timer)
        timer.start()

    def _put_back(self) -> None:
        with self._plug_guard:
            if self._stopping or self.is_plugged:  # somebody was quicker
                return
            self.replug()
        self.report("replugged")


class PadStation(ReaderStation):
    """A pad for ISO 15693 tags: books are put on its field."""

    def __init__(self, settings: PadSettings, around: Surroundings) -> None:
        report = around.report_for(settings.name)
        self.field = Field(
            quality=settings.quality,
            chance=random.Random(around.chance.random()),
            on_lifted=lambda tag: report("tag_lifted", uid=tag.name, during_write=True),
        )
        super().__init__(_pad_reader(self.field, settings, around), settings, around)

    def warn_of_rf(self, *, on: bool) -> None:
        """Metal comes near the antenna, or goes: a FEIG reader warns of it, others say nothing."""
        if isinstance(self.reader, FeigReader):
            self.reader.rf_warning = on


class DropStation(PadStation):
    """A book drop: a pad in a slot, and the pins of what moves around it."""

    def __init__(self, settings: DropSettings, around: Surroundings) -> None:
        super().__init__(settings, around)
        self.site = DropSite(settings, self.field, around.report_for(settings.name))
        wires = UnderLock(self.site, around.lock)
        self.pins = PinsServer(around.state_dir / f"{settings.name}.pins", wires)

    def start(self) -> None:
        super().start()
        self.pins.start()

    def stop(self) -> None:
        self.pins.stop()
        super().stop()


class UhfPadStation(ReaderStation):
    """A pad for UHF tags."""

    def __init__(self, settings: UhfPadSettings, around: Surroundings) -> None:
        report = around.report_for(settings.name)
        self.field = UhfField(
            on_lifted=lambda tag: report("tag_lifted", uid=tag.name, during_write=True)
        )
        reader = chafon_reader(
            profile=CHAFON_PROFILES[settings.model],
            field=self.field,
            air=settings.air,
            lock=around.lock,
            chance=random.Random(around.chance.random()),
            report=report,
        )
        super().__init__(reader, settings, around)


class GateStation(ReaderStation):
    """A gate: people walk through its site."""

    def __init__(self, settings: GateSettings, around: Surroundings) -> None:
        self._told = around.report_for(settings.name)
        self.site = GateSite(
            name=settings.name,
            lock=around.lock,
            report=self._report_and_count,
            geometry=settings.geometry,
            is_secured=around.is_secured,
            chance=random.Random(around.chance.random()),
        )
        self.device = feig_gate(
            antenna=self.site.antenna,
            lock=around.lock,
            report=self._told,
            air=settings.air,
            address=settings.address,
            mode=settings.mode,
            valid_time_s=settings.valid_time_s,
        )
        self._real_time = settings.timing is Timing.REAL
        wires = GateWires(self.site)
        self.pins = PinsServer(around.state_dir / f"{settings.name}.pins", wires)
        super().__init__(self.device.reader, settings, around)
        self._notifier = self._calling(settings.notify) if settings.notify else None

    def start(self) -> None:
        super().start()
        self.pins.start()
        self.site.start(self.device, real_time=self._real_time)
        if self._notifier:
            self._notifier.start()

    def stop(self) -> None:
        if self._notifier:
            self._notifier.stop()
        self.site.stop()
        self.pins.stop()
        super().stop()

    def unplug(self) -> None:
        """Line and supply are gone, and with them the call to the host."""
        self.device.switch(on=False)
        if self._notifier:
            self._notifier.switch(on=False)
        super().unplug()

    def replug(self) -> None:
        super().replug()
        self.device.switch(on=True)
        if self._notifier:
            self._notifier.switch(on=True)

    def _calling(self, notify: NotifySettings) -> Notifier:
        return Notifier(
            self.device,
            (notify.host, notify.port),
            acknowledged=notify.acknowledged,
            faults=self.faults,
            pull=self.pull,
            report=self._told,
        )

    def _report_and_count(
        self, kind: str, /, *, at: float | None = None, **details: object
    ) -> None:
        """The radar of the people counter sees every walk that reaches the other side."""
        self._told(kind, at=at, **details)
        if kind != "walk_ended":
            return
        walks = (passage.walk for passage in self.site.passages)
        walk = next(walk for walk in walks if walk.walk_id == details["walk_id"])
        if not walk.turns_back:
            event = self.device.people.count(inward=walk.direction is Direction.IN)
            if self._notifier:
                self._notifier.tell_people(event)


class CardStation:
    """A card reader: one chip behind one SPI bus."""

    def __init__(self, name: str, around: Surroundings) -> None:
        self.name = name
        self.chip = Mfrc522(lock=around.lock)
        self.spi = SpiServer(around.state_dir / f"{name}.spi", self.chip)

    @property
    def is_plugged(self) -> bool:
        return self.chip.connected

    def start(self) -> None:
        self.spi.start()

    def stop(self) -> None:
        self.spi.stop()

    def unplug(self) -> None:
        self.chip.connect(on=False)

    def replug(self) -> None:
        self.chip.connect(on=True)


Station = PadStation | UhfPadStation | GateStation | CardStation


def stop_all(stations: Sequence[Station]) -> None:
    """Stop in the opposite order of the start."""
    for station in reversed(stations):
        station.stop()


def _pad_reader(field: Field, settings: PadSettings, around: Surroundings) -> LineDevice:
    report, lock = around.report_for(settings.name), around.lock
    match settings.model:
        case PadModel.M3_210 | PadModel.M3_810:
            profile = M3_PROFILES[settings.model]
            return m3_reader(
                profile=profile, antenna=field, air=settings.air, lock=lock, report=report
            )
        case PadModel.FEIG_MR102 | PadModel.FEIG_CPR40:
            return feig_pad(
                antenna=field,
                lock=lock,
                report=report,
                air=settings.air,
                address=settings.address,
                profile=replace(FEIG_PROFILES[settings.model], new_only=settings.new_only),
            )
        case _:
            assert_never(settings.model)
