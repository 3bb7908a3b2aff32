"""A 3M pad and a Chafon reader, each with one known tag, in process and without a wire."""

import random
import threading
from collections.abc import Callable

import pytest

from hw_sim.airtime import AirModel, UhfAirModel
from hw_sim.devices.chafon_reader import CF_RU5102, ChafonReader
from hw_sim.devices.chafon_tags import chafon_reader
from hw_sim.devices.feig_frames import crc16
from hw_sim.devices.m3_frames import bcc
from hw_sim.devices.m3_reader import M3_810, M3Reader
from hw_sim.devices.m3_tags import m3_reader
from hw_sim.event_log import Report
from hw_sim.field import Field
from hw_sim.uhf_field import UhfField
from hw_sim.uhf_tag import UhfTag, uhf_tag


@pytest.fixture
def m3(field: Field, report: Report) -> M3Reader:
    """Model 810 with the book of the captures on it."""
    lock = threading.RLock()
    return m3_reader(profile=M3_810, antenna=field, air=AirModel(), lock=lock, report=report)


@pytest.fixture
def ask_m3(m3: M3Reader) -> Callable[[str], str]:
    """Sends command and data (hex) to the 3M pad; returns error byte and data (hex)."""

    def exchange(payload: str) -> str:
        body = bytes.fromhex(payload)
        inner = (len(body) + 2).to_bytes(2, "big") + body
        answer = m3.exchange(b"\xd6" + inner + bcc(inner).to_bytes(2, "big")).frame
        assert answer is not None
        assert answer[3] == body[0], "the answer names the command"
        return answer[4:-2].hex(" ").upper()

    return exchange


@pytest.fixture
def label() -> UhfTag:
    """The tag of the collected UHF frames, with something in its user bank."""
    tag = uhf_tag(bytes.fromhex("E2003412 01020304 05060708"), bytes(10) + b"\x03\x13")
    tag.user_bank[:4] = bytes.fromhex("04110001")
    return tag


@pytest.fixture
def uhf_field(label: UhfTag) -> UhfField:
    field = UhfField()
    field.place(label)
    return field


@pytest.fixture(params=[CF_RU5102])
def uhf(request: pytest.FixtureRequest, uhf_field: UhfField, report: Report) -> ChafonReader:
    """A CF-RU5102, unless a test asks for another profile."""
    return chafon_reader(
        profile=request.param,
        field=uhf_field,
        air=UhfAirModel(),
        lock=threading.RLock(),
        chance=random.Random(1),
        report=report,
    )


@pytest.fixture
def ask_uhf(uhf: ChafonReader) -> Callable[[str], list[str]]:
    """Sends command and data (hex); returns status and data (hex) of each frame that comes."""

    def exchange(payload: str) -> list[str]:
        body = bytes.fromhex(payload)
        frame = bytes((len(body) + 3, 0xFF)) + body
        line = uhf.exchange(frame + crc16(frame).to_bytes(2, "little")).frame or b""
        told = []
        while line:
            end = line[0] + 1
            told.append(line[3 : end - 2].hex(" ").upper())
            line = line[end:]
        return told

    return exchange
