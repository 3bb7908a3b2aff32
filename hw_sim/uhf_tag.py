"""A UHF tag of EPC Class 1 Generation 2: four banks of 16-bit words, passwords, an EAS bit.

Source: EPCglobal Gen2 (ISO/IEC 18000-63), 6.3.2.1. The bank EPC is CRC word, PC word, then the EPC
itself, whose length in words stands in the upper five bits of PC.
"""

from dataclasses import dataclass, field
from enum import IntEnum

WORD_BYTES = 2
TID_BYTES = 12
EPC_AT = 2  # words of the bank EPC before the EPC: CRC and PC
MAX_EPC_WORDS = 31
PASSWORD_BYTES = 4  # kill password, then access password, in the reserved bank
USER_WORDS = 32


class Bank(IntEnum):
    """Memory banks."""

    RESERVED = 0
    EPC = 1
    TID = 2
    USER = 3


class Gen2ErrorCode(IntEnum):
    """What a tag answers with (Gen2, annex I)."""

    OTHER = 0x00
    MEMORY_OVERRUN = 0x03
    LOCKED = 0x04


class Gen2Error(Exception):
    """The tag answered, and its answer is an error."""

    def __init__(self, code: Gen2ErrorCode) -> None:
        super().__init__(f"tag answers error {code:02X} ({code.name})")
        self.code = code


@dataclass(eq=False, slots=True)
class UhfTag:
    """One tag. `tid` is its 12 bytes of the factory, by which the world names it."""

    tid: bytearray
    epc_bank: bytearray
    user_bank: bytearray = field(default_factory=lambda: bytearray(USER_WORDS * WORD_BYTES))
    reserved_bank: bytearray = field(default_factory=lambda: bytearray(2 * PASSWORD_BYTES))
    has_eas: bool = False
    eas: bool = False
    writes: int = 0

    def __post_init__(self) -> None:
        if len(self.tid) != TID_BYTES or self.tid[0] not in (0xE0, 0xE2):
            raise ValueError(
                f"TID {self.tid.hex().upper()} is not 12 bytes that start with E0 or E2"
            )
        if len(self.epc_bank) % WORD_BYTES or len(self.epc_bank) < EPC_AT * WORD_BYTES:
            raise ValueError("the bank EPC is whole words of 2 bytes: CRC, PC, EPC")
        if len(self.user_bank) % WORD_BYTES:
            raise ValueError("the user bank is whole words of 2 bytes")

    @property
    def name(self) -> str:
        """The TID as 24 upper hex digits."""
        return self.tid.hex().upper()

    @property
    def epc(self) -> bytes:
        """What an inventory tells: as many words as PC says, as far as there is memory."""
        words = self.epc_bank[WORD_BYTES] >> 3
        start = EPC_AT * WORD_BYTES
        return bytes(self.epc_bank[start : start + words * WORD_BYTES])

    @property
    def access_password(self) -> bytes:
        """Zero: there is none."""
        return bytes(self.reserved_bank[PASSWORD_BYTES:])

    def read(self, bank: Bank, first: int, count: int) -> bytes:
        """`count` words; `Gen2Error` MEMORY_OVERRUN if one is not there."""
        memory = self._bank(bank)
        if (first + count) * WORD_BYTES > len(memory):
            raise Gen2Error(Gen2ErrorCode.MEMORY_OVERRUN)
        return bytes(memory[first * WORD_BYTES : (first + count) * WORD_BYTES])

    def write(self, bank: Bank, word: int, data: bytes) -> None:
        """One word; `Gen2Error` LOCKED for TID and the CRC, MEMORY_OVERRUN if it is not there."""
        if bank is Bank.TID or (bank is Bank.EPC and word == 0):
            raise Gen2Error(Gen2ErrorCode.LOCKED)
        memory = self._bank(bank)
        if (word + 1) * WORD_BYTES > len(memory):
            raise Gen2Error(Gen2ErrorCode.MEMORY_OVERRUN)
        memory[word * WORD_BYTES : (word + 1) * WORD_BYTES] = data
        self.writes += 1

    def set_eas(self, *, on: bool) -> None:
        """Arm or disarm; `Gen2Error` OTHER where the chip has no EAS or the tag no password."""
        if not self.has_eas or not any(self.access_password):
            raise Gen2Error(Gen2ErrorCode.OTHER)
        self.eas = on
        self.writes += 1

    def _bank(self, bank: Bank) -> bytearray:
        match bank:
            case Bank.RESERVED:
                return self.reserved_bank
            case Bank.EPC:
                return self.epc_bank
            case Bank.TID:
                return self.tid
            case Bank.USER:
                return self.user_bank


def uhf_tag(tid: bytes, epc: bytes, *, control: int | None = None) -> UhfTag:
    """A tag with this EPC of 0 to 31 words. `control` is its PC word, made from the length if None.

    The CRC word is left zero: readers check it on the air and never pass it on.
    """
    words = len(epc) // WORD_BYTES
    if len(epc) % WORD_BYTES or words > MAX_EPC_WORDS:
        raise ValueError(f"an EPC is 0 to {MAX_EPC_WORDS} whole words, not {len(epc)} bytes")
    word = words << 11 if control is None else control
    return UhfTag(
        bytearray(tid), bytearray(bytes(WORD_BYTES) + word.to_bytes(WORD_BYTES, "big") + epc)
    )
