"""Faults of a line, in words and with counts that wear off. They hit what the device answers."""

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never


class FaultKind(StrEnum):
    """What happens to an answer on its way to the host."""

    DROP = "drop"  # one byte is lost
    FLIP = "flip"  # one bit is turned
    DOUBLE = "double"  # the answer comes twice
    CUT = "cut"  # the answer ends early
    NOISE = "noise"  # bytes of nobody come before it
    LATE = "late"  # it comes after `delay_ms`
    MUTE = "mute"  # it does not come


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble for the next `count` answers.

    `at` is the byte for drop and flip, the bytes kept for cut, the bytes sent before for noise;
    None lets chance decide. `command` limits it to requests whose command and data begin so.
    """

    kind: FaultKind
    count: int = 1
    at: int | None = None
    delay_ms: float = 300.0
    command: bytes = b""


@dataclass(frozen=True, slots=True)
class Damaged:
    """What is left of an answer. `data` empty: nothing is sent. `kind` None: nothing happened."""

    data: bytes
    delay_ms: float = 0.0
    kind: FaultKind | None = None


class FaultInjector:
    """Waiting faults of one device, first come first served."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let `fault` hit the next answers it fits."""
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """Faults that have not worn off, with what is left of their counts."""
        return tuple(self._waiting)

    def apply(self, request: bytes, answer: bytes) -> Damaged:
        """An answer to `request` (command byte and data) after the first fault that fits."""
        for index, fault in enumerate(self._waiting):
            if request.startswith(fault.command):
                self._wear(index, fault)
                return self._damage(fault, answer)
        return Damaged(answer)

    def _wear(self, index: int, fault: Fault) -> None:
        if fault.count <= 1:
            del self._waiting[index]
        else:
            self._waiting[index] = replace(fault, count=fault.count - 1)

    def _damage(self, fault: Fault, answer: bytes) -> Damaged:
        match fault.kind:
            case FaultKind.DROP:
                at = self._byte(fault, answer)
                data = answer[:at] + answer[at + 1 :]
            case FaultKind.FLIP:
                at = self._byte(fault, answer)
                turned = answer[at] ^ (1 << self._chance.randrange(8))
                data = answer[:at] + bytes((turned,)) + answer[at + 1 :]
            case FaultKind.DOUBLE:
                data = answer + answer
            case FaultKind.CUT:
                data = answer[: len(answer) // 2 if fault.at is None else fault.at]
            case FaultKind.NOISE:
                data = self._chance.randbytes(2 if fault.at is None else fault.at) + answer
            case FaultKind.LATE:
                return Damaged(answer, fault.delay_ms, fault.kind)
            case FaultKind.MUTE:
                data = b""
            case _:
                assert_never(fault.kind)
        return Damaged(data, kind=fault.kind)

    def _byte(self, fault: Fault, answer: bytes) -> int:
        if fault.at is None:
            return self._chance.randrange(len(answer))
        return min(fault.at, len(answer) - 1)
