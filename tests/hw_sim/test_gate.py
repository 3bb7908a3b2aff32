"""A gate in real time: a walk, its beams on real gpiozero pins, its tags in the buffer."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

import hw_sim
from hw_sim.aisle import Beam, Direction
from hw_sim.server import Simulation
from hw_sim.tag import Tag

STUBS = Path(hw_sim.__file__).parent / "stubs"
READ_ALL = bytes.fromhex("02 00 09 FF 22 00 FF 79 69")

GATE_PROCESS = """
import sys, time
from gpiozero import Device, DigitalInputDevice, DigitalOutputDevice
beams = {17: DigitalInputDevice(17, pull_up=True), 27: DigitalInputDevice(27, pull_up=True)}
lamp = DigitalOutputDevice(22)
for number, beam in beams.items():
    # broken is HIGH, and gpiozero calls a pulled-up input active when it is LOW
    beam.when_deactivated = lambda n=number: (lamp.on(), print("broken", n, flush=True))
    beam.when_activated = lambda n=number: print("free", n, flush=True)
print(type(Device.pin_factory).__name__, *(b.pin.state for b in beams.values()), flush=True)
sys.stdin.readline()
lamp.off()
"""


@pytest.fixture
def gate_process(world: Simulation) -> Iterator[subprocess.Popen[str]]:
    """A process that lights the lamp when a beam breaks; it ends at a line of input."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(STUBS),
        "GPIOZERO_PIN_FACTORY": "polka_sim",
        "POLKA_SIM_PINS": world.wiring()["pins"]["gate1"],
    }
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", GATE_PROCESS],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], bool]:
    def wait(condition: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + 60
        while not condition() and time.monotonic() < deadline:
            time.sleep(0.01)
        return condition()

    return wait


@pytest.mark.parametrize(
    ("direction", "story"),
    [
        (Direction.OUT, ["broken 17", "free 17", "broken 27", "free 27"]),
        (Direction.IN, ["broken 27", "free 27", "broken 17", "free 17"]),
    ],
)
def test_a_walk_moves_real_gpiozero_pins_and_the_world_sees_the_lamp(
    world: Simulation,
    gate_process: subprocess.Popen[str],
    wait_for: Callable[[Callable[[], bool]], bool],
    direction: Direction,
    story: list[str],
) -> None:
    assert gate_process.stdin is not None
    assert gate_process.stdout is not None
    started = gate_process.stdout.readline().split()
    site = world.world.gate("gate1").site

    world.world.walk("gate1", [], direction, speed_m_s=2.0)
    said = [gate_process.stdout.readline().strip() for _ in range(4)]
    (passage,) = site.passages
    first = Beam.INNER if direction is Direction.OUT else Beam.OUTER
    broken_at = passage.walk.breaks(first)[0].start

    assert started == ["WorldFactory", "False", "False"], (
        "free beams are LOW in spite of the pull-up"
    )
    assert said == story
    assert passage.lamp_on_at is not None
    assert 0 <= passage.lamp_on_at - broken_at < 0.1
    assert site.outputs["lamp"]
    gate_process.stdin.write("end\n")
    gate_process.stdin.flush()
    assert wait_for(lambda: not site.outputs["lamp"])


def test_a_dead_gate_process_lets_its_lamp_go(
    world: Simulation,
    gate_process: subprocess.Popen[str],
    wait_for: Callable[[Callable[[], bool]], bool],
) -> None:
    assert gate_process.stdout is not None
    gate_process.stdout.readline()
    site = world.world.gate("gate1").site
    world.world.block_beam("gate1", Beam.INNER, blocked=True)
    assert wait_for(lambda: site.outputs["lamp"])

    gate_process.kill()

    assert wait_for(lambda: not site.outputs["lamp"])


def test_books_carried_out_reach_the_buffer_soon_after_they_are_readable(
    world: Simulation, book: Tag, wait_for: Callable[[Callable[[], bool]], bool]
) -> None:
    world.world.make_tags([book])
    world.world.place("pad1", [book.name])

    world.world.walk("gate1", [book.name], Direction.OUT, speed_m_s=1.5)
    (passage,) = world.world.gate("gate1").site.passages
    assert wait_for(lambda: passage.ended)
    with serial.Serial(world.wiring()["gates"]["gate1"]["pty"], 38400, timeout=20) as line:
        line.write(READ_ALL)
        answer = line.read(28)

    assert answer[5:24].hex(" ").upper() == (
        "00 91 04 00 01 00 10 03 00 0A 07 00 E0 04 01 00 31 23 AA"
    )
    assert passage.secured_readable_at is not None
    assert passage.reported_at is not None
    assert 0 < passage.reported_at - passage.secured_readable_at < 0.15
    assert world.world.pads["pad1"].field.lying() == [], "the person took it from the pad"


def test_a_loaned_book_is_readable_and_not_secured(world: Simulation, book: Tag) -> None:
    book.afi = 0xC2
    world.world.make_tags([book])

    world.world.walk("gate1", [book.name], Direction.OUT)

    (passage,) = world.world.gate("gate1").site.passages
    assert passage.readable_at is not None
    assert passage.secured_readable_at is None
