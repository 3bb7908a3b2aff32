"""Whole frames out of a line that lies: what the parsers of all makes share (pure).

A length is only a guess until the checksum agrees: after a mismatch the parser moves on by one byte
and looks again. It keeps at most one frame's worth of bytes.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

FrameT = TypeVar("FrameT")

_HEAD_BYTES = 4  # the longest head of any make up to its length


class BadFrame(ValueError):
    """Bytes that are not exactly one whole frame."""


class FrameScanner(ABC, Generic[FrameT]):
    """Feed it what arrives; `missing` says how much to read next, so that nobody waits in vain."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._dropped = 0

    @abstractmethod
    def _length(self, head: bytes) -> int | None:
        """Bytes of the whole frame that begins with `head`; 0: none can; None: head too short."""

    @abstractmethod
    def _frame(self, data: bytes) -> FrameT:
        """The one frame that `data` is, or `BadFrame`."""

    @property
    def pending(self) -> int:
        """Bytes held back because they may begin a frame."""
        return len(self._buffer)

    @property
    def dropped(self) -> int:
        """Bytes passed over because no frame could be made of them."""
        return self._dropped

    @property
    def missing(self) -> int:
        """How many bytes at least have to arrive before a frame can be whole; never 0."""
        if not self._buffer:
            return 1
        length = self._length(bytes(self._buffer[:_HEAD_BYTES]))
        return 1 if length is None else max(1, length - len(self._buffer))

    def feed(self, data: bytes) -> list[FrameT]:
        """The frames that are whole now."""
        self._buffer += data
        return self._scan(silent=False)

    def flush(self) -> list[FrameT]:
        """The line fell silent: the frames found behind what will not end; the rest is dropped."""
        return self._scan(silent=True)

    def _scan(self, *, silent: bool) -> list[FrameT]:
        frames: list[FrameT] = []
        start = 0
        while start < len(self._buffer):
            length = self._length(bytes(self._buffer[start : start + _HEAD_BYTES]))
            if length is None or start + length > len(self._buffer):
                if not silent:
                    break
                length = 0
            start += self._take(frames, start, length)
        del self._buffer[:start]
        return frames

    def _take(self, frames: list[FrameT], start: int, length: int) -> int:
        """Add the frame at `start`, if it is one; how far to move on."""
        if length:
            try:
                frames.append(self._frame(bytes(self._buffer[start : start + length])))
            except BadFrame:
                pass
            else:
                return length
        self._dropped += 1
        return 1
