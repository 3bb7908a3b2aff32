"""A register-level MFRC522 with ISO 14443-3 A cards, standing behind `spidev.SpiDev.xfer2`.

Built from the data sheet's register chapter and ISO/IEC 14443-3; it runs the unmodified package,
so what the driver does wrong on the bus goes wrong here.
"""

import sys
import time
import types
from dataclasses import dataclass, field

COMMAND, COMM_IRQ, ERROR, FIFO_DATA, FIFO_LEVEL = 0x01, 0x04, 0x06, 0x09, 0x0A
CONTROL, BIT_FRAMING, TX_CONTROL, VERSION = 0x0C, 0x0D, 0x14, 0x37
T_MODE, T_PRESCALER, T_RELOAD_HIGH, T_RELOAD_LOW = 0x2A, 0x2B, 0x2C, 0x2D


def crc_a(data: bytes) -> bytes:
    crc = 0x6363
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


class Card:
    """IDLE, READY, ACTIVE or HALT; an unexpected frame throws it back without an answer."""

    def __init__(self, uid: str, sak: int = 0x08) -> None:
        whole = bytes.fromhex(uid)
        self.sak = sak
        self.levels: list[bytes] = []
        while len(whole) > 4:
            self.levels.append(b"\x88" + whole[:3])
            whole = whole[3:]
        self.levels.append(whole)
        self.bad_check_byte = False
        self.atqa = bytes((0x04 | (len(self.levels) - 1) << 6, 0))
        self.reset()

    def reset(self) -> None:
        self.state, self.level, self.was_halted = "IDLE", 0, False

    def answer(self, frame: bytes, last_bits: int) -> bytes | None:
        if last_bits == 7:
            return self._wake(frame[0])
        if self.state == "READY":
            return self._ready(frame)
        if self.state == "ACTIVE":
            halt = frame == b"\x50\x00" + crc_a(b"\x50\x00")
            self.state = "HALT" if halt else self._back()
        return None

    def _wake(self, command: int) -> bytes | None:
        if self.state in ("READY", "ACTIVE"):
            self.state = self._back()
            return None
        if command not in ((0x52,) if self.state == "HALT" else (0x26, 0x52)):
            return None
        self.was_halted = self.state == "HALT"
        self.state, self.level = "READY", 0
        return self.atqa

    def _ready(self, frame: bytes) -> bytes | None:
        part = self.levels[self.level]
        check = part[0] ^ part[1] ^ part[2] ^ part[3] ^ (1 if self.bad_check_byte else 0)
        part += bytes((check,))
        code = (0x93, 0x95, 0x97)[self.level]
        if frame == bytes((code, 0x20)):
            return part
        select = bytes((code, 0x70)) + part
        if frame != select + crc_a(select):
            self.state = self._back()
            return None
        last = self.level + 1 == len(self.levels)
        self.level, self.state = (self.level, "ACTIVE") if last else (self.level + 1, "READY")
        sak = bytes((self.sak if last else 0x04,))
        return sak + crc_a(sak)

    def _back(self) -> str:
        return "HALT" if self.was_halted else "IDLE"


@dataclass
class Chip:
    version: int = 0x92
    cards: list[Card] = field(default_factory=list)
    transfers: int = 0
    lose_answers: int = 0
    flip_answers: int = 0
    broken_bus: bool = False

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.registers = [0] * 64
        self.registers[TX_CONTROL] = 0x80
        self.registers[VERSION] = self.version
        self.fifo = bytearray()
        self.timer_at: float | None = None
        for card in self.cards:
            card.reset()

    def xfer2(self, data: list[int]) -> list[int]:
        self.transfers += 1
        if self.broken_bus:
            raise OSError(5, "Input/output error")
        register = data[0] >> 1 & 0x3F
        if data[0] & 0x80:
            return [0, self._read(register)]
        self._write(register, data[1] & 0xFF)
        return [0, 0]

    def _read(self, register: int) -> int:
        if self.version in (0x00, 0xFF):  # a data line hanging low or high
            return self.version
        if self.timer_at is not None and time.monotonic() >= self.timer_at:
            self.timer_at = None
            self.registers[COMM_IRQ] |= 0x01
        if register == FIFO_DATA:
            return self.fifo.pop(0) if self.fifo else 0
        return len(self.fifo) if register == FIFO_LEVEL else self.registers[register]

    def _write(self, register: int, value: int) -> None:
        match register:
            case 0x01 if value & 0x0F == 0x0F:
                self.reset()
            case 0x01:
                self.registers[COMMAND] = value & 0x0F
            case 0x04:
                set_bits = value & 0x80
                kept = self.registers[COMM_IRQ]
                self.registers[COMM_IRQ] = kept | value & 0x7F if set_bits else kept & ~value
            case 0x09:
                self.fifo.append(value)
            case 0x0A if value & 0x80:
                self.fifo.clear()
            case 0x0D:
                self.registers[BIT_FRAMING] = value & 0x7F
                if value & 0x80 and self.registers[COMMAND] == 0x0C:
                    self._transceive(value & 0x07)
            case _:
                self.registers[register] = value

    def _transceive(self, last_bits: int) -> None:
        frame = bytes(self.fifo)
        self.fifo.clear()
        self.registers[ERROR] = 0
        field_on = self.registers[TX_CONTROL] & 3
        answers = [card.answer(frame, last_bits) for card in self.cards] if field_on else []
        heard = [answer for answer in answers if answer]
        if heard and self.lose_answers:
            self.lose_answers -= 1
            heard = []
        if not heard:
            self.timer_at = time.monotonic() + self._timer_s()
            return
        if len(set(heard)) > 1:
            self.registers[ERROR] = 0x08
        answer = bytearray(heard[0])
        if self.flip_answers and len(answer) > 2:
            self.flip_answers -= 1
            answer[0] ^= 0x01
        self.fifo += answer
        self.registers[COMM_IRQ] |= 0x20

    def _timer_s(self) -> float:
        prescaler = (self.registers[T_MODE] & 0x0F) << 8 | self.registers[T_PRESCALER]
        reload = self.registers[T_RELOAD_HIGH] << 8 | self.registers[T_RELOAD_LOW]
        return (2 * prescaler + 1) * (reload + 1) / 13.56e6


@dataclass
class Pins:
    """What the package did to the pins of the process."""

    mode: int | None = None
    outputs: dict[int, int] = field(default_factory=dict)
    cleanups: int = 0


def modules(chip: Chip, pins: Pins, *, simulated: bool = False) -> dict[str, types.ModuleType]:
    """Stand-ins for `spidev` and `RPi.GPIO` in `sys.modules`; `mfrc522` is loaded anew."""
    spidev = types.ModuleType("spidev")

    class SpiDev:
        max_speed_hz = 0
        xfer2 = staticmethod(chip.xfer2)

        def open(self, bus: int, device: int) -> None:
            if (bus, device) != (0, 0):
                raise FileNotFoundError(2, "No such file or directory")

        def close(self) -> None:
            pass

    def cleanup(*_channels: int) -> None:
        pins.cleanups += 1

    gpio = types.ModuleType("RPi.GPIO")
    values = {"BOARD": 10, "BCM": 11, "OUT": 0, "getmode": lambda: pins.mode, "cleanup": cleanup}
    values["setmode"] = lambda mode: setattr(pins, "mode", mode)
    values["setup"] = lambda pin, direction: None
    values["output"] = pins.outputs.__setitem__
    for name, value in values.items():
        setattr(gpio, name, value)
    spidev.SpiDev = SpiDev
    if simulated:
        spidev.SIMULATED = True
    rpi = types.ModuleType("RPi")
    rpi.GPIO = gpio
    sys.modules.pop("mfrc522", None)
    sys.modules.pop("mfrc522.MFRC522", None)
    sys.modules.pop("mfrc522.SimpleMFRC522", None)
    return {"spidev": spidev, "RPi": rpi, "RPi.GPIO": gpio}
