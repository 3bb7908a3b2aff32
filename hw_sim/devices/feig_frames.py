"""FEIG OBID frames as the reader sees them: both forms, CRC, and a receiver for the line.

Source: FEIG H20800-16e-ID-B, 3.1. Written apart from our driver's codec on purpose.
"""

from dataclasses import dataclass
from enum import StrEnum

ADVANCED_MARK = 0x02  # a standard length is never below 5, so 02 says "advanced"
MIN_STANDARD_REQUEST = 5  # LEN ADR CMD CRC CRC
MIN_ADVANCED_REQUEST = 7  # 02 LEN LEN ADR CMD CRC CRC
MAX_STANDARD = 255
ANY_ADDRESS = 0xFF


class FrameForm(StrEnum):
    """The reader answers in the form it was asked in."""

    STANDARD = "standard"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class Request:
    """One sound frame from the host; `data` is what follows the command byte."""

    form: FrameForm
    address: int
    command: int
    data: bytes


def crc16(data: bytes) -> int:
    """Polynomial 8408 reflected, start FFFF, no final XOR; ``123456789`` gives 6F91."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
    return crc


def expected_length(head: bytes | bytearray) -> int | None:
    """Length of the frame that begins with `head`; None: too early to say; 0: not a frame."""
    if not head:
        return None
    if head[0] != ADVANCED_MARK:
        return head[0] if head[0] >= MIN_STANDARD_REQUEST else 0
    if len(head) < 3:
        return None
    length = int.from_bytes(head[1:3], "big")
    return length if length >= MIN_ADVANCED_REQUEST else 0


def parse_request(frame: bytes) -> Request | None:
    """The request in one whole frame, or None if length or checksum are wrong."""
    if expected_length(frame) != len(frame):
        return None
    if int.from_bytes(frame[-2:], "little") != crc16(frame[:-2]):
        return None
    if frame[0] == ADVANCED_MARK:
        return Request(FrameForm.ADVANCED, frame[3], frame[4], frame[5:-2])
    return Request(FrameForm.STANDARD, frame[1], frame[2], frame[3:-2])


def payload(frame: bytes) -> bytes:
    """Command byte and data of a whole request."""
    return frame[4:-2] if frame[0] == ADVANCED_MARK else frame[2:-2]


def build_answer(form: FrameForm, address: int, command: int, status: int, data: bytes) -> bytes:
    """The reader's answer; advanced, whatever was asked, if a standard frame cannot hold it."""
    body = bytes((address, command, status)) + data
    length = 1 + len(body) + 2
    if form is FrameForm.ADVANCED or length > MAX_STANDARD:
        frame = bytes((ADVANCED_MARK,)) + (length + 2).to_bytes(2, "big") + body
    else:
        frame = bytes((length,)) + body
    return frame + crc16(frame).to_bytes(2, "little")


class Receiver:
    """Collects bytes into frames. A frame error empties it, and the reader stays silent."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Whole frames (by length, checksum not yet looked at) in the order they ended."""
        self._buffer += data
        frames: list[bytes] = []
        while (length := expected_length(self._buffer)) is not None:
            if length == 0:
                self._buffer.clear()
                break
            if len(self._buffer) < length:
                break
            frames.append(bytes(self._buffer[:length]))
            del self._buffer[:length]
        return frames

    @property
    def in_frame(self) -> bool:
        """Some bytes of a frame are here and its end is not."""
        return bool(self._buffer)

    def character_gap(self) -> None:
        """The line was silent for too long within a frame: what is here is dropped."""
        self._buffer.clear()
