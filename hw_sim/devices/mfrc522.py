"""An NXP MFRC522 at register level, behind SPI: FIFO, interrupts, timer, CRC, transceive.

Source: NXP MFRC522 data sheet, chapters 8.1.2 (SPI), 9 (registers) and 10 (commands). A command
that is not modelled is logged as an error and does nothing.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from enum import IntEnum

from hw_sim.card import Answer, Card
from hw_sim.devices.crc_a import crc_a

VERSION = 0x92  # MFRC522 version 2.0
FIFO_BYTES = 64
CARRIER_HZ = 13.56e6
CRC_PRESETS = (0x0000, 0x6363, 0xA671, 0xFFFF)  # ModeReg bits 1-0
AUTHENT_BYTES = 12  # kind, block, key(6), UID(4)
READ_BIT = 0x80
SHORT_FRAME_BITS = 7
ABSENT = 0x00  # what MISO reads when no chip drives it

log = logging.getLogger(__name__)


class Register(IntEnum):
    """Registers with a behaviour of their own (table 20); the others are plain memory."""

    COMMAND = 0x01
    COMM_IRQ = 0x04
    DIV_IRQ = 0x05
    ERROR = 0x06
    STATUS2 = 0x08
    FIFO_DATA = 0x09
    FIFO_LEVEL = 0x0A
    CONTROL = 0x0C
    BIT_FRAMING = 0x0D
    COLL = 0x0E
    MODE = 0x11
    TX_CONTROL = 0x14
    CRC_RESULT_HIGH = 0x21
    CRC_RESULT_LOW = 0x22
    RF_CONFIG = 0x26
    T_MODE = 0x2A
    T_PRESCALER = 0x2B
    T_RELOAD_HIGH = 0x2C
    T_RELOAD_LOW = 0x2D
    VERSION = 0x37


class Command(IntEnum):
    """Data sheet, table 149."""

    IDLE = 0x00
    CALC_CRC = 0x03
    TRANSCEIVE = 0x0C
    AUTHENT = 0x0E
    SOFT_RESET = 0x0F


RESET_VALUES = {
    Register.COMMAND: 0x20,
    Register.COMM_IRQ: 0x14,
    Register.MODE: 0x3F,
    Register.TX_CONTROL: 0x80,
    Register.RF_CONFIG: 0x48,
    Register.VERSION: VERSION,
}
IRQ_TIMER, IRQ_IDLE, IRQ_RX, IRQ_TX = 0x01, 0x10, 0x20, 0x40
DIV_IRQ_CRC = 0x04
ERROR_COLLISION, ERROR_OVERFLOW = 0x08, 0x10
CRYPTO1_ON = 0x08
ANTENNAS = 0x03
T_AUTO = 0x80
SET_BITS = 0x80  # in the interrupt registers: bit 7 says whether the others are set or cleared
START_SEND = 0x80
FLUSH = 0x80
GARBLED_BIT = 0x10


class Mfrc522:
    """The chip and the cards in front of it; cards come and go from any thread."""

    def __init__(
        self,
        *,
        lock: threading.RLock,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.transfers = 0
        self.lost_answers = 0
        self.sound_answers = 0  # that come before the garbled ones
        self.garbled_answers = 0
        self.connected = True
        self._lock = lock
        self._clock = clock
        self._cards: dict[bytes, Card] = {}
        self._registers: list[int] = []
        self._fifo = bytearray()
        self._timer_ends_at: float | None = None
        self._reset()

    # The world's side

    def present(self, card: Card) -> None:
        """Hold a card to the reader."""
        with self._lock:
            card.power_off()
            self._cards[card.uid] = card

    def remove(self, uid: bytes | None = None) -> list[Card]:
        """Take one card away, or all; returns what was there."""
        with self._lock:
            gone = [card for card in self._cards.values() if uid in (None, card.uid)]
            for card in gone:
                del self._cards[card.uid]
                card.power_off()
            return gone

    def cards(self) -> list[Card]:
        with self._lock:
            return list(self._cards.values())

    def lose_answers(self, count: int) -> None:
        """The next `count` answers of cards do not arrive."""
        with self._lock:
            self.lost_answers += count

    def garble_answers(self, count: int, *, after: int = 0) -> None:
        """One bit of `count` answers, `after` good ones, arrives turned, unnoticed by the chip."""
        with self._lock:
            self.sound_answers = after
            self.garbled_answers += count

    def connect(self, *, on: bool) -> None:
        """Plug the board in (the chip starts anew) or pull it off (MISO reads zero)."""
        with self._lock:
            self.connected = on
            self._reset()

    # The SPI side

    def transfer(self, data: bytes) -> bytes:
        """One SPI transfer: address byte, then values to write, or the next addresses to read."""
        with self._lock:
            self.transfers += 1
            if not self.connected:
                return bytes((ABSENT,)) * len(data)
            register = data[0] >> 1 & 0x3F
            if not data[0] & READ_BIT:
                for value in data[1:]:
                    self._write(register, value)
                return bytes(len(data))
            answer = bytearray(1)
            for following in data[1:]:
                answer.append(self._read(register))
                register = following >> 1 & 0x3F
            return bytes(answer)

    def _reset(self) -> None:
        self._registers = [0] * 64
        for register, value in RESET_VALUES.items():
            self._registers[register] = value
        self._fifo.clear()
        self._timer_ends_at = None
        self._field_off()

    def _field_off(self) -> None:
        for card in self._cards.values():
            card.power_off()

    def _read(self, register: int) -> int:
        if self._timer_ends_at is not None and self._clock() >= self._timer_ends_at:
            self._timer_ends_at = None
            self._registers[Register.COMM_IRQ] |= IRQ_TIMER
        if register == Register.FIFO_DATA:
            return self._fifo.pop(0) if self._fifo else 0
        if register == Register.FIFO_LEVEL:
            return len(self._fifo)
        return self._registers[register]

    def _write(self, register: int, value: int) -> None:
        match register:
            case Register.COMMAND:
                self._start(value & 0x0F)
            case Register.COMM_IRQ:
                self._change_bits(register, value, 0x7F)
            case Register.DIV_IRQ:
                self._change_bits(register, value, 0x14)
            case Register.FIFO_DATA:
                self._push(value)
            case Register.FIFO_LEVEL:
                self._flush(value)
            case Register.TX_CONTROL:
                self._switch_antennas(value)
            case Register.BIT_FRAMING:
                self._frame(value)
            case Register.STATUS2:
                self._leave_crypto(value)
            case Register.VERSION:
                pass  # read only
            case _:
                self._registers[register] = value

    def _change_bits(self, register: int, value: int, mask: int) -> None:
        if value & SET_BITS:
            self._registers[register] |= value & mask
        else:
            self._registers[register] &= ~(value & mask)

    def _push(self, value: int) -> None:
        if len(self._fifo) >= FIFO_BYTES:
            self._registers[Register.ERROR] |= ERROR_OVERFLOW
        else:
            self._fifo.append(value)

    def _flush(self, value: int) -> None:
        if value & FLUSH:
            self._fifo.clear()
            self._registers[Register.ERROR] &= ~ERROR_OVERFLOW

    def _switch_antennas(self, value: int) -> None:
        was_on = self._registers[Register.TX_CONTROL] & ANTENNAS
        self._registers[Register.TX_CONTROL] = value
        if was_on and not value & ANTENNAS:
            self._field_off()

    def _frame(self, value: int) -> None:
        self._registers[Register.BIT_FRAMING] = value & 0x7F
        transceiving = self._registers[Register.COMMAND] & 0x0F == Command.TRANSCEIVE
        if value & START_SEND and transceiving:
            self._transceive()

    def _leave_crypto(self, value: int) -> None:
        if not value & CRYPTO1_ON:
            for card in self._cards.values():
                card.open_sector = None
        self._registers[Register.STATUS2] = value

    # Commands

    def _start(self, command: int) -> None:
        if command == Command.SOFT_RESET:
            self._reset()
            return
        self._registers[Register.COMMAND] = 0x20 | command
        match command:
            case Command.IDLE:
                self._timer_ends_at = None
            case Command.CALC_CRC:
                self._calculate_crc()
            case Command.AUTHENT:
                self._authenticate()
            case Command.TRANSCEIVE:
                pass  # starts with StartSend in BitFramingReg
            case _:
                log.error("MFRC522 model does not know the command %02X", command)

    def _take_fifo(self) -> bytes:
        content = bytes(self._fifo)
        self._fifo.clear()
        self._registers[Register.ERROR] = 0
        return content

    def _calculate_crc(self) -> None:
        preset = CRC_PRESETS[self._registers[Register.MODE] & 0x03]
        low, high = crc_a(self._fifo, preset)
        self._fifo.clear()
        self._registers[Register.CRC_RESULT_LOW] = low
        self._registers[Register.CRC_RESULT_HIGH] = high
        self._registers[Register.DIV_IRQ] |= DIV_IRQ_CRC

    def _start_timer(self) -> None:
        """The chip starts it after sending; it runs out only if no card answers."""
        mode = self._registers[Register.T_MODE]
        if mode & T_AUTO:
            prescaler = (mode & 0x0F) << 8 | self._registers[Register.T_PRESCALER]
            high, low = Register.T_RELOAD_HIGH, Register.T_RELOAD_LOW
            reload = self._registers[high] << 8 | self._registers[low]
            ticks = (2 * prescaler + 1) * (reload + 1)
            self._timer_ends_at = self._clock() + ticks / CARRIER_HZ

    def _powered(self) -> list[Card]:
        on = self._registers[Register.TX_CONTROL] & ANTENNAS
        return list(self._cards.values()) if on else []

    def _transceive(self) -> None:
        sent = self._take_fifo()
        self._registers[Register.COMM_IRQ] |= IRQ_TX
        last_bits = self._registers[Register.BIT_FRAMING] & 0x07
        answers = self._answers(sent, is_short=last_bits == SHORT_FRAME_BITS and len(sent) == 1)
        if answers and self.lost_answers:
            self.lost_answers -= 1
            answers = []
        if not answers:
            self._start_timer()
            return
        data, bits = answers[0]
        data = self._through_the_air(data)
        self._registers[Register.CONTROL] = bits % 8
        if any(other != answers[0][0] for other, _ in answers):
            self._collide([other for other, _ in answers])
        self._fifo.extend(data)
        self._registers[Register.COMM_IRQ] |= IRQ_RX

    def _through_the_air(self, answer: bytes) -> bytes:
        if not self.garbled_answers:
            return answer
        if self.sound_answers:
            self.sound_answers -= 1
            return answer
        self.garbled_answers -= 1
        return bytes((answer[0] ^ GARBLED_BIT,)) + answer[1:]

    def _answers(self, sent: bytes, *, is_short: bool) -> list[Answer]:
        if is_short:
            woken = [card.short_frame(sent[0]) for card in self._powered()]
            return [(atqa, 16) for atqa in woken if atqa is not None]
        replies = [card.frame(sent) for card in self._powered()]
        return [reply for reply in replies if reply is not None]

    def _collide(self, answers: Sequence[bytes]) -> None:
        """Several cards at once: the position of the first bit that differs goes to CollReg."""
        self._registers[Register.ERROR] |= ERROR_COLLISION
        first = answers[0]
        differing = (
            bit
            for bit in range(8 * min(len(answer) for answer in answers))
            if any((answer[bit // 8] ^ first[bit // 8]) >> bit % 8 & 1 for answer in answers)
        )
        self._registers[Register.COLL] = (next(differing, -1) + 1) & 0x1F

    def _authenticate(self) -> None:
        sent = self._take_fifo()
        if len(sent) == AUTHENT_BYTES:
            kind, block, key, uid_part = sent[0], sent[1], sent[2:8], sent[8:12]
            for card in self._powered():
                if card.authenticate(kind, block, key, uid_part):
                    self._registers[Register.STATUS2] |= CRYPTO1_ON
                    self._registers[Register.COMM_IRQ] |= IRQ_IDLE
                    return
        self._start_timer()
