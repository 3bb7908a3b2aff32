"""One pad with one known tag, frames as a host sends them, and worlds that listen."""

import functools
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hw_sim.airtime import AirModel
from hw_sim.devices.feig_frames import crc16
from hw_sim.devices.feig_pad import feig_pad
from hw_sim.devices.feig_reader import FeigReader
from hw_sim.event_log import EventLog, Report
from hw_sim.field import Field
from hw_sim.server import Simulation
from hw_sim.settings import GateSettings, PadSettings, SimSettings, Timing
from hw_sim.tag import Tag

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.fixture
def vectors() -> Callable[[str], dict[str, Any]]:
    """Frames collected from vendors, captures and projects; not part of the project."""

    def load(name: str) -> dict[str, Any]:
        path = SHARED / "vectors" / name
        if not path.exists():
            pytest.skip(f"{path} is not there: the collected frames are kept outside the project")
        return json.loads(path.read_text())

    return load


@pytest.fixture
def book() -> Tag:
    """The tag of FEIG's examples: 28 blocks, of which the first three carry something, AFI 07."""
    memory = bytes.fromhex("04110001 31323334 35363738").ljust(112, b"\x00")
    return Tag(uid=bytes.fromhex("E00401003123AA26"), memory=bytearray(memory), afi=0x07)


@pytest.fixture
def field(book: Tag) -> Field:
    """A pad's field with the book in it."""
    field = Field()
    field.place(book)
    return field


@pytest.fixture
def events() -> EventLog:
    return EventLog()


@pytest.fixture
def report(events: EventLog) -> Report:
    """What a device under test tells goes to `events`."""
    return functools.partial(events.add, "device")


@pytest.fixture
def pad(field: Field, report: Report) -> FeigReader:
    return feig_pad(antenna=field, lock=threading.RLock(), report=report, air=AirModel())


@pytest.fixture
def ask(pad: FeigReader, framed: Callable[[str], bytes]) -> Callable[[str], str]:
    """Sends command and data (hex) to the pad; returns STATUS and data of the answer (hex)."""

    def exchange(payload: str) -> str:
        answer = pad.exchange(framed(payload)).frame
        assert answer is not None
        return answer[3:-2].hex(" ").upper()

    return exchange


@pytest.fixture
def framed() -> Callable[[str], bytes]:
    """Command and data (hex) as a standard frame to any address."""

    def frame(payload: str) -> bytes:
        body = bytes.fromhex(payload)
        head = bytes((len(body) + 4, 0xFF)) + body
        return head + crc16(head).to_bytes(2, "little")

    return frame


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Simulation]:
    """A world of one pad, one gate and one card reader, as fast as it goes."""
    settings = SimSettings(
        state_dir=tmp_path,
        pads=(PadSettings(name="pad1", timing=Timing.NONE),),
        gates=(GateSettings(name="gate1", timing=Timing.REAL),),
    )
    with Simulation(settings) as simulation:
        yield simulation
