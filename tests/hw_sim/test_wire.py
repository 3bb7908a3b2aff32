"""A host on the pty and on TCP: opening at 8E1, faults by count, pulled plugs, line speed."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import serial

from hw_sim.airtime import AirModel, line_ms
from hw_sim.faults import Fault, FaultKind
from hw_sim.server import Simulation
from hw_sim.settings import GateSettings, PadSettings, SimSettings, Timing
from hw_sim.tag import blank_tag

Framed = Callable[[str], bytes]
NO_TAG = bytes.fromhex("06 00 B0 01 5C 63")


def test_a_host_opens_the_pty_at_8e1_again_and_again(world: Simulation, framed: Framed) -> None:
    port = world.wiring()["pads"]["pad1"]["pty"]
    answers = []

    for speed in (38400, 38400, 38400, 9600, 38400):
        with serial.Serial(port, speed, parity="E", timeout=0.5, exclusive=True) as line:
            line.write(framed("B0 01 00"))
            answers.append(line.read(6))

    assert answers == [NO_TAG, NO_TAG, NO_TAG, b"", NO_TAG], "a host at 9600 is not understood"


def test_the_same_reader_answers_on_tcp(world: Simulation, framed: Framed) -> None:
    plugs = world.wiring()["pads"]["pad1"]
    world.world.make_tags([blank_tag(bytes.fromhex("E00401003123AA26"))])
    world.world.place("pad1", ["E00401003123AA26"])

    for _ in range(2):
        with serial.serial_for_url(plugs["tcp"], timeout=20) as line:
            line.write(framed("69") + framed("B0 01 00"))
            answer = line.read(6 + 17)

    assert answer[6:].hex(" ").upper() == ("11 00 B0 00 01 03 00 E0 04 01 00 31 23 AA 26 85 F8")


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        (Fault(FaultKind.DROP, at=0), NO_TAG[1:]),
        (Fault(FaultKind.CUT, at=4), NO_TAG[:4]),
        (Fault(FaultKind.DOUBLE), NO_TAG * 2),
        (Fault(FaultKind.MUTE), b""),
    ],
)
def test_a_fault_hits_as_often_as_it_was_told(
    world: Simulation, framed: Framed, fault: Fault, arrives: bytes
) -> None:
    world.world.fault("pad1", fault)

    with serial.Serial(world.wiring()["pads"]["pad1"]["pty"], 38400, timeout=0.2) as line:
        line.write(framed("B0 01 00"))
        damaged = line.read(20)
        line.write(framed("B0 01 00"))
        sound = line.read(6)

    assert damaged == arrives
    assert sound == NO_TAG


def test_noise_comes_before_and_a_flip_changes_one_bit(world: Simulation, framed: Framed) -> None:
    world.world.fault("pad1", Fault(FaultKind.NOISE, at=3))
    world.world.fault("pad1", Fault(FaultKind.FLIP, at=3))

    with serial.Serial(world.wiring()["pads"]["pad1"]["pty"], 38400, timeout=0.2) as line:
        line.write(framed("B0 01 00"))
        noisy = line.read(9)
        line.write(framed("B0 01 00"))
        flipped = line.read(6)

    assert noisy[3:] == NO_TAG
    assert (flipped[3] ^ NO_TAG[3]).bit_count() == 1
    assert flipped[:3] + flipped[4:] == NO_TAG[:3] + NO_TAG[4:]


def test_a_late_answer_can_be_meant_for_one_command(world: Simulation, framed: Framed) -> None:
    late = Fault(FaultKind.LATE, delay_ms=1000, command=bytes.fromhex("B001"))
    world.world.fault("pad1", late)

    with serial.Serial(world.wiring()["pads"]["pad1"]["pty"], 38400, timeout=30) as line:
        started = time.monotonic()
        line.write(framed("69"))
        line.read(6)
        after_reset = time.monotonic() - started
        line.write(framed("B0 01 00"))
        answer = line.read(6)
        after_inventory = time.monotonic() - started

    assert after_reset < 1.0 <= after_inventory
    assert answer == NO_TAG


def test_a_pulled_plug_ends_the_pty_and_a_new_one_has_its_name(
    world: Simulation, framed: Framed
) -> None:
    port = world.wiring()["pads"]["pad1"]["pty"]
    with serial.Serial(port, 38400, parity="E", timeout=20) as line:
        world.world.unplug("pad1")
        with pytest.raises((serial.SerialException, OSError)):
            line.read(1)
    with pytest.raises(serial.SerialException, match="No such file"):
        serial.Serial(port)

    world.world.replug("pad1")

    with serial.Serial(port, 38400, parity="E", timeout=20) as line:
        line.write(framed("65"))
        assert len(line.read(13)) == 13


def test_a_pulled_plug_ends_tcp_and_the_port_comes_back(world: Simulation, framed: Framed) -> None:
    host, port = world.wiring()["pads"]["pad1"]["tcp"].removeprefix("socket://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(framed("65"))
        assert len(line.recv(100)) == 13
        world.world.unplug("pad1")
        assert line.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=20)

    world.world.replug("pad1")

    with socket.create_connection((host, int(port)), timeout=20) as line:
        line.sendall(framed("65"))
        assert len(line.recv(100)) == 13


def test_a_plug_can_be_pulled_in_the_middle_of_an_answer(tmp_path: Path, framed: Framed) -> None:
    tags = [blank_tag(bytes.fromhex(f"E00401003123AA{n:02X}")) for n in range(20)]
    settings = SimSettings(state_dir=tmp_path, pads=(PadSettings(name="pad1"),), gates=())
    with Simulation(settings) as simulation:
        simulation.world.make_tags(tags)
        simulation.world.place("pad1", [tag.name for tag in tags])
        with serial.Serial(simulation.wiring()["pads"]["pad1"]["pty"], 38400, timeout=20) as line:
            line.write(framed("B0 01 00"))
            beginning = line.read(20)
            simulation.world.unplug("pad1")
            with pytest.raises((serial.SerialException, OSError)):
                line.read(200)

    assert len(beginning) == 20, "of 207 bytes"


def test_a_frame_with_a_hole_in_it_is_forgotten(world: Simulation, framed: Framed) -> None:
    with serial.Serial(world.wiring()["pads"]["pad1"]["pty"], 38400, timeout=0.1) as line:
        line.write(framed("B0 01 00")[:4])
        time.sleep(0.05)  # over the 12 ms between characters
        line.write(framed("B0 01 00"))
        answer = line.read(12)

    assert answer == NO_TAG


def test_real_time_is_that_of_the_model(tmp_path: Path, framed: Framed) -> None:
    settings = SimSettings(state_dir=tmp_path, pads=(PadSettings(name="pad1"),), gates=())
    air = AirModel()
    expected_ms = air.inventory_ms(10) + line_ms(7) + line_ms(107)
    tags = [blank_tag(bytes.fromhex(f"E00401003123AA{n:02X}")) for n in range(10)]

    with Simulation(settings) as simulation:
        simulation.world.make_tags(tags)
        simulation.world.place("pad1", [tag.name for tag in tags])
        with serial.Serial(simulation.wiring()["pads"]["pad1"]["pty"], 38400, timeout=2) as line:
            took_ms: list[float] = []
            while len(took_ms) < 3 or (min(took_ms) > expected_ms * 1.1 and len(took_ms) < 50):
                line.write(framed("69"))
                line.read(6)
                started = time.monotonic()
                line.write(framed("B0 01 00"))
                line.read(107)
                took_ms.append((time.monotonic() - started) * 1000)

    assert min(took_ms) >= expected_ms
    assert min(took_ms) == pytest.approx(expected_ms, rel=0.1)


def test_two_pads_of_one_world_do_not_wait_for_each_other(tmp_path: Path, framed: Framed) -> None:
    pads = tuple(PadSettings(name=name, timing=Timing.NONE) for name in ("pad1", "pad2"))
    gate = GateSettings(name="gate1", timing=Timing.NONE)
    with Simulation(SimSettings(state_dir=tmp_path, pads=pads, gates=(gate,))) as simulation:
        wiring = simulation.wiring()
        simulation.world.fault("pad1", Fault(FaultKind.LATE, delay_ms=2000))
        with (
            serial.Serial(wiring["pads"]["pad1"]["pty"], 38400, timeout=30) as slow,
            serial.Serial(wiring["pads"]["pad2"]["pty"], 38400, timeout=30) as quick,
        ):
            slow.write(framed("65"))
            quick.write(framed("65"))
            quick.read(13)
            already = slow.in_waiting
            late = slow.read(13)

    assert already == 0
    assert len(late) == 13
