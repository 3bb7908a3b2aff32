"""What every item reader promises, whatever its make; drivers know tags and bytes, never books."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

BLOCK_BYTES = 4  # every ISO 15693 library tag in use; a reader reports another size in TagInfo


class TagIds(StrEnum):
    """What `TagSeen.uid` is, and with it how a tag is read."""

    UID = "uid"
    """ISO 15693: the chip's own number, which nothing can change; memory in blocks, AFI."""
    EPC = "epc"
    """UHF (ISO/IEC 18000-63): the writable name in the EPC bank; memory in banks, no AFI."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can and cannot do; callers ask this, never the model's name.

    `stacks` false: the model reports at most `max_tags` whatever lies there, so never a pile.
    """

    max_tags: int
    has_afi: bool
    has_eas: bool
    echoes_uid: bool
    antennas: int = 1
    ids: TagIds = TagIds.UID
    stacks: bool = True
    has_outputs: bool = True
    has_field_reset: bool = True


@dataclass(frozen=True, slots=True)
class Identity:
    """Who answered. `simulated` is told by the device, so that a real kiosk can refuse it."""

    model: str
    firmware: str
    port: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class TagSeen:
    """One tag in one inventory; `at` monotonic seconds, what the reader does not tell is None.

    `uid` in upper hex: 16 digits, E0 first, or the EPC of a UHF tag (`Capabilities.ids`). `antenna`
    counts from 1, `direction` and `rssi` are the reader's own bytes.
    """

    uid: str
    at: float
    dsfid: int | None = None
    afi: int | None = None
    antenna: int | None = None
    direction: int | None = None
    rssi: int | None = None
    eas: bool | None = None


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
    watched_s: float = 0.0

    @property
    def retries_per_minute(self) -> float:
        """0 before any time has passed."""
        return 60 * self.retries / self.watched_s if self.watched_s else 0.0

    @property
    def rf_warning_share(self) -> float:
        """Share of the requests that the reader answered with a warning about its field."""
        return self.rf_warnings / self.requests if self.requests else 0.0


class Reader(Protocol):
    """An opened item reader, owned by one thread; every method may raise a `ReaderError`.

    What the model has no function for raises `NotSupported`; `capabilities` say so beforehand.
    """

    @property
    def capabilities(self) -> Capabilities: ...

    def identify(self) -> Identity:
        """Ask the device who it is; `StartFailed` if something else answers."""
        ...

    def inventory(self) -> tuple[TagSeen, ...]:
        """Every tag that lies in the field now, each once, in no particular order."""
        ...

    @property
    def inventory_is_complete(self) -> bool:
        """False if the last inventory reached a limit of the reader and may hide more tags."""
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

    def write_dsfid(self, uid: str, dsfid: int) -> None:
        """Write the DSFID and read it back; returns only when the tag holds it."""
        ...

    def read_locks(self, uid: str, first: int, count: int) -> tuple[bool, ...]:
        """For each block whether it is locked for ever."""
        ...

    def read_eas(self, uid: str) -> bool:
        """True if this tag's EAS bit is set."""
        ...

    def write_eas(self, uid: str, *, on: bool) -> None:
        """Set or clear the EAS bit and ask for it; returns only when the tag shows it."""
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


@runtime_checkable
class UhfReader(Reader, Protocol):
    """A reader of UHF tags: `uid` is the EPC, memory is read in words of 2 bytes by bank."""

    def read_epc_bank(self, uid: str) -> bytes:
        """Protocol control word and EPC, without the CRC before them: an ISO/TS 28560-4 name."""
        ...

    def read_user_bank(self, uid: str, words: int | None = None) -> bytes:
        """The first `words` of the user bank; None: the whole bank, empty when the tag has none."""
        ...

    def write_epc_bank(self, uid: str, memory: bytes) -> str:
        """Give a tag that lies there alone a new control word and EPC; returns the new id, read."""
        ...

    def write_user_bank(self, uid: str, data: bytes) -> None:
        """Write whole words from the start of the user bank and read them back."""
        ...


@runtime_checkable
class HearsEas(Protocol):
    """A reader that can ask all tags at once for their EAS bit, without a name (NXP EAS alarm)."""

    def poll_eas(self) -> bool:
        """True if any tag in the field has its EAS bit set; it does not tell which."""
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
