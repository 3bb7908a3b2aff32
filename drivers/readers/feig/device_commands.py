"""FEIG commands to the reader itself: version 65, reader info 66, RF reset 69, output 72."""

import math
from dataclasses import dataclass
from typing import Final

from drivers.readers.feig.answers import Answer, Refused, Status
from drivers.refusal import BadAnswer

# A reader that works answers a command of its own at once (buffered read: typ. 6 ms); the rest is
# the line
HOST_TIMEOUT_S: Final = 0.4
# TR-RESPONSE-TIME (CFG1) ends a transponder command after 1 s by default; the host must wait longer
RF_TIMEOUT_S: Final = 1.3

SIMULATED_D_REV: Final = (
    0xEE  # D-REV of a simulated device; real development revisions count from 00
)
OUTPUT: Final = 0x00  # OUT-NR bits 7-5: digital output
RELAY: Final = 0x80  # OUT-NR bits 7-5: relay
_MODE_ON: Final = 0x01
_MODE_OFF: Final = 0x02
_OUTPUT_TICK_S: Final = 0.1
_MAX_OUTPUT_TICKS: Final = 0xFFFE  # FFFF stands apart in the manual; a time here always ends

_SW_TYPES: Final = {  # SDK header FEDM_ISC.h, FEDM_ISC_TYPE_*
    0x2B: "LR2500-B",
    0x2C: "LR2500-A",
    0x2D: "LR1002",
    0x4B: "MR200",
    0x4C: "MR101",
    0x4D: "MR102",
    0x53: "CPR40",
}


@dataclass(frozen=True, slots=True)
class Request:
    """Command byte, its data, and how long an answer may take."""

    command: int
    data: bytes = b""
    timeout_s: float = HOST_TIMEOUT_S


@dataclass(frozen=True, slots=True)
class Version:
    """Answer of 65: SW-REV(2) D-REV HW-TYPE SW-TYPE TR-TYPE(2)."""

    software: tuple[int, int]
    d_rev: int
    hardware_type: int
    software_type: int
    transponders: int

    @property
    def simulated(self) -> bool:
        """The device says of itself that it is not real."""
        return self.d_rev == SIMULATED_D_REV

    @property
    def model(self) -> str:
        """Name of the make, by its software type."""
        return f"FEIG {_SW_TYPES.get(self.software_type, f'type {self.software_type:02X}')}"

    @property
    def firmware(self) -> str:
        """Revision and types as a technician reads them out."""
        major, minor = self.software
        types = f"hw {self.hardware_type:02X} sw {self.software_type:02X}"
        return f"{major}.{minor:02} rev {self.d_rev:02X} {types}"


@dataclass(frozen=True, slots=True)
class ReaderInfo:
    """Answer of 66 in mode 00: the version, and how much one frame may carry each way (bytes)."""

    version: Version
    receive_buffer: int
    transmit_buffer: int


def version() -> Request:
    """Who are you?"""
    return Request(0x65)


def reader_info() -> Request:
    """Who are you, and how much fits one frame?"""
    return Request(0x66, b"\x00")


def rf_reset() -> Request:
    """Field off for 15 ms: every tag forgets that it was told to be quiet."""
    return Request(0x69)


def set_output(number: int, kind: int, *, on: bool, seconds: float) -> Request:
    """Switch output or relay `number` (0..15) for a time in steps of 0.1 s."""
    if not 0 <= number <= 0x0F:
        raise ValueError(f"output {number}: a FEIG reader numbers its outputs 0 to 15")
    ticks = math.ceil(round(seconds / _OUTPUT_TICK_S, 6))
    if not 1 <= ticks <= _MAX_OUTPUT_TICKS:
        raise ValueError(f"{seconds} s: an output is switched for 0.1 to 6553.4 s")
    mode = _MODE_ON if on else _MODE_OFF
    return Request(0x72, bytes((0x01, 1, kind | number, mode)) + ticks.to_bytes(2, "big"))


def decode_version(answer: Answer) -> Version:
    """`Version` out of the answer to 65."""
    data = _data(answer, at_least=7)
    return Version(
        software=(data[0], data[1]),
        d_rev=data[2],
        hardware_type=data[3],
        software_type=data[4],
        transponders=int.from_bytes(data[5:7], "big"),
    )


def decode_reader_info(answer: Answer) -> ReaderInfo:
    """`ReaderInfo` out of the answer to 66 in mode 00."""
    data = _data(answer, at_least=11)
    return ReaderInfo(
        version=decode_version(answer),
        receive_buffer=int.from_bytes(data[7:9], "big"),
        transmit_buffer=int.from_bytes(data[9:11], "big"),
    )


def _data(answer: Answer, *, at_least: int) -> bytes:
    if answer.status != Status.OK:
        raise Refused(answer)
    if len(answer.data) < at_least:
        raise BadAnswer(
            f"answer to {answer.command:02X} has {len(answer.data)} of {at_least} bytes"
        )
    return answer.data
