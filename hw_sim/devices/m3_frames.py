"""3M frames as the reader sees them: start byte, two length bytes that both count, BCC.

Source: 3M RFID Reader Model 210 Protocol Specification 1.0.0, chapter 4; the start byte D5 of the
hardware probe is known from captures only.
"""

from dataclasses import dataclass

START = 0xD6
PROBE_START = 0xD5
HEAD_BYTES = 3  # start and length
BCC_BYTES = 2
MIN_LENGTH = 1 + BCC_BYTES  # command and BCC
MAX_LENGTH = 1100  # longer than any request: a write of 256 blocks takes 1038


@dataclass(frozen=True, slots=True)
class Request:
    """One sound frame from the host; `data` is what follows the command byte."""

    start: int
    command: int
    data: bytes


def bcc(data: bytes) -> int:
    """Polynomial 1021, start FFFF, not reflected, final XOR FFFF; ``123456789`` gives D64E."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc ^ 0xFFFF


def parse_request(frame: bytes) -> Request | None:
    """The request in one whole frame, or None if its BCC is wrong."""
    if int.from_bytes(frame[-BCC_BYTES:], "big") != bcc(frame[1:-BCC_BYTES]):
        return None
    return Request(frame[0], frame[HEAD_BYTES], frame[HEAD_BYTES + 1 : -BCC_BYTES])


def build_answer(start: int, command: int, data: bytes) -> bytes:
    """The reader's answer; `data` begins with the error byte."""
    length = 1 + len(data) + BCC_BYTES
    body = length.to_bytes(2, "big") + bytes((command,)) + data
    return bytes((start,)) + body + bcc(body).to_bytes(BCC_BYTES, "big")


class Receiver:
    """Collects bytes into frames; what does not begin like one is passed over."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Whole frames by length, in the order they ended."""
        self._buffer += data
        frames: list[bytes] = []
        while self._skip_to_start() and len(self._buffer) >= HEAD_BYTES:
            length = int.from_bytes(self._buffer[1:HEAD_BYTES], "big")
            if not MIN_LENGTH <= length <= MAX_LENGTH:
                del self._buffer[0]
                continue
            end = HEAD_BYTES + length
            if len(self._buffer) < end:
                break
            frames.append(bytes(self._buffer[:end]))
            del self._buffer[:end]
        return frames

    @property
    def in_frame(self) -> bool:
        return bool(self._buffer)

    def character_gap(self) -> None:
        """Too long a silence within a frame."""
        self._buffer.clear()

    def _skip_to_start(self) -> bool:
        while self._buffer and self._buffer[0] not in (START, PROBE_START):
            del self._buffer[0]
        return bool(self._buffer)
