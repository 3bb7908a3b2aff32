"""Rounds of one reader on one wire: an act under a fault, then a cycle without; judged in memory.

What a reader says is compared with the simulated tags themselves, never with what it said before.
"""

import contextlib
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from drivers.errors import NotAvailable, ReaderError
from drivers.reader import Reader, UhfReader
from drivers.registry import open_reader, open_uhf_reader
from hw_sim.faults import Fault, FaultKind
from hw_sim.settings import PadModel, UhfModel
from hw_sim.stations import PadStation, UhfPadStation
from hw_sim.tag import blank_tag
from hw_sim.uhf_tag import uhf_tag
from hw_sim.world import World

TAGS = 3  # within the limit of every reader
RETURN_S = 3.0  # a plug put back is found within two of the driver's attempts to reopen
LATE_MS = 1700.0  # beyond every answer time but an inventory's on UHF
UNPLUGGED_MS = 200.0
FIRST, COUNT = 4, 3  # the blocks that are written
AFIS = (0x07, 0xC2)


class Wire(StrEnum):
    PTY = "pty"
    TCP = "tcp"
    RFC2217 = "rfc2217"


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a kiosk does, and the beginning of the request that the fault is meant for."""

    name: str
    request: bytes


@dataclass(slots=True)
class Tally:
    """What came of the rounds of one reader, wire and fault."""

    rounds: int = 0
    hits: int = 0  # faults that really met an exchange
    refused: int = 0  # acts that ended with an error of ours
    false_tags: int = 0
    false_data: int = 0  # blocks told that are not on the tag
    false_writes: int = 0  # writes reported good that are not on the tag
    lost_cycles: int = 0  # cycles after the fault that did not succeed at once
    trouble: list[str] = field(default_factory=list)


class Bench(Protocol):
    """One opened reader with its tags, and the acts it is put through."""

    acts: Sequence[Act]

    def perform(self, act: Act, tally: Tally) -> None:
        """Do it, and compare what is told with the tags."""
        ...

    def cycle_succeeds(self) -> bool:
        """A whole cycle of a kiosk, right in everything."""
        ...

    def close(self) -> None: ...


_FEIG_ACTS = (
    Act("inventory", b"\xb0\x01"),
    Act("inventory", b"\x69"),
    Act("read", b"\xb0\x23"),
    Act("write", b"\xb0\x24"),
    Act("write", b"\xb0\x23"),
    Act("afi", b"\xb0\x2b"),
    Act("afi", b"\xb0\x27"),
    Act("dsfid", b"\xb0\x29"),
    Act("eas", b"\xb1\x04"),
)
_M3_ACTS = (
    Act("inventory", b"\xfe"),
    Act("read", b"\x02"),
    Act("write", b"\x04"),
    Act("write", b"\x02"),
    Act("afi", b"\x0a"),
    Act("afi", b"\x09"),
    Act("dsfid", b"\x0b"),
    Act("eas", b"\x0c"),
    Act("eas", b"\x03"),
)
_CHAFON_ACTS = (
    Act("inventory", b"\x01"),
    Act("read", b"\x02"),
    Act("write", b"\x02"),
    Act("write", b"\x03"),
)


class BlockBench:
    """A reader of ISO 15693 tags."""

    def __init__(self, world: World, station: PadStation, url: str, model: PadModel, seed: int):
        self._tags = [blank_tag(_uid(station.name, number)) for number in range(TAGS)]
        self._chance = random.Random(seed)
        world.make_tags(self._tags)
        world.place(station.name, [tag.name for tag in self._tags])
        self._reader: Reader = open_reader(model, url)
        acts = _M3_ACTS if model.startswith("m3") else _FEIG_ACTS
        has_eas = self._reader.capabilities.has_eas
        self.acts = [act for act in acts if has_eas or act.name != "eas"]

    def perform(self, act: Act, tally: Tally) -> None:
        tag = self._chance.choice(self._tags)
        match act.name:
            case "inventory":
                seen = [it.uid for it in self._reader.inventory()]
                tally.false_tags += len(seen) - len({it.name for it in self._tags} & set(seen))
            case "read":
                told = self._reader.read_blocks(tag.name, 0, 8)
                tally.false_data += told != tag.read(0, 8)
            case "write":
                data = self._chance.randbytes(4 * COUNT)
                self._reader.write_blocks(tag.name, FIRST, data)
                tally.false_writes += tag.read(FIRST, COUNT) != data
            case "dsfid":
                dsfid = self._chance.randrange(256)
                self._reader.write_dsfid(tag.name, dsfid)
                tally.false_writes += tag.dsfid != dsfid
            case "eas":
                on = not tag.eas
                self._reader.write_eas(tag.name, on=on)
                tally.false_writes += tag.eas is not on
            case _:
                afi = AFIS[tag.afi == AFIS[0]]
                self._reader.write_afi(tag.name, afi)
                tally.false_writes += tag.afi != afi

    def cycle_succeeds(self) -> bool:
        tag, data = self._chance.choice(self._tags), self._chance.randbytes(4 * COUNT)
        afi = AFIS[tag.afi == AFIS[0]]
        seen = sorted(it.uid for it in self._reader.inventory())
        self._reader.write_blocks(tag.name, FIRST, data)
        self._reader.write_afi(tag.name, afi)
        held = (tag.read(FIRST, COUNT), tag.afi)
        return seen == sorted(it.name for it in self._tags) and held == (data, afi)

    def close(self) -> None:
        self._reader.close()


class BankBench:
    """A reader of UHF tags."""

    def __init__(self, world: World, station: UhfPadStation, url: str, model: UhfModel, seed: int):
        self.acts = _CHAFON_ACTS
        tids = [b"\xe2\x00\x34\x12" + _uid(station.name, number) for number in range(TAGS)]
        self._tags = [uhf_tag(tid, tid) for tid in tids]
        self._chance = random.Random(seed)
        world.make_uhf_tags(self._tags)
        world.place_uhf(station.name, [tag.name for tag in self._tags])
        self._reader: UhfReader = open_uhf_reader(model, url)

    def perform(self, act: Act, tally: Tally) -> None:
        tag = self._chance.choice(self._tags)
        name = tag.epc.hex().upper()
        match act.name:
            case "inventory":
                seen = [it.uid for it in self._reader.inventory()]
                placed = {it.epc.hex().upper() for it in self._tags}
                tally.false_tags += len(seen) - len(placed & set(seen))
            case "read":
                tally.false_data += self._reader.read_user_bank(name) != bytes(tag.user_bank)
            case _:
                data = self._chance.randbytes(4 * COUNT)
                self._reader.write_user_bank(name, data)
                tally.false_writes += bytes(tag.user_bank[: len(data)]) != data

    def cycle_succeeds(self) -> bool:
        tag, data = self._chance.choice(self._tags), self._chance.randbytes(4 * COUNT)
        seen = sorted(it.uid for it in self._reader.inventory())
        self._reader.write_user_bank(tag.epc.hex().upper(), data)
        placed = sorted(it.epc.hex().upper() for it in self._tags)
        return seen == placed and bytes(tag.user_bank[: len(data)]) == data

    def close(self) -> None:
        self._reader.close()


def play(
    bench: Bench,
    station: PadStation | UhfPadStation,
    kind: FaultKind,
    *,
    seeds: Sequence[int],
    chosen: Callable[[Act], bool],
) -> Tally:
    """Each chosen act under the fault, once for each seed, and a cycle after each."""
    tally = Tally()
    for seed in seeds:
        for act in filter(chosen, bench.acts):
            _round(bench, station, _fault(kind, act, seed), act, tally)
    return tally


def _fault(kind: FaultKind, act: Act, seed: int) -> Fault:
    chance = random.Random(f"{kind} {act} {seed}")
    at = chance.randrange(24) if kind in (FaultKind.DROP, FaultKind.FLIP, FaultKind.CUT) else None
    delay_ms = LATE_MS if kind is FaultKind.LATE else UNPLUGGED_MS
    return Fault(kind, at=at, delay_ms=delay_ms, command=act.request)


def _round(
    bench: Bench, station: PadStation | UhfPadStation, fault: Fault, act: Act, tally: Tally
) -> None:
    station.faults.add(fault)
    tally.rounds += 1
    try:
        bench.perform(act, tally)
    except ReaderError as error:
        tally.refused += 1
        tally.trouble.append(f"{act.name}: {error}")
    tally.hits += not station.faults.waiting()
    station.faults.clear()
    tally.lost_cycles += not _recovers(bench, station)


def _recovers(bench: Bench, station: PadStation | UhfPadStation) -> bool:
    """At once, or, if the plug was out, as soon as the driver tries to reopen."""
    end = time.monotonic() + RETURN_S
    while not station.is_plugged and time.monotonic() < end:
        time.sleep(0.01)
    while time.monotonic() < end:
        with contextlib.suppress(NotAvailable):
            return bench.cycle_succeeds()
        time.sleep(0.05)
    return False


def _uid(name: str, number: int) -> bytes:
    return b"\xe0\x04" + random.Random(f"{name} {number}").randbytes(6)
