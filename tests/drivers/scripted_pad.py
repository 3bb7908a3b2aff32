"""A FEIG pad as the manual describes it, with faults by occurrence."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.drivers.far_end import Answer, answer_frame, command_of, data_of

Fault = Callable[[bytes], Answer]
VERSION = bytes.fromhex("03 03 00 44 4D 0D 30")  # SW-REV D-REV HW-TYPE SW-TYPE(4D = MR102) TR-TYPE


@dataclass
class Tag:
    uid: str
    afi: int = 0x07
    dsfid: int = 0x3E
    eas: bool = False
    blocks: list[bytes] = field(default_factory=lambda: [bytes(4)] * 28)
    quiet: bool = False
    locked: bool = False
    writes: int = 0


@dataclass
class ScriptedPad:
    """`faults[(key, n)]` bends the n-th answer (from 1) to a command, or to B0 plus sub-command."""

    tags: dict[str, Tag] = field(default_factory=dict)
    faults: dict[tuple[str, int], Fault] = field(default_factory=dict)
    write_hook: Callable[[Tag, int], bool] = lambda tag, number: True
    eas_of_any: bool = False  # a firmware that sends the EAS alarm without the address
    only_new_tags: bool = True  # ONT, the factory setting
    _counts: Counter[str] = field(default_factory=Counter)
    _left: list[Tag] = field(default_factory=list)

    def add(self, *uids: str) -> None:
        self.tags |= {uid: Tag(uid) for uid in uids}

    def count(self, key: str) -> int:
        return self._counts[key]

    def __call__(self, request: bytes) -> Answer:
        command, data = command_of(request), data_of(request)
        key = f"{command:02X}" + (f"{data[0]:02X}" if command == 0xB0 else "")
        self._counts[key] += 1
        whole = answer_frame(request, *self._answer(command, data))
        fault = self.faults.get((key, self._counts[key]))
        return fault(whole) if fault else [whole]

    def _answer(self, command: int, data: bytes) -> tuple[int, bytes]:
        match command:
            case 0x65:
                return 0, VERSION
            case 0x69:
                for tag in self.tags.values():
                    tag.quiet = False
                return 0, b""
            case 0x72:
                return 0, b""
            case 0xB0:
                return self._inventory(data[1]) if data[0] == 1 else self._addressed(data)
            case 0xB1:
                return self._eas(data)
        return 0x80, b""

    def _eas(self, data: bytes) -> tuple[int, bytes]:
        """B1 04 A2/A3 set and reset, A5 alarm; mode 00 is every tag that is not quiet."""
        if data[2] == 0 or (self.eas_of_any and data[1] == 0xA5):
            near = [tag for tag in self.tags.values() if not tag.quiet]
        else:
            near = [tag for uid, tag in self.tags.items() if uid == data[3:11].hex().upper()]
        if data[1] == 0xA5:
            return (0 if any(tag.eas for tag in near) else 1), b""
        for tag in near:
            tag.writes += 1
            if not self.write_hook(tag, tag.writes):
                return 0x03, b""
            tag.eas = data[1] == 0xA2
        return (0 if near else 1), b""

    def _inventory(self, mode: int) -> tuple[int, bytes]:
        if not mode & 0x80:
            self._left = [tag for tag in self.tags.values() if not tag.quiet]
        now, self._left = self._left[:24], self._left[24:]
        for tag in now:
            tag.quiet = self.only_new_tags
        sets = b"".join(b"\x03\x3e" + bytes.fromhex(tag.uid) for tag in now)
        if not now:
            return 0x01, b""
        return (0x94 if self._left else 0x00), bytes((len(now),)) + sets

    def _addressed(self, data: bytes) -> tuple[int, bytes]:
        tag = self.tags.get(data[2:10].hex().upper())
        if tag is None:
            return 0x01, b""
        rest = data[10:]
        match data[0]:
            case 0x23:
                blocks = tag.blocks[rest[0] : rest[0] + rest[1]]
                if len(blocks) < rest[1]:
                    return 0x95, b"\x10"
                return 0, bytes((len(blocks), 4)) + b"".join(b"\0" + b[::-1] for b in blocks)
            case 0x2B:
                told = bytes((tag.dsfid,)) + bytes.fromhex(tag.uid)
                return 0, told + bytes((tag.afi, 4, len(tag.blocks), 1))
            case 0x2C:
                return 0, bytes((rest[1],)) + bytes((tag.locked,)) * rest[1]
            case _:
                return self._write(tag, data[0], rest)

    def _write(self, tag: Tag, sub_command: int, rest: bytes) -> tuple[int, bytes]:
        tag.writes += 1
        if tag.locked:
            return 0x95, b"\x12" + rest[:1]
        if not self.write_hook(tag, tag.writes):
            return 0x03, rest[:1]
        if sub_command == 0x27:
            tag.afi = rest[0]
        elif sub_command == 0x29:
            tag.dsfid = rest[0]
        else:
            for n in range(rest[1]):
                tag.blocks[rest[0] + n] = rest[3 + 4 * n : 7 + 4 * n][::-1]
        return 0, b""


def mute(whole: bytes) -> Answer:
    return []


def late(whole: bytes) -> Answer:
    """Later than a driver waits for a tag, if it is impatient (conftest)."""
    return [0.45, whole]


def slow(whole: bytes) -> Answer:
    return [0.1, whole]


def doubled(whole: bytes) -> Answer:
    return [whole + whole]


def cut(whole: bytes) -> Answer:
    return [whole[:-3]]


def dropped_first(whole: bytes) -> Answer:
    return [whole[1:]]


def dropped_middle(whole: bytes) -> Answer:
    return [whole[:4] + whole[5:]]


def flipped_length(whole: bytes) -> Answer:
    return [bytes((whole[0] ^ 0x40,)) + whole[1:]]


def flipped_data(whole: bytes) -> Answer:
    return [whole[:5] + bytes((whole[5] ^ 0x01,)) + whole[6:]]


def noise_before(whole: bytes) -> Answer:
    return [b"\x7f\x00" + whole]


def in_single_bytes(whole: bytes) -> Answer:
    return [part for byte in whole for part in (bytes((byte,)), 0.0003)]
