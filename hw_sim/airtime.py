"""How long the air and the line need: the timing model of the readers, as pure functions.

Numbers: ISO/IEC 15693-2 and -3 (1-of-4 downlink, 26.48 kbit/s uplink, 302.08 us per byte both ways)
and a Monte Carlo of the 16-slot inventory over 3000 random stacks, empty slots cut short.
"""

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

BYTE_MS = 0.30208  # ISO/IEC 15693-2, 7.2.1 and 8.4: one byte on the air, down or up
FRAME_ENDS_MS = 0.113  # ISO/IEC 15693-2: SOF 75.5 us and EOF 37.8 us of a request, 1 of 4
AFTER_REQUEST_MS = 0.32  # ISO/IEC 15693-3, 9: t1, the least pause behind a request
BITS_PER_BYTE_8E1 = 11  # start, eight data, parity, stop
BITS_PER_BYTE_8N1 = 10
DEFAULT_BAUD = 38400  # FEIG H20800, factory setting
UIDS_PER_FRAME = 24  # what a standard frame of 255 bytes holds: 5 + 24 x 10 + 2
RF_RESET_MS = 15.0  # FEIG H20800, 69: the field is off that long
BUFFER_ANSWER_MS = 6.0  # FEIG: buffered-read commands answer in typically 6 ms
MULTIPLEX_MS = 5.0  # switching the gate from one antenna to the next: about 10 ms for both
EAS_ALARM_MS = 12.8  # NXP A5: 32-byte sequence


class Modulation(StrEnum):
    """Depth of the reader's modulation; at 10 % an empty slot costs a full answer time."""

    FULL = "100"
    TEN = "10"


# (tags, mean ms) of the 16-slot inventory
_INVENTORY_FULL = ((0, 10), (1, 14), (5, 38), (6, 46), (10, 82), (15, 131), (20, 182), (30, 284))
_INVENTORY_TEN = ((0, 70), (1, 70), (5, 114), (6, 133), (10, 233), (15, 377), (20, 539), (30, 839))


@dataclass(frozen=True, slots=True)
class AirModel:
    """Air times in ms. `programming_ms` is a tag's write time; the standard allows up to 20."""

    modulation: Modulation = Modulation.FULL
    programming_ms: float = 20.0

    def inventory_ms(self, tags: int) -> float:
        """Mean time of one inventory with this many answering tags."""
        match self.modulation:
            case Modulation.FULL:
                return _interpolate(_INVENTORY_FULL, tags)
            case Modulation.TEN:
                return _interpolate(_INVENTORY_TEN, tags)
            case _:
                assert_never(self.modulation)

    def read_ms(self, blocks: int) -> float:
        """Addressed read of `blocks` blocks of four bytes in one command."""
        if blocks <= 1:
            return 6.8
        return 10.7 + (blocks - 4) * 4 * BYTE_MS

    def write_blocks_ms(self, blocks: int) -> float:
        """The reader writes block by block."""
        return blocks * (6.8 + self.programming_ms)

    def write_attribute_ms(self) -> float:
        """Write AFI, DSFID or EAS, or set a lock."""
        return 5.6 + self.programming_ms

    def system_information_ms(self) -> float:
        return 9.5

    def short_command_ms(self) -> float:
        """Select, reset to ready: an addressed request, at most a two-byte answer."""
        return 5.6

    def stay_quiet_ms(self) -> float:
        """Twelve bytes down and the pause behind: no tag answers this one (15693-3, 10.2.2)."""
        return 12 * BYTE_MS + FRAME_ENDS_MS + AFTER_REQUEST_MS


@dataclass(frozen=True, slots=True)
class UhfAirModel:
    """Air times of an EPC Gen2 reader in ms: estimates for Miller 4, to be checked on a device.

    An inventory takes the reader's scan time, however few tags there are (CF-RU5102 manual V1.2).
    """

    singulation_ms: float = 6.0
    access_ms: float = 10.0
    word_read_ms: float = 0.5
    word_write_ms: float = 10.0

    def tags_within(self, scan_ms: float) -> int:
        """How many tags one inventory finds before its time is over."""
        return int(scan_ms / self.singulation_ms)

    def read_ms(self, words: int) -> float:
        """Find one tag by its EPC and read `words` words of 2 bytes."""
        return self.access_ms + words * self.word_read_ms

    def write_ms(self, words: int) -> float:
        """Find one tag by its EPC and write `words` words, one by one."""
        return self.access_ms + words * self.word_write_ms


@dataclass(frozen=True, slots=True)
class CycleTime:
    """What one cycle costs at least, in ms."""

    air_ms: float
    line_ms: float

    @property
    def total_ms(self) -> float:
        return self.air_ms + self.line_ms


def line_ms(
    byte_count: int, baud: int = DEFAULT_BAUD, bits_per_byte: int = BITS_PER_BYTE_8E1
) -> float:
    """Time of `byte_count` bytes on a serial line, 8E1 unless told."""
    return byte_count * bits_per_byte * 1000 / baud


def cycle_ms(
    tags: int, blocks: int, *, baud: int = DEFAULT_BAUD, air: AirModel | None = None
) -> CycleTime:
    """The least a pad needs to inventory `tags`, and read, write AFI and verify it for each.

    FEIG standard frames; the AFI is verified by system information, the only command that tells it.
    Neither RF reset nor the silence before requests is counted: a driver that needs them pays.
    """
    model = air or AirModel()
    frames = max(1, math.ceil(tags / UIDS_PER_FRAME))
    inventory_bytes = (
        frames * (7 + 7) + tags * 10
    )  # per frame: request 7, answer 7 + 10 for each UID
    read_bytes = 17 + 8 + blocks * 5  # each block comes with its security byte
    afi_bytes = 16 + 6
    verify_bytes = 15 + 19
    per_tag_air = model.read_ms(blocks) + model.write_attribute_ms() + model.system_information_ms()
    return CycleTime(
        air_ms=model.inventory_ms(tags) + tags * per_tag_air,
        line_ms=line_ms(inventory_bytes + tags * (read_bytes + afi_bytes + verify_bytes), baud),
    )


def _interpolate(table: tuple[tuple[int, int], ...], tags: int) -> float:
    """Straight lines between the rows; beyond the last row with the slope of the last two."""
    rows = itertools.pairwise(table)
    (x0, y0), (x1, y1) = next((row for row in rows if tags <= row[1][0]), table[-2:])
    return y0 + (y1 - y0) * (tags - x0) / (x1 - x0)
