"""3M frames: their checksum, and a parser for a line that lies.

    D6 LENhi LENlo CMD DATA BCChi BCClo      LEN = bytes behind it, BCC included

Both length bytes count: an inventory of 31 tags is the first answer over 255 bytes. D5 stands in
place of D6 in the start-up probe alone (not in the specification; captured). Source: 3M RFID Reader
Model 210 Protocol Specification 1.0.0, chapter 4; its example is D6 0009 03 00020000 0003 12E6.
"""

from dataclasses import dataclass
from typing import Final

from drivers.crc16 import crc_genibus
from drivers.framing import BadFrame, FrameScanner

START: Final = 0xD6
PROBE_START: Final = 0xD5
MAX_FRAME: Final = (
    2560  # bytes; 255 tags with DSFID take 2304, and the bound of the parser's memory
)
_OVERHEAD: Final = 6  # start, length, command, BCC


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of either direction. `payload` excludes command and checksum."""

    command: int
    payload: bytes = b""
    start: int = START

    def to_bytes(self) -> bytes:
        """The frame on the wire; `BadFrame` if it is too long."""
        if len(self.payload) + _OVERHEAD > MAX_FRAME:
            raise BadFrame(f"{len(self.payload)} bytes do not fit one frame")
        length = len(self.payload) + 3
        body = length.to_bytes(2, "big") + bytes((self.command,)) + self.payload
        return bytes((self.start,)) + body + crc_genibus(body).to_bytes(2, "big")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frame":
        """The one frame that `data` is, or `BadFrame`."""
        if not _announced_length(data[:3]) or _announced_length(data[:3]) != len(data):
            raise BadFrame(f"not one whole frame: {data.hex(' ').upper()}")
        if crc_genibus(data[1:-2]) != int.from_bytes(data[-2:], "big"):
            raise BadFrame(f"checksum is wrong: {data.hex(' ').upper()}")
        return cls(command=data[3], payload=bytes(data[4:-2]), start=data[0])


class FrameParser(FrameScanner[Frame]):
    """Whole 3M frames out of whatever arrives."""

    def _length(self, head: bytes) -> int | None:
        return _announced_length(head)

    def _frame(self, data: bytes) -> Frame:
        return Frame.from_bytes(data)


def _announced_length(head: bytes) -> int | None:
    """What the head says the whole frame measures; 0: no frame; None: head not complete."""
    if not head:
        return None
    if head[0] not in (START, PROBE_START):
        return 0
    if len(head) < 3:
        return None
    length = int.from_bytes(head[1:3], "big") + 3
    return length if _OVERHEAD <= length <= MAX_FRAME else 0
