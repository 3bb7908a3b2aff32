"""Chafon frames: their checksum, and a parser for a line that lies.

    LEN(1) ADR CMD PAYLOAD CRClo CRChi      LEN = bytes behind it, so without itself (FEIG: with)

The payload of an answer begins with its status byte. Source: CF-RU5102 UHF RFID Reader User's
Manual V1.2, data block format.
"""

from dataclasses import dataclass
from typing import Final

from drivers.crc16 import crc_mcrf4xx
from drivers.framing import BadFrame, FrameScanner

ANY_ADDRESS: Final = 0xFF  # every reader takes it; the answer carries the real address
_MIN_LENGTH: Final = 4  # ADR CMD CRC
_MAX_LENGTH: Final = 255


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of either direction. `payload` excludes address, command and checksum."""

    address: int
    command: int
    payload: bytes = b""

    def to_bytes(self) -> bytes:
        """The frame on the wire; `BadFrame` if it is too long."""
        length = len(self.payload) + _MIN_LENGTH
        if length > _MAX_LENGTH:
            raise BadFrame(f"{len(self.payload)} bytes do not fit one frame")
        head = bytes((length, self.address, self.command)) + self.payload
        return head + crc_mcrf4xx(head).to_bytes(2, "little")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frame":
        """The one frame that `data` is, or `BadFrame`."""
        if len(data) <= _MIN_LENGTH or data[0] + 1 != len(data):
            raise BadFrame(f"not one whole frame: {data.hex(' ').upper()}")
        if crc_mcrf4xx(data[:-2]) != int.from_bytes(data[-2:], "little"):
            raise BadFrame(f"checksum is wrong: {data.hex(' ').upper()}")
        return cls(address=data[1], command=data[2], payload=bytes(data[3:-2]))


class FrameParser(FrameScanner[Frame]):
    """Whole Chafon frames out of whatever arrives."""

    def _length(self, head: bytes) -> int | None:
        if not head:
            return None
        return head[0] + 1 if head[0] >= _MIN_LENGTH else 0

    def _frame(self, data: bytes) -> Frame:
        return Frame.from_bytes(data)
