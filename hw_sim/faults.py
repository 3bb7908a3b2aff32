"""Faults of a line, in words and with counts that wear off.

Most hit what the device answers. Baud and parity hit the request, which the device then does not
understand; a pulled plug ends the answer, and the supply with it.
"""

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never


class FaultKind(StrEnum):
    """What happens to an exchange on its way."""

    DROP = "drop"  # one byte of the answer is lost
    FLIP = "flip"  # one bit of it is turned
    DOUBLE = "double"  # it comes twice
    CUT = "cut"  # it ends early
    NOISE = "noise"  # bytes of nobody come before it
    LATE = "late"  # it comes after `delay_ms`
    MUTE = "mute"  # it does not come
    BAUD = "baud"  # the device listens at another speed: nothing is done, nothing comes
    PARITY = "parity"  # it expects another parity: the same
    UNPLUG = "unplug"  # the plug is pulled within the answer, and in again after `delay_ms`


UNHEARD = frozenset({FaultKind.BAUD, FaultKind.PARITY})


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of trouble for the next `count` exchanges.

    `at` is the byte for drop and flip, the bytes kept for cut and unplug, the bytes sent before for
    noise; None lets chance decide. `command` limits it to requests whose command and data begin so.
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
        """Let `fault` hit the next exchanges it fits."""
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """Faults that have not worn off, with what is left of their counts."""
        return tuple(self._waiting)

    def unheard(self, request: bytes) -> FaultKind | None:
        """Why the device does not understand this request; None: it does."""
        index = self._first(request)
        if index is None or self._waiting[index].kind not in UNHEARD:
            return None
        return self._take(index).kind

    def apply(self, request: bytes, answer: bytes) -> Damaged:
        """An answer to `request` (command byte and data) after the first fault that fits."""
        index = self._first(request)
        if index is None or self._waiting[index].kind in UNHEARD:
            return Damaged(answer)
        return self._damage(self._take(index), answer)

    def _first(self, request: bytes) -> int | None:
        fits = (i for i, it in enumerate(self._waiting) if request.startswith(it.command))
        return next(fits, None)

    def _take(self, index: int) -> Fault:
        fault = self._waiting[index]
        if fault.count <= 1:
            del self._waiting[index]
        else:
            self._waiting[index] = replace(fault, count=fault.count - 1)
        return fault

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
                data = self._beginning(fault, answer)
            case FaultKind.NOISE:
                data = self._chance.randbytes(2 if fault.at is None else fault.at) + answer
            case FaultKind.LATE:
                return Damaged(answer, fault.delay_ms, fault.kind)
            case FaultKind.MUTE:
                data = b""
            case FaultKind.UNPLUG:
                return Damaged(self._beginning(fault, answer), fault.delay_ms, fault.kind)
            case FaultKind.BAUD | FaultKind.PARITY:
                raise AssertionError("the request was not understood, so there is no answer")
            case _:
                assert_never(fault.kind)
        return Damaged(data, kind=fault.kind)

    def _byte(self, fault: Fault, answer: bytes) -> int:
        if fault.at is None:
            return self._chance.randrange(len(answer))
        return min(fault.at, len(answer) - 1)

    def _beginning(self, fault: Fault, answer: bytes) -> bytes:
        kept = self._chance.randrange(len(answer)) if fault.at is None else fault.at
        return answer[:kept]
