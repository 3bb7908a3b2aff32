"""An ISO 15693 tag: memory, AFI, DSFID, EAS, locks and the states of ISO/IEC 15693-3, 8.1."""

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from hw_sim.matter import BOOK, Matter

BLOCK_BYTES = 4
UID_BYTES = 8
MAX_BLOCKS = 256  # ISO/IEC 15693-3, 5.6: block numbers are one byte
ICODE_SLIX_BLOCKS = 28
ICODE_IC_REFERENCE = 0x01


class IsoErrorCode(IntEnum):
    """Error codes a tag answers with (ISO/IEC 15693-3, table 6)."""

    NOT_SUPPORTED = 0x01
    BLOCK_MISSING = 0x10
    ALREADY_LOCKED = 0x11
    LOCKED = 0x12


class IsoError(Exception):
    """The tag answered, and its answer is an error."""

    def __init__(self, code: IsoErrorCode) -> None:
        super().__init__(f"tag answers error {code:02X} ({code.name})")
        self.code = code


class TagState(StrEnum):
    """ISO/IEC 15693-3, 8.1; a tag without power has none and wakes as READY."""

    READY = "ready"
    QUIET = "quiet"
    SELECTED = "selected"


@dataclass(eq=False, slots=True)
class Tag:
    """One tag. `uid` is 8 bytes, E0 first; memory in tag order (block 0 byte 0 first)."""

    uid: bytes
    memory: bytearray
    afi: int = 0
    dsfid: int = 0
    eas: bool = False
    locked: set[int] = field(default_factory=set)
    afi_locked: bool = False
    dsfid_locked: bool = False
    eas_locked: bool = False
    state: TagState = TagState.READY
    writes: int = 0
    ic_reference: int = ICODE_IC_REFERENCE
    matter: Matter = BOOK  # what it is stuck on

    def __post_init__(self) -> None:
        if len(self.uid) != UID_BYTES or self.uid[0] != 0xE0:
            raise ValueError(f"tag UID {self.uid.hex().upper()} is not 8 bytes that start with E0")
        if not self.memory or len(self.memory) % BLOCK_BYTES:
            raise ValueError(f"tag memory is whole blocks of {BLOCK_BYTES} bytes, at least one")
        if self.block_count > MAX_BLOCKS:
            raise ValueError(f"a tag has at most {MAX_BLOCKS} blocks, not {self.block_count}")

    @property
    def block_count(self) -> int:
        return len(self.memory) // BLOCK_BYTES

    @property
    def name(self) -> str:
        """The UID as people write it: 16 upper hex digits."""
        return self.uid.hex().upper()

    def power_off(self) -> None:
        """The field is gone: quiet and selected states are forgotten."""
        self.state = TagState.READY

    def read(self, first: int, count: int) -> bytes:
        """`count` blocks in memory order; `IsoError` BLOCK_MISSING if one is not there."""
        if first + count > self.block_count:
            raise IsoError(IsoErrorCode.BLOCK_MISSING)
        return bytes(self.memory[first * BLOCK_BYTES : (first + count) * BLOCK_BYTES])

    def write(self, block: int, data: bytes) -> None:
        """One whole block in memory order; `IsoError` LOCKED or BLOCK_MISSING."""
        if block >= self.block_count:
            raise IsoError(IsoErrorCode.BLOCK_MISSING)
        if block in self.locked:
            raise IsoError(IsoErrorCode.LOCKED)
        self.memory[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES] = data
        self.writes += 1

    def lock(self, block: int) -> None:
        """Lock one block for ever."""
        if block >= self.block_count:
            raise IsoError(IsoErrorCode.BLOCK_MISSING)
        if block in self.locked:
            raise IsoError(IsoErrorCode.ALREADY_LOCKED)
        self.locked.add(block)

    def write_afi(self, afi: int) -> None:
        """Write the application family; `IsoError` LOCKED once it is locked."""
        if self.afi_locked:
            raise IsoError(IsoErrorCode.LOCKED)
        self.afi = afi
        self.writes += 1

    def lock_afi(self) -> None:
        if self.afi_locked:
            raise IsoError(IsoErrorCode.ALREADY_LOCKED)
        self.afi_locked = True

    def write_dsfid(self, dsfid: int) -> None:
        """Write the storage format id; `IsoError` LOCKED once it is locked."""
        if self.dsfid_locked:
            raise IsoError(IsoErrorCode.LOCKED)
        self.dsfid = dsfid
        self.writes += 1

    def lock_dsfid(self) -> None:
        if self.dsfid_locked:
            raise IsoError(IsoErrorCode.ALREADY_LOCKED)
        self.dsfid_locked = True

    def set_eas(self, *, on: bool) -> None:
        """Arm or disarm the NXP EAS bit; `IsoError` LOCKED once it is locked."""
        if self.eas_locked:
            raise IsoError(IsoErrorCode.LOCKED)
        self.eas = on
        self.writes += 1

    def lock_eas(self) -> None:
        if self.eas_locked:
            raise IsoError(IsoErrorCode.ALREADY_LOCKED)
        self.eas_locked = True


def blank_tag(uid: bytes, blocks: int = ICODE_SLIX_BLOCKS) -> Tag:
    """A tag as it comes from the roll: zeroes, AFI 00, EAS off."""
    return Tag(uid=uid, memory=bytearray(blocks * BLOCK_BYTES))
