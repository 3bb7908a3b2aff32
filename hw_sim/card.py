"""An ISO 14443-3 type A card (4, 7 or 10 byte UID) with the memory of a MIFARE Classic 1K."""

from enum import StrEnum

from hw_sim.devices.crc_a import crc_a

REQA, WUPA, HLTA, READ, WRITE = 0x26, 0x52, 0x50, 0x30, 0xA0
ANTICOLLISION, SELECT = 0x20, 0x70
LEVELS = (0x93, 0x95, 0x97)  # cascade levels 1 to 3
CASCADE_TAG = 0x88
SAK_CASCADE = 0x04  # "UID not complete"
KEY_A, KEY_B = 0x60, 0x61
ACK, NAK_ARGUMENT, NAK_CRC = 0x0A, 0x04, 0x05
BLOCK_BYTES = 16
SECTORS = 16
FACTORY_KEY = b"\xff" * 6
FACTORY_ACCESS = b"\xff\x07\x80\x69"

Answer = tuple[bytes, int]
"""Bytes on the air and how many bits of them count."""


class CardState(StrEnum):
    """ISO/IEC 14443-3, 6.3."""

    IDLE = "idle"
    READY = "ready"
    ACTIVE = "active"
    HALT = "halt"


class Card:
    """One card. A command it does not know sends it back to sleep, unanswered."""

    def __init__(self, uid: bytes) -> None:
        if len(uid) not in (4, 7, 10):
            raise ValueError(f"card UID {uid.hex().upper()} is not 4, 7 or 10 bytes")
        self.uid = uid
        self.levels = _cascade_levels(uid)
        self.atqa = 0x04 | (len(self.levels) - 1) << 6
        self.sak = 0x08 if len(self.levels) == 1 else 0x00
        self.blocks = _factory_memory(uid, self.sak, self.atqa)
        self.state = CardState.IDLE
        self.open_sector: int | None = None
        self._level = 0
        self._woken_from_halt = False
        self._write_to: int | None = None

    def power_off(self) -> None:
        """Out of the field: everything volatile is gone."""
        self.state = CardState.IDLE
        self._woken_from_halt = False
        self._sleep()

    def short_frame(self, command: int) -> bytes | None:
        """REQA or WUPA (7 bits). A card that is READY or ACTIVE falls asleep instead of answering:

        that is why a poll by REQA alone sees a card every second time only.
        """
        if self.state in (CardState.READY, CardState.ACTIVE):
            self._fall_back()
            return None
        if command not in (REQA, WUPA) or (self.state is CardState.HALT and command != WUPA):
            return None
        self._woken_from_halt = self.state is CardState.HALT
        self.state = CardState.READY
        self._level = 0
        return self.atqa.to_bytes(2, "little")

    def frame(self, data: bytes) -> Answer | None:
        """A standard frame; None is silence."""
        if self.state is CardState.READY:
            return self._anticollision(data)
        if self.state is CardState.ACTIVE:
            if self._write_to is not None:
                return self._second_half_of_write(data)
            return self._command(data)
        return None

    def authenticate(self, key_kind: int, block: int, key: bytes, uid_part: bytes) -> bool:
        """MIFARE Crypto1 with the last four UID bytes; a wrong key sends the card back to sleep."""
        if self.state is not CardState.ACTIVE or uid_part != self.levels[-1]:
            return False
        trailer = self.blocks[block // 4 * 4 + 3]
        if key != (trailer[0:6] if key_kind == KEY_A else trailer[10:16]):
            self._fall_back()
            return False
        self.open_sector = block // 4
        return True

    def _anticollision(self, data: bytes) -> Answer | None:
        if len(data) < 2 or data[0] != LEVELS[self._level]:
            self._fall_back()
            return None
        own = self.levels[self._level] + bytes((_bcc(self.levels[self._level]),))
        if data[1] == ANTICOLLISION:
            return own, 40
        if data[1] != SELECT or not _is_sound(data, 7) or data[2:7] != own:
            self._fall_back()
            return None
        return self._selected(), 24

    def _selected(self) -> bytes:
        if self._level + 1 < len(self.levels):
            self._level += 1
            sak = bytes((SAK_CASCADE,))
        else:
            self.state = CardState.ACTIVE
            sak = bytes((self.sak,))
        return sak + crc_a(sak)

    def _command(self, data: bytes) -> Answer | None:
        if not _is_sound(data, 2):
            self._fall_back()
            return None
        command, block = data[0], data[1]
        if command == HLTA:
            self.state = CardState.HALT
            self._sleep()
            return None
        if command not in (READ, WRITE):
            self._fall_back()
            return None
        if self.open_sector != block // 4:
            self._fall_back()
            return bytes((NAK_ARGUMENT,)), 4
        if command == WRITE:
            self._write_to = block
            return bytes((ACK,)), 4
        content = bytes(self.blocks[block])
        return content + crc_a(content), 8 * (BLOCK_BYTES + 2)

    def _second_half_of_write(self, data: bytes) -> Answer:
        block, self._write_to = self._write_to, None
        if block is None or not _is_sound(data, BLOCK_BYTES):
            self._fall_back()
            return bytes((NAK_CRC,)), 4
        self.blocks[block] = bytearray(data[:BLOCK_BYTES])
        return bytes((ACK,)), 4

    def _fall_back(self) -> None:
        """An unexpected frame: back to IDLE, or to HALT if that is where WUPA found the card."""
        self.state = CardState.HALT if self._woken_from_halt else CardState.IDLE
        self._sleep()

    def _sleep(self) -> None:
        self._level = 0
        self.open_sector = None
        self._write_to = None


def _is_sound(data: bytes, length: int) -> bool:
    """`length` bytes and their CRC_A."""
    return len(data) == length + 2 and crc_a(data[:length]) == data[length:]


def _bcc(part: bytes) -> int:
    return part[0] ^ part[1] ^ part[2] ^ part[3]


def _cascade_levels(uid: bytes) -> list[bytes]:
    """The four bytes of each cascade level; all but the last begin with the cascade tag."""
    levels: list[bytes] = []
    rest = uid
    while len(rest) > 4:
        levels.append(bytes((CASCADE_TAG,)) + rest[:3])
        rest = rest[3:]
    return [*levels, rest]


def _factory_memory(uid: bytes, sak: int, atqa: int) -> list[bytearray]:
    blocks = [bytearray(BLOCK_BYTES) for _ in range(SECTORS * 4)]
    last = _cascade_levels(uid)[-1]
    head = last + bytes((_bcc(last), sak)) + atqa.to_bytes(2, "little")
    blocks[0][:] = head.ljust(BLOCK_BYTES, b"\x00")
    for sector in range(SECTORS):
        blocks[sector * 4 + 3][:] = FACTORY_KEY + FACTORY_ACCESS + FACTORY_KEY
    return blocks
