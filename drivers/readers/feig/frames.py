"""FEIG frames: standard and advanced form, their checksum, and a parser for a line that lies.

    standard  LEN(1)                ADR CMD PAYLOAD CRClo CRChi      LEN = whole frame, 5..255
    advanced  02 LENhi LENlo        ADR CMD PAYLOAD CRClo CRChi      LEN = whole frame, 02 included

The payload of an answer begins with its status byte. A first byte 02 always means advanced, because
a standard frame is never shorter than 5 (manual H20800-16e-ID-B, protocol frames).
"""

from dataclasses import dataclass
from typing import Final

from drivers.crc16 import crc_mcrf4xx
from drivers.framing import BadFrame, FrameScanner

ANY_ADDRESS: Final = 0xFF  # every reader takes it; the answer carries the real bus address
MAX_STANDARD: Final = 255
MAX_FRAME: Final = (
    4096  # bytes; far above any answer we ask for, and the bound of the parser's memory
)
_ADVANCED_MARK: Final = 0x02
_MIN_STANDARD: Final = 5
_MIN_ADVANCED: Final = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of either direction. `payload` excludes address, command and checksum."""

    address: int
    command: int
    payload: bytes = b""
    advanced: bool = False

    def to_bytes(self) -> bytes:
        """The frame on the wire; `BadFrame` if it does not fit its form."""
        body = bytes((self.address, self.command)) + self.payload
        if self.advanced:
            length = len(body) + 5
            head = bytes((_ADVANCED_MARK,)) + length.to_bytes(2, "big")
        else:
            length = len(body) + 3
            head = bytes((length,)) if length <= MAX_STANDARD else b""
        if not head or length > MAX_FRAME:
            raise BadFrame(f"{length} bytes do not fit one frame")
        return head + body + crc_mcrf4xx(head + body).to_bytes(2, "little")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frame":
        """The one frame that `data` is, or `BadFrame`."""
        length = _announced_length(data)
        if length is None or length != len(data):
            raise BadFrame(f"not one whole frame: {data.hex(' ').upper()}")
        if crc_mcrf4xx(data[:-2]) != int.from_bytes(data[-2:], "little"):
            raise BadFrame(f"checksum is wrong: {data.hex(' ').upper()}")
        advanced = data[0] == _ADVANCED_MARK
        body = data[3:-2] if advanced else data[1:-2]
        return cls(address=body[0], command=body[1], payload=bytes(body[2:]), advanced=advanced)


class FrameParser(FrameScanner[Frame]):
    """Whole FEIG frames of both forms, up to `longest` bytes, out of whatever arrives."""

    def __init__(self, longest: int = MAX_FRAME) -> None:
        super().__init__()
        self._longest = longest

    def _length(self, head: bytes) -> int | None:
        length = _announced_length(head)
        if length is None or _plausible(head, length, self._longest):
            return length
        return 0

    def _frame(self, data: bytes) -> Frame:
        return Frame.from_bytes(data)


def _announced_length(data: bytes | bytearray) -> int | None:
    """What the head says the whole frame measures; None if the head itself is not complete."""
    if not data or (data[0] == _ADVANCED_MARK and len(data) < 3):
        return None
    return int.from_bytes(data[1:3], "big") if data[0] == _ADVANCED_MARK else data[0]


def _plausible(data: bytes | bytearray, length: int, longest: int) -> bool:
    if data[0] == _ADVANCED_MARK:
        return _MIN_ADVANCED <= length <= longest
    return length >= _MIN_STANDARD
