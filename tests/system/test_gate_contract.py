"""Every way a gate tells of books, under every single fault: each at least once, none made up.

Real drivers on simulated gates, all at once. A pulled plug takes the reader's memory with it, so
there only the next book counts.
"""

import contextlib
import itertools
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.errors import ReaderError
from drivers.reader import GateReader
from drivers.registry import open_gate_reader
from hw_sim.aisle import Direction
from hw_sim.devices.feig_gate import GateMode
from hw_sim.faults import Fault, FaultKind
from hw_sim.ports import free_port
from hw_sim.server import Simulation
from hw_sim.settings import GateSettings, NotifySettings, SimSettings, Timing
from hw_sim.tag import blank_tag
from hw_sim.world import World

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\):DeprecationWarning"),
]

LINES = ("pty", "tcp", "rfc2217", "notify")
NOT_CALLED = {FaultKind.BAUD, FaultKind.PARITY}  # a call has neither
READ, CLEAR = b"\x22", b"\x32"
BOOKS = 2
SPEED_M_S = 4.0
PATIENCE_S = 60.0
BROKEN_OFF = 1  # byte of a frame that ends early: the worst, as the next is read into its length
LATE_MS = 1500.0


@dataclass(frozen=True, slots=True)
class Passed:
    """What one round told, against what was carried through."""

    hit: bool
    missing: int
    made_up: int
    missing_after: int


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, Fault], Passed]]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(0.0005)  # devices and drivers share this process
    port = free_port()
    with Simulation(_settings(tmp_path_factory.mktemp("sim"), port)) as simulation:
        results: dict[tuple[str, Fault], Passed] = {}

        def run(line: str) -> None:
            reader = _open(simulation, line, port)
            for fault in _faults(line):
                results[line, fault] = _round(simulation.world, reader, line, fault)
            reader.close()

        with ThreadPoolExecutor(len(LINES)) as pool:
            for done in [pool.submit(run, line) for line in LINES]:
                done.result()
        yield results
    sys.setswitchinterval(interval)


def _settings(state: Path, port: int) -> SimSettings:
    calling = {"mode": GateMode.NOTIFICATION, "notify": NotifySettings(port=port)}
    return SimSettings(
        state_dir=state,
        pads=(),
        card_readers=(),
        gates=tuple(
            GateSettings(name=line, timing=Timing.NONE, **(calling if line == "notify" else {}))
            for line in LINES
        ),
    )


def _open(simulation: Simulation, line: str, port: int) -> GateReader:
    plugs = simulation.wiring()["gates"][line]
    if line == "notify":
        return open_gate_reader("feig-lr2500-notify", f"{plugs['tcp']}?notify=127.0.0.1:{port}")
    return open_gate_reader("feig-lr2500", plugs[line])


def _faults(line: str) -> list[Fault]:
    commands = (READ,) if line == "notify" else (READ, CLEAR)
    kinds = [kind for kind in FaultKind if line != "notify" or kind not in NOT_CALLED]
    return [
        Fault(
            kind,
            at=BROKEN_OFF if kind is FaultKind.CUT else None,
            delay_ms=LATE_MS if kind is FaultKind.LATE else 200.0,
            command=command,
        )
        for kind, command in itertools.product(kinds, commands)
    ]


_serial = itertools.count(1)


def _round(world: World, reader: GateReader, line: str, fault: Fault) -> Passed:
    station = world.gates[line]
    books, others = _new_books(world), _new_books(world)
    station.faults.add(fault)
    _carry_through(world, line, books)  # nobody asks an empty buffer: the fault would be wasted
    keeps = fault.kind is not FaultKind.UNPLUG
    seen = _polled(
        reader, lambda seen: not station.faults.waiting() and (books <= seen or not keeps)
    )
    hit = not station.faults.waiting()
    station.faults.clear()
    if not keeps:
        _wait(lambda: _replugged(world, line))
    _carry_through(world, line, others)
    after = _polled(reader, lambda seen: others <= seen)
    return Passed(
        hit=hit,
        missing=len(books - seen) if keeps else 0,
        made_up=len((seen | after) - {tag.name for tag in world.tags()}),
        missing_after=len(others - after),
    )


def _carry_through(world: World, line: str, books: set[str]) -> None:
    """Walk until the antennas have heard the books: on a busy machine they may miss a walk."""
    end = time.monotonic() + PATIENCE_S
    while not _is_buffered(world, line, books) and time.monotonic() < end:
        walk = world.walk(line, books, Direction.OUT, speed_m_s=SPEED_M_S)
        while not _is_buffered(world, line, books) and time.monotonic() < walk.ended_at:
            time.sleep(0.005)


def _is_buffered(world: World, line: str, books: set[str]) -> bool:
    events = world.events.of(line)
    told = {
        uid for event in events if event.kind == "tags_buffered" for uid in event.details["uids"]
    }
    return books <= told


def _replugged(world: World, line: str) -> bool:
    return any(event.kind == "replugged" for event in world.events.of(line))


def _new_books(world: World) -> set[str]:
    tags = [blank_tag(b"\xe0\x04" + next(_serial).to_bytes(6, "big")) for _ in range(BOOKS)]
    world.make_tags(tags)
    return {tag.name for tag in tags}


def _polled(reader: GateReader, enough: Callable[[set[str]], bool]) -> set[str]:
    """What the polls of a gate's loop told until it was enough, or until patience ended."""
    seen: set[str] = set()
    end = time.monotonic() + PATIENCE_S
    while not enough(seen) and time.monotonic() < end:
        with contextlib.suppress(ReaderError):
            seen |= {tag.uid for tag in reader.poll()}
        time.sleep(0.01)
    return seen


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        pytest.param(
            line,
            fault,
            id=f"{line}-{fault.kind}-{fault.command.hex()}",
        )
        for line in LINES
        for fault in _faults(line)
    ],
)
def test_a_book_is_told_at_least_once_whatever_the_line_does(
    results: dict[tuple[str, Fault], Passed], line: str, fault: Fault
) -> None:
    assert results[line, fault] == Passed(hit=True, missing=0, made_up=0, missing_after=0)
