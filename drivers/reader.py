"""What every item reader promises, whatever its make; drivers know tags and bytes, never books."""

from dataclasses import dataclass
from typing import Protocol

BLOCK_BYTES = 4  # every ISO 15693 library tag in use; a reader reports another size in TagInfo


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can and cannot do; callers ask this, never the model's name."""

    max_tags: int
    has_afi: bool
    has_eas: bool
    echoes_uid: bool
    antennas: int = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered. `simulated` is told by the device, so that a real kiosk can refuse it."""

    model: str
    firmware: str
    port: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class TagSeen:
    """One tag in one inventory: `uid` 16 upper hex digits, E0 first; `at` monotonic seconds."""

    uid: str
    at: float
    dsfid: int | None = None
    afi: int | None = None
    antenna: int | None = None


@dataclass(frozen=True, slots=True)
class TagInfo:
    """Answer of Get System Information (ISO/IEC 15693-3, 10.4.12)."""

    uid: str
    dsfid: int
    afi: int
    block_size: int
    block_count: int
    ic_reference: int


@dataclass(frozen=True, slots=True)
class Health:
    """How the line is doing since it was opened."""

    requests: int
    retries: int
    rf_warnings: int
    last_good_at: float | None
    garbled: int = 0
    reopened: int = 0


class Reader(Protocol):
    """An opened item reader, owned by one thread; every method may raise a `ReaderError`."""

    @property
    def capabilities(self) -> Capabilities: ...

    def identify(self) -> Identity:
        """Ask the device who it is; `StartFailed` if something else answers."""
        ...

    def inventory(self) -> tuple[TagSeen, ...]:
        """Every tag that lies in the field now, each once, in no particular order."""
        ...

    def system_information(self, uid: str) -> TagInfo:
        """DSFID, AFI and memory size of one tag."""
        ...

    def read_blocks(self, uid: str, first: int, count: int) -> bytes:
        """`count` blocks in tag memory order (the order ISO 28560 bytes are counted in)."""
        ...

    def write_blocks(self, uid: str, first: int, data: bytes) -> None:
        """Write whole blocks and read them back; returns only when the tag holds exactly `data`."""
        ...

    def write_afi(self, uid: str, afi: int) -> None:
        """Write the AFI and read it back; returns only when the tag holds it."""
        ...

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch a lamp, buzzer or relay of the reader for a time."""
        ...

    def reset_field(self) -> None:
        """Switch the field off for a moment, so that every tag answers again."""
        ...

    @property
    def health(self) -> Health: ...

    def close(self) -> None:
        """Give the port back. Closing twice is harmless."""
        ...


class GateReader(Protocol):
    """An opened gate reader: watches by itself, keeps what it saw. One thread owns it."""

    @property
    def capabilities(self) -> Capabilities: ...

    def identify(self) -> Identity:
        """Ask the device who it is; `StartFailed` if something else answers."""
        ...

    def poll(self) -> tuple[TagSeen, ...]:
        """What the reader noticed since, with AFI and antenna; empty when nobody passed.

        The next call tells the reader that these were taken. Until it got through, the same tags
        come again: at least once, so the caller must be indifferent to a tag seen twice.
        """
        ...

    def set_output(self, number: int, *, on: bool, seconds: float) -> None:
        """Switch a relay of the reader for a time."""
        ...

    @property
    def health(self) -> Health: ...

    def close(self) -> None:
        """Give the port back. Closing twice is harmless."""
        ...
