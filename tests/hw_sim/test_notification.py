"""A gate in notification mode: it calls the host, tells until it was heard, and counts people."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from hw_sim.aisle import Direction
from hw_sim.devices.feig_gate import GateMode
from hw_sim.faults import Fault, FaultKind
from hw_sim.server import Simulation
from hw_sim.settings import GateSettings, NotifySettings, SimSettings, Timing
from hw_sim.tag import Tag

CLEAR = bytes.fromhex("02 00 07 FF 32 54 47")
# TR-DATA 91 04, one set: TYPE 03, IDDT 00, LEN 0A, AFI 07, DSFID 00, UID; the antenna follows
RECORD = bytes.fromhex("22 00 91 04 00 01 00 10 03 00 0A 07 00 E0 04 01 00 31 23 AA 26")
PEOPLE = bytes.fromhex("77 00 00 00 00 00 00 00 00 01")  # in 1: none, out 1: one
SPEED = 10.0  # m/s: nobody waits for people here


@pytest.fixture
def host() -> Iterator[socket.socket]:
    """Where the gate calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def acknowledged() -> bool:
    return True


@pytest.fixture
def gate(
    tmp_path: Path, host: socket.socket, acknowledged: bool, book: Tag
) -> Iterator[Simulation]:
    notify = NotifySettings(port=host.getsockname()[1], acknowledged=acknowledged)
    settings = SimSettings(
        state_dir=tmp_path,
        pads=(),
        gates=(
            GateSettings(
                name="gate1", timing=Timing.NONE, mode=GateMode.NOTIFICATION, notify=notify
            ),
        ),
    )
    with Simulation(settings) as simulation:
        simulation.world.make_tags([book])
        yield simulation


def _frame(line: socket.socket) -> bytes:
    """Command, status and data of the next frame, which must be an advanced one."""
    line.settimeout(5)
    head = line.recv(3, socket.MSG_WAITALL)
    assert head[:1] == b"\x02", "advanced"
    return line.recv(int.from_bytes(head[1:], "big") - 3, socket.MSG_WAITALL)[1:-2]


def test_a_book_is_told_until_the_host_has_acknowledged_it(
    gate: Simulation, host: socket.socket, book: Tag
) -> None:
    gate.world.walk("gate1", [book.name], Direction.OUT, speed_m_s=SPEED)

    with host.accept()[0] as line:
        told = []
        while len(told) < 2:
            frame = _frame(line)
            if frame[0] == 0x22:
                told.append(frame[:-1])
        line.sendall(CLEAR)
        deadline = time.monotonic() + 60
        while gate.world.gates["gate1"].device.has_records and time.monotonic() < deadline:
            time.sleep(0.01)

    assert told == [RECORD, RECORD], "the same again, because nobody said that it came"
    assert not gate.world.gates["gate1"].device.has_records


@pytest.mark.parametrize("acknowledged", [False])
def test_without_acknowledge_a_book_is_told_once(
    gate: Simulation, host: socket.socket, book: Tag
) -> None:
    gate.world.walk("gate1", [book.name], Direction.OUT, speed_m_s=SPEED)

    with host.accept()[0] as line:
        frames = [_frame(line), _frame(line)]
        line.settimeout(1.3)
        with pytest.raises(TimeoutError):
            line.recv(1)

    assert [frame[0] for frame in frames] == [0x22, 0x77]


def test_a_host_that_hangs_up_is_called_again_with_the_same_record(
    gate: Simulation, host: socket.socket, book: Tag
) -> None:
    gate.world.walk("gate1", [book.name], Direction.OUT, speed_m_s=SPEED)

    told = []
    for _ in range(2):
        with host.accept()[0] as line:
            while not told or len(told) < 2:
                frame = _frame(line)
                if frame[0] == 0x22:
                    told.append(frame[:-1])
                    break

    assert told == [RECORD, RECORD]


def test_a_person_is_counted_and_told_and_one_who_turns_back_is_not(
    gate: Simulation, host: socket.socket
) -> None:
    turned = gate.world.walk("gate1", [], Direction.OUT, speed_m_s=SPEED, turns_back=True)
    time.sleep(max(0.0, turned.ended_at - time.monotonic()) + 0.1)
    gate.world.walk("gate1", [], Direction.OUT, speed_m_s=SPEED)

    with host.accept()[0] as line:
        event = _frame(line)

    assert event[:10] == PEOPLE
    assert gate.world.gates["gate1"].device.people.counts == [0, 1, 0, 0]


def test_a_damaged_notification_is_sent_again(
    gate: Simulation, host: socket.socket, book: Tag
) -> None:
    gate.world.fault("gate1", Fault(FaultKind.CUT, at=5, command=b"\x22"))
    gate.world.walk("gate1", [book.name], Direction.OUT, speed_m_s=SPEED)

    with host.accept()[0] as line:
        line.settimeout(5)
        came = b""
        while RECORD not in came:
            came += line.recv(100)
        line.sendall(CLEAR)

    assert came.startswith(bytes.fromhex("02 00 1C 00 22")), "five bytes and no more"
    assert came.count(RECORD) == 1


def test_a_power_cut_ends_the_call_and_forgets_the_records(
    gate: Simulation, host: socket.socket, book: Tag
) -> None:
    gate.world.walk("gate1", [book.name], Direction.OUT, speed_m_s=SPEED)

    with host.accept()[0] as line:
        line.settimeout(5)
        gate.world.unplug("gate1")
        while line.recv(100):
            pass
    time.sleep(0.5)  # the walk is over
    gate.world.replug("gate1")

    assert not gate.world.gates["gate1"].device.has_records


def test_the_command_port_has_no_buffer_to_read(
    gate: Simulation, framed: Callable[[str], bytes]
) -> None:
    reader = gate.world.gates["gate1"].reader

    answers = [reader.exchange(framed(command)).frame for command in ("22 00 FF", "65")]

    assert [answer[3] for answer in answers if answer] == [0x82, 0x00]


def test_notification_mode_needs_somebody_to_call() -> None:
    with pytest.raises(ValidationError, match="needs `notify`"):
        GateSettings(name="gate1", mode=GateMode.NOTIFICATION)
