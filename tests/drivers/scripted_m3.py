"""A 3M pad as the specification describes it, with faults by occurrence and a BCC of its own."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drivers.far_end import Answer
from tests.drivers.scripted_pad import Fault, Tag

HARDWARE = bytes.fromhex("11 0A 05 02 1B")  # captured from a 210
VERSION = bytes.fromhex("0A 03 02 06")


def length(buffer: bytes) -> int | None:
    return int.from_bytes(buffer[1:3], "big") + 3 if len(buffer) >= 3 else None


def bcc(data: bytes) -> bytes:
    """CRC-16, polynomial 1021, start FFFF, inverted at the end; bit by bit as printed."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return (crc ^ 0xFFFF).to_bytes(2, "big")


def frame(command: int, payload: bytes, start: int = 0xD6) -> bytes:
    body = (len(payload) + 3).to_bytes(2, "big") + bytes((command,)) + payload
    return bytes((start,)) + body + bcc(body)


@dataclass
class ScriptedM3:
    """`faults[(command, n)]` bends the n-th answer (from 1) to a command byte in hex."""

    tags: dict[str, Tag] = field(default_factory=dict)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    write_hook: Callable[[Tag, int], bool] = lambda tag, number: True
    knows_probe: bool = True
    told_twice: bool = False  # "the same UID may appear twice"
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, *uids: str) -> None:
        self.tags |= {uid: Tag(uid) for uid in uids}

    def count(self, key: str) -> int:
        return self._counts[key]

    def __call__(self, request: bytes) -> Answer:
        start, command, data = request[0], request[3], request[4:-2]
        key = f"{command:02X}"
        self._counts[key] += 1
        if start == 0xD5:
            return [frame(0x04, b"\0" + HARDWARE, 0xD5)] if self.knows_probe else []
        whole = frame(command, self._answer(command, data))
        fault = self.faults.get((key, self._counts[key]))
        return fault(whole) if fault else [whole]

    def _answer(self, command: int, data: bytes) -> bytes:
        match command:
            case 0x11:
                return b"\0" + VERSION
            case 0x13:
                return bytes.fromhex("00 0201 0103 0202 0300") if self.knows_probe else b"\x02"
            case 0xFE:
                return self._inventory(data[0], data[1])
        tag = self.tags.get(data[:8].hex().upper())
        if tag is None:
            return b"\x06" + data[:8]
        error, rest = self._addressed(tag, command, data[8:])
        return bytes((error,)) + data[:8] + rest

    def _inventory(self, afi: int, options: int) -> bytes:
        tags = [tag for tag in self.tags.values() if not tag.quiet]
        tags = tags * 2 if self.told_twice else tags
        sets = b"".join(bytes((tag.dsfid,)) + bytes.fromhex(tag.uid) for tag in tags)
        return bytes((0, afi, options, len(tags))) + sets

    def _addressed(self, tag: Tag, command: int, rest: bytes) -> tuple[int, bytes]:
        match command:
            case 0x01:
                tag.quiet = True
                return 0, b""
            case 0x02:
                return self._read(tag, *rest)
            case 0x03:
                return (0, b"\x01") if tag.eas else (0x06, b"\x00")
            case 0x0A:
                return 0, bytes((tag.afi,))
            case 0x0F:
                return 0, bytes((tag.dsfid,))
            case 0x0D:
                memory = bytes((3, len(tag.blocks) - 1))
                return 0, bytes((0x0F, tag.dsfid, tag.afi)) + memory + b"\x01\x00"
            case 0x04 | 0x09 | 0x0B | 0x0C:
                return self._write(tag, command, rest)
        return 0x02, b""

    def _read(self, tag: Tag, first: int, count: int, options: int = 0) -> tuple[int, bytes]:
        blocks = tag.blocks[first : first + count]
        if len(blocks) < count:
            return 0x11, b""
        lock = bytes((tag.locked,))
        if options & 0x04:
            lock = b"" if options & 0x08 else lock
            return 0, bytes((first, count)) + b"".join(lock + block for block in blocks)
        numbered = (bytes((first + n,)) + lock + block for n, block in enumerate(blocks))
        return 0, bytes((count,)) + b"".join(numbered)

    def _write(self, tag: Tag, command: int, rest: bytes) -> tuple[int, bytes]:
        tag.writes += 1
        if tag.locked:
            return 0x12, b""
        if not self.write_hook(tag, tag.writes):
            return 0x16, b""
        if command == 0x09:
            tag.afi = rest[0]
        elif command == 0x0B:
            tag.dsfid = rest[0]
        elif command == 0x0C:
            tag.eas = bool(rest[0])
        else:
            first, count, content = rest[0], rest[1], rest[3:]
            for n in range(count):
                tag.blocks[first + n] = content[4 * n : 4 * n + 4]
            return 0, bytes((first + count,))
        return 0, b""
