"""The simulator as a process of its own, moved over HTTP and read over its wires."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from hw_sim.aisle import Beam, Direction
from hw_sim.client import WorldClient, WorldError
from hw_sim.faults import FaultKind
from hw_sim.field import Written
from hw_sim.messages import NewTag
from hw_sim.server import Wiring

ROOT = Path(__file__).resolve().parents[2]
UIDS = [f"E00401003123AA{n:02X}" for n in range(40)]


@pytest.fixture(scope="module")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wiring]:
    state = tmp_path_factory.mktemp("sim")
    settings = state / "settings.json"
    settings.write_text(
        json.dumps({"pads": [{"name": "pad1", "timing": "none"}], "seed": 7}), "utf-8"
    )
    command = [sys.executable, "-m", "hw_sim.server", "--state", str(state)]
    process = subprocess.Popen([*command, "--settings", str(settings)], cwd=ROOT)
    deadline = time.monotonic() + 60
    while not (state / "wiring.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads((state / "wiring.json").read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not (state / "wiring.json").exists()


@pytest.fixture
def world(wiring: Wiring) -> Iterator[WorldClient]:
    """The world with 40 tags and nothing on the pad."""
    with WorldClient(wiring["api"]) as client:
        if client.world().tag_count == 0:
            client.make_tags([NewTag(uid=uid, afi=7, blocks_hex="04110001") for uid in UIDS])
        client.replug("pad1")
        client.lift("pad1")
        client.clear_faults("pad1")
        yield client


def test_forty_tags_on_the_pad_are_told_in_two_answers(
    world: WorldClient, wiring: Wiring, framed: Callable[[str], bytes]
) -> None:
    world.place("pad1", UIDS)

    with serial.Serial(wiring["pads"]["pad1"]["pty"], 38400, parity="E", timeout=20) as line:
        line.write(framed("B0 01 00"))
        first = line.read(247)
        line.write(framed("B0 01 80"))
        rest = line.read(167)

    assert (first[3], first[4], rest[3], rest[4]) == (0x94, 24, 0x00, 16)


def test_a_book_lifted_during_the_afi_write_is_unchanged_by_an_independent_read(
    world: WorldClient, wiring: Wiring, framed: Callable[[str], bytes]
) -> None:
    uid = UIDS[0]
    world.place("pad1", [uid])
    world.lift_during_write("pad1", uid, Written.AFI)

    with serial.Serial(wiring["pads"]["pad1"]["pty"], 38400, parity="E", timeout=20) as line:
        line.write(framed(f"B0 27 01 {uid} C2"))
        lifted = line.read(6)
        world.place("pad1", [uid])
        afi_between = world.tag(uid).afi
        line.write(framed(f"B0 27 01 {uid} C2"))
        written = line.read(6)

    assert (lifted[3], written[3]) == (0x03, 0x00)
    assert (afi_between, world.tag(uid).afi) == (0x07, 0xC2)
    assert world.tag(uid).blocks_hex.startswith("04110001")


def test_opening_and_closing_without_a_word_works_at_8e1(
    world: WorldClient, wiring: Wiring
) -> None:
    port = wiring["pads"]["pad1"]["pty"]
    opened = 0

    for _ in range(20):
        with serial.Serial(port, 38400, parity="E", exclusive=True):
            opened += 1
        time.sleep(0.02)  # the simulator needs a moment to see the change

    assert opened == 20


def test_cards_come_and_go(world: WorldClient) -> None:
    world.present_card("cards1", "04112233445566")
    there = world.world().card_readers["cards1"].cards
    world.remove_card("cards1")

    assert there == ["04112233445566"]
    assert world.world().card_readers["cards1"].cards == []


def test_a_walk_is_told_with_its_instants(world: WorldClient) -> None:
    walk_id = world.walk("gate1", [UIDS[5]], Direction.OUT, speed_m_s=3.0)
    time.sleep(0.9)

    state = world.gate("gate1")
    (walk,) = [walk for walk in state.walks if walk.walk_id == walk_id]
    beams = [event.details for event in state.history if event.kind == "beam"][-4:]
    assert walk.ended
    assert walk.secured_readable_at is not None
    assert walk.started_at < walk.secured_readable_at < walk.ends_at < state.now
    assert [(beam["beam"], beam["broken"]) for beam in beams] == [
        ("inner", True),
        ("inner", False),
        ("outer", True),
        ("outer", False),
    ]
    assert (walk.lamp_on_at, state.lamp, state.pins_connected) == (None, False, False)


def test_a_blocked_beam_stays_broken(world: WorldClient) -> None:
    world.block_beam("gate1", Beam.OUTER, blocked=True)
    time.sleep(0.05)
    blocked = world.gate("gate1").beams
    world.block_beam("gate1", Beam.OUTER, blocked=False)
    time.sleep(0.05)

    assert blocked == {Beam.INNER: False, Beam.OUTER: True}
    assert world.gate("gate1").beams[Beam.OUTER] is False


def test_events_are_told_in_order_as_they_happen(world: WorldClient) -> None:
    events = world.events()
    first = next(events)
    seen = [first]
    world.place("pad1", [UIDS[9]])
    while seen[-1].details.get("uid") != UIDS[9] or seen[-1].kind != "tag_placed":
        seen.append(next(events))
    events.close()

    numbers = [event.seq for event in seen]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_a_muted_device_is_silent_once(
    world: WorldClient, wiring: Wiring, framed: Callable[[str], bytes]
) -> None:
    world.fault("pad1", FaultKind.MUTE, command_hex="65")

    with serial.Serial(wiring["pads"]["pad1"]["pty"], 38400, timeout=0.3) as line:
        line.write(framed("65"))
        silent = line.read(13)
        line.write(framed("65"))
        answer = line.read(13)

    assert (len(silent), len(answer)) == (0, 13)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (lambda w: w.place("pad9", [UIDS[0]]), "404 .*no pad 'pad9'; there are: pad1"),
        (lambda w: w.tag("E0FFFFFFFFFFFFFF"), "404 .*no tag"),
        (lambda w: w.make_tags([NewTag(uid=UIDS[0])]), "409 .*UIDs are unique"),
        (lambda w: w.lift("pad1", [UIDS[20]]), "409 .*does not lie on pad1"),
        (lambda w: w.fault("cards1", FaultKind.MUTE), "409 .*no serial line"),
        (lambda w: w.gate("gate9"), "404 .*no gate"),
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(
    world: WorldClient, act: Callable[[WorldClient], object], sentence: str
) -> None:
    with pytest.raises(WorldError, match=sentence):
        act(world)


def test_unplug_and_replug_are_harmless_twice(world: WorldClient) -> None:
    for _ in range(2):
        world.unplug("pad1")
    off = world.world().pads["pad1"].plugged
    for _ in range(2):
        world.replug("pad1")

    assert (off, world.world().pads["pad1"].plugged) == (False, True)
