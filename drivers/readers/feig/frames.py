"""FEIG frames: standard and advanced form, their checksum, and a parser for a line that lies.

    standard  LEN(1)                ADR CMD PAYLOAD CRClo CRChi      LEN = whole frame, 5..255
    advanced  02 LENhi LENlo        ADR CMD PAYLOAD CRClo CRChi      LEN = whole frame, 02 included

The payload of an answer begins with its status byte. A first byte 02 always means advanced, because
a standard frame is never shorter than 5 (manual H20800-16e-ID-B, protocol frames).
"""

from dataclasses import dataclass
from typing import Final

ANY_ADDRESS: Final = 0xFF  # every reader takes it; the answer carries the real bus address
MAX_STANDARD: Final = 255
MAX_FRAME: Final = (
    4096  # bytes; far above any answer we ask for, and the bound of the parser's memory
)
_ADVANCED_MARK: Final = 0x02
_MIN_STANDARD: Final = 5
_MIN_ADVANCED: Final = 7
_POLYNOMIAL: Final = (
    0x8408  # CRC-16/MCRF4XX: reflected, start FFFF, no final XOR; "123456789" -> 6F91
)


class BadFrame(ValueError):
    """Bytes that are not exactly one whole frame."""


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
        return head + body + crc(head + body).to_bytes(2, "little")

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frame":
        """The one frame that `data` is, or `BadFrame`."""
        length = _announced_length(data)
        if length is None or length != len(data):
            raise BadFrame(f"not one whole frame: {data.hex(' ').upper()}")
        if crc(data[:-2]) != int.from_bytes(data[-2:], "little"):
            raise BadFrame(f"checksum is wrong: {data.hex(' ').upper()}")
        advanced = data[0] == _ADVANCED_MARK
        body = data[3:-2] if advanced else data[1:-2]
        return cls(address=body[0], command=body[1], payload=bytes(body[2:]), advanced=advanced)


class FrameParser:
    """Turns whatever arrives into whole frames; keeps at most one frame's worth of bytes.

    A length byte is only a guess until the checksum agrees: after a mismatch the parser moves on by
    one byte and looks again. `missing` says how much to read next, so that nobody waits for a
    timeout.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def pending(self) -> int:
        """Bytes held back because they may begin a frame."""
        return len(self._buffer)

    @property
    def missing(self) -> int:
        """How many bytes at least have to arrive before a frame can be whole; never 0."""
        if not self._buffer:
            return 1
        length = _announced_length(self._buffer)
        return (3 if length is None else length) - len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that are whole now."""
        self._buffer += data
        return self._scan(silent=False)

    def flush(self) -> list[Frame]:
        """The line fell silent: the frames found behind what will not end; the rest is dropped."""
        return self._scan(silent=True)

    def _scan(self, *, silent: bool) -> list[Frame]:
        frames: list[Frame] = []
        start = 0
        while start < len(self._buffer):
            rest = self._buffer[start : start + MAX_FRAME]
            length = _announced_length(rest)
            if length is None or (_plausible(rest, length) and len(rest) < length):
                if not silent:
                    break
                start += 1
                continue
            try:
                frames.append(Frame.from_bytes(bytes(rest[:length])))
                start += length
            except BadFrame:
                start += 1
        del self._buffer[:start]
        return frames


def crc(data: bytes | bytearray) -> int:
    """Checksum over `data`; sent low byte first."""
    value = 0xFFFF
    for byte in data:
        value = (value >> 8) ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def _announced_length(data: bytes | bytearray) -> int | None:
    """What the head says the whole frame measures; None if the head itself is not complete."""
    if not data or (data[0] == _ADVANCED_MARK and len(data) < 3):
        return None
    return int.from_bytes(data[1:3], "big") if data[0] == _ADVANCED_MARK else data[0]


def _plausible(data: bytes | bytearray, length: int) -> bool:
    if data[0] == _ADVANCED_MARK:
        return _MIN_ADVANCED <= length <= MAX_FRAME
    return length >= _MIN_STANDARD


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ _POLYNOMIAL if value & 1 else value >> 1
    return value


_TABLE: Final = tuple(_table_entry(value) for value in range(256))
