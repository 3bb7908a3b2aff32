"""Readers as they stand in the library: a model, its wires, its faults, its place in the world."""

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hw_sim.devices.feig_gate import FeigGate, feig_gate
from hw_sim.devices.feig_pad import feig_pad
from hw_sim.devices.feig_reader import MR102, FeigReader
from hw_sim.devices.mfrc522 import Mfrc522
from hw_sim.endpoints import PtyEndpoint, TcpEndpoint
from hw_sim.event_log import Report
from hw_sim.faults import FaultInjector
from hw_sim.field import Field
from hw_sim.gate_site import GateSite
from hw_sim.pins_server import PinsServer
from hw_sim.settings import GateSettings, PadSettings, ReaderSettings, Timing
from hw_sim.spi_server import SpiServer
from hw_sim.tag import Tag
from hw_sim.wire import Wire


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every station shares with its world."""

    state_dir: Path
    lock: threading.RLock
    chance: random.Random
    report_for: Callable[[str], Report]
    is_secured: Callable[[Tag], bool]


class FeigStation:
    """A FEIG reader with a serial and a TCP plug; pulling one pulls both."""

    def __init__(self, reader: FeigReader, settings: ReaderSettings, around: Surroundings) -> None:
        self.name = settings.name
        self.reader = reader
        self.faults = FaultInjector(random.Random(around.chance.random()))
        busy = threading.Lock()
        self.pty = PtyEndpoint(around.state_dir / f"tty{self.name.upper()}", settings.baud)
        self.tcp = TcpEndpoint(settings.tcp_port)
        self._wires = [
            Wire(
                endpoint,
                reader,
                faults=self.faults,
                busy=busy,
                real_time=settings.timing is Timing.REAL,
                report=around.report_for(self.name),
            )
            for endpoint in (self.pty, self.tcp)
        ]

    @property
    def is_plugged(self) -> bool:
        return all(wire.is_plugged for wire in self._wires)

    @property
    def requests(self) -> int:
        """Whole frames received since the start, sound or not."""
        return sum(wire.requests for wire in self._wires)

    def start(self) -> None:
        for wire in self._wires:
            wire.start()

    def stop(self) -> None:
        for wire in self._wires:
            wire.stop()

    def unplug(self) -> None:
        """Line and supply are gone."""
        for wire in self._wires:
            wire.unplug()
        self.reader.power_cut()

    def replug(self) -> None:
        for wire in self._wires:
            wire.replug()


class PadStation(FeigStation):
    """A pad: books are put on its field."""

    def __init__(self, settings: PadSettings, around: Surroundings) -> None:
        report = around.report_for(settings.name)
        self.field = Field(
            quality=settings.quality,
            chance=random.Random(around.chance.random()),
            on_lifted=lambda tag: report("tag_lifted", uid=tag.name, during_write=True),
        )
        reader = feig_pad(
            antenna=self.field,
            lock=around.lock,
            report=report,
            air=settings.air,
            address=settings.address,
            profile=replace(MR102, new_only=settings.new_only),
        )
        super().__init__(reader, settings, around)


class GateStation(FeigStation):
    """A gate: people walk through its site."""

    def __init__(self, settings: GateSettings, around: Surroundings) -> None:
        report = around.report_for(settings.name)
        self.site = GateSite(
            name=settings.name,
            lock=around.lock,
            report=report,
            geometry=settings.geometry,
            is_secured=around.is_secured,
            chance=random.Random(around.chance.random()),
        )
        self._device: FeigGate = feig_gate(
            antenna=self.site.antenna,
            lock=around.lock,
            report=report,
            air=settings.air,
            address=settings.address,
            buffered=settings.buffered,
            valid_time_s=settings.valid_time_s,
        )
        self._real_time = settings.timing is Timing.REAL
        self.pins = PinsServer(around.state_dir / f"{settings.name}.pins", self.site)
        super().__init__(self._device.reader, settings, around)

    def start(self) -> None:
        super().start()
        self.pins.start()
        self.site.start(self._device, real_time=self._real_time)

    def stop(self) -> None:
        self.site.stop()
        self.pins.stop()
        super().stop()


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


Station = PadStation | GateStation | CardStation


def stop_all(stations: Sequence[Station]) -> None:
    """Stop in the opposite order of the start."""
    for station in reversed(stations):
        station.stop()
