"""Chafon frames as the reader sees them: LEN counts without itself, the CRC is FEIG's.

Source: CF-RU5102 UHF RFID Reader User's Manual V1.2, chapters 2 and 3.
"""

from dataclasses import dataclass

from hw_sim.devices.feig_frames import crc16

MIN_LENGTH = 4  # ADR CMD CRC CRC
MAX_LENGTH = 0xFF
ANSWER_OVERHEAD = 5  # ADR CMD STATUS CRC CRC
ANY_ADDRESS = 0xFF


@dataclass(frozen=True, slots=True)
class Request:
    """One whole frame from the host; `sound`: its checksum is right."""

    address: int
    command: int
    data: bytes
    sound: bool


def parse_request(frame: bytes) -> Request:
    """The request in one whole frame, as a `Receiver` gives it."""
    sound = int.from_bytes(frame[-2:], "little") == crc16(frame[:-2])
    return Request(frame[1], frame[2], frame[3:-2], sound)


def build_answer(address: int, command: int, status: int, data: bytes = b"") -> bytes:
    """One frame of the reader."""
    frame = bytes((len(data) + ANSWER_OVERHEAD, address, command, status)) + data
    return frame + crc16(frame).to_bytes(2, "little")


class Receiver:
    """Collects bytes into frames. A length that cannot be empties it."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Whole frames by length, in the order they ended."""
        self._buffer += data
        frames: list[bytes] = []
        while self._buffer:
            if self._buffer[0] < MIN_LENGTH:
                self._buffer.clear()
                break
            length = self._buffer[0] + 1
            if len(self._buffer) < length:
                break
            frames.append(bytes(self._buffer[:length]))
            del self._buffer[:length]
        return frames

    @property
    def in_frame(self) -> bool:
        return bool(self._buffer)

    def character_gap(self) -> None:
        """More than 15 ms of silence within a frame."""
        self._buffer.clear()
