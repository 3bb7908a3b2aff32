"""A Chafon reader as its manual describes it, with faults by occurrence."""

from collections import Counter
from dataclasses import dataclass, field

from tests.drivers.far_end import Answer, checksum
from tests.drivers.scripted_pad import Fault

PER_FRAME = 2  # of a real reader some 19; few, so that series are tested


def length(buffer: bytes) -> int | None:
    return buffer[0] + 1 if buffer else None


def frame(command: int, status: int, data: bytes = b"") -> bytes:
    body = bytes((len(data) + 5, 0, command, status)) + data
    return body + checksum(body)


@dataclass
class UhfTag:
    """`epc_bank` is the control word and the EPC; the CRC word before them is nobody's business."""

    epc_bank: bytes
    user: bytes = b""
    writes: int = 0

    @property
    def epc(self) -> bytes:
        return self.epc_bank[2 : 2 + 2 * (self.epc_bank[0] >> 3)]


def uhf_tag(epc: str, user: bytes = b"") -> UhfTag:
    name = bytes.fromhex(epc)
    return UhfTag(bytes((len(name) // 2 << 3, 0)) + name, user)


@dataclass
class ScriptedChafon:
    """`faults[(command, n)]` bends the n-th answer (from 1) to a command byte in hex."""

    tags: list[UhfTag] = field(default_factory=list)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    type: int = 0x09
    tells_antenna: bool = False
    wants_parameters: bool = False  # 288 firmware that refuses a bare inventory
    refuse_writes: int = 0
    last_status: int = 0x01
    scan_time: int = 10
    power: int = 30
    beeps: list[bytes] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def count(self, key: str) -> int:
        return self._counts[key]

    def __call__(self, request: bytes) -> Answer:
        command, data = request[2], request[3:-2]
        key = f"{command:02X}"
        self._counts[key] += 1
        whole = b"".join(frame(command, *part) for part in self._answer(command, data))
        fault = self.faults.get((key, self._counts[key]))
        return fault(whole) if fault else [whole]

    def _answer(self, command: int, data: bytes) -> list[tuple[int, bytes]]:
        match command:
            case 0x01:
                return self._inventory(data)
            case 0x02:
                return [self._read(data)]
            case 0x03:
                return [self._write(data)]
            case 0x21:
                told = (0, 0x16, self.type, 3, 0x4E, 0, self.power, self.scan_time)
                return [(0, bytes(told))]
            case 0x25:
                self.scan_time = data[0]
            case 0x2F:
                self.power = data[0]
            case 0x33:
                self.beeps.append(data)
            case _:
                return [(0xFE, b"")]
        return [(0, b"")]

    def _inventory(self, data: bytes) -> list[tuple[int, bytes]]:
        if self.wants_parameters and not data:
            return [(0xFF, b"")]
        if self.wants_parameters and data[7] != 0x81:
            return [(0xF8, b"")]  # only the second antenna is screwed on
        antenna = b"\x02" if self.tells_antenna else b""
        if not self.tags:
            return [(0x01, antenna + b"\0")] if self.tells_antenna else [(0xFB, b"")]
        groups = [self.tags[n : n + PER_FRAME] for n in range(0, len(self.tags), PER_FRAME)]
        frames = [(0x03, antenna + self._group(group)) for group in groups]
        return [*frames[:-1], (self.last_status, frames[-1][1])]

    def _group(self, group: list[UhfTag]) -> bytes:
        rssi = b"\x6b" if self.tells_antenna else b""
        sets = b"".join(bytes((len(tag.epc),)) + tag.epc + rssi for tag in group)
        return bytes((len(group),)) + sets

    def _find(self, name: bytes) -> UhfTag | None:
        return next((tag for tag in self.tags if tag.epc == name), None)

    def _read(self, data: bytes) -> tuple[int, bytes]:
        end = 1 + 2 * data[0]
        tag = self._find(data[1:end])
        bank, first, count = data[end : end + 3]
        if tag is None:
            return 0xFB, b""
        memory = b"\0\0" + tag.epc_bank if bank == 1 else tag.user
        words = memory[2 * first : 2 * (first + count)]
        return (0, words) if len(words) == 2 * count else (0xFC, b"\x03")

    def _write(self, data: bytes) -> tuple[int, bytes]:
        count, end = data[0], 2 + 2 * data[1]
        tag = self._find(data[2:end])
        bank, first = data[end : end + 2]
        words = data[end + 2 : end + 2 + 2 * count]
        if tag is None:
            return 0xFB, b""
        tag.writes += 1
        if tag.writes <= self.refuse_writes:
            return 0xFC, b"\x0b"
        if bank == 1:
            at = 2 * (first - 1)
            tag.epc_bank = tag.epc_bank[:at] + words + tag.epc_bank[at + len(words) :]
            return 0, b""
        if 2 * (first + count) > len(tag.user):
            return 0xFC, b"\x03"
        tag.user = tag.user[: 2 * first] + words + tag.user[2 * (first + count) :]
        return 0, b""
