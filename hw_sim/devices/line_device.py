"""What a wire knows of the reader behind it: line settings, frames, one answer to each frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hw_sim.devices.outputs import Output


class Parity(StrEnum):
    """Parity bit of each character, by the letters that everybody writes (8E1, 8N1)."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


@dataclass(frozen=True, slots=True)
class LineFormat:
    """Settings of a serial line with 8 data bits and one stop bit."""

    baud: int
    parity: Parity

    @property
    def bits_per_byte(self) -> int:
        """Start, eight data, parity if any, stop."""
        return 10 if self.parity is Parity.NONE else 11


@dataclass(frozen=True, slots=True)
class Manners:
    """How a make treats its line.

    `character_gap_s` of silence within a frame ends it. `deaf_while_busy`: what arrives while a
    command is being worked on is lost.
    """

    format: LineFormat
    character_gap_s: float
    deaf_while_busy: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back on the line after `air_ms`; `frame` None is the silence of the device."""

    frame: bytes | None
    air_ms: float = 0.0


class FrameReceiver(Protocol):
    """Collects bytes into frames."""

    def feed(self, data: bytes) -> list[bytes]:
        """Whole frames (by length, checksum not yet looked at) in the order they ended."""
        ...

    @property
    def in_frame(self) -> bool:
        """Some bytes of a frame are here and its end is not."""
        ...

    def character_gap(self) -> None:
        """The line was silent for too long within a frame: what is here is dropped."""
        ...


class LineDevice(Protocol):
    """A reader model, whatever its make. `exchange` is called by one wire at a time."""

    @property
    def manners(self) -> Manners: ...

    @property
    def outputs(self) -> Mapping[tuple[int, int], Output]:
        """Lamps, buzzers and relays as last ordered, by kind and number."""
        ...

    def receiver(self) -> FrameReceiver:
        """A new receiver for one wire."""
        ...

    def payload(self, frame: bytes) -> bytes:
        """Command byte and data of a whole request."""
        ...

    def exchange(self, frame: bytes) -> Reply:
        """Answer one frame."""
        ...

    def power_cut(self) -> None:
        """The supply was gone: everything volatile is forgotten."""
        ...
