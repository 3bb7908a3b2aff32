"""The whole firmware on simulated readers and mock pins; nobody is at the other end of the line."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from circulation.messages import GateEvent, GateEventKind, ListKind
from gate.local_list import LocalList
from gate.outbox import Outbox
from gate.runner import Gate, Refused
from gate.settings import GateSettings
from gate.uids import Uids
from hw_sim.aisle import Direction
from hw_sim.devices.feig_gate import GateMode
from hw_sim.ports import free_port
from hw_sim.server import Simulation
from hw_sim.settings import GateSettings as SimGate
from hw_sim.settings import PadSettings, SimSettings, Timing, UhfPadSettings
from hw_sim.tag import blank_tag
from hw_sim.uhf_tag import uhf_tag

LAMP, SOUNDER, AMBER = 22, 23, 24
BOOK, OTHER = "E004010000000001", "E004010000000002"
THIRD, FOURTH = "E004010000000003", "E004010000000004"
STOCK = 0x07

pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\):DeprecationWarning")


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    settings = SimSettings(
        state_dir=tmp_path / "sim",
        pads=(PadSettings(name="pad", timing=Timing.NONE, new_only=False),),
        uhf_pads=(UhfPadSettings(name="uhf", timing=Timing.NONE),),
        gates=(
            *(SimGate(name=name, timing=Timing.NONE) for name in ("left", "right")),
            SimGate(name="host", timing=Timing.NONE, mode=GateMode.HOST),
        ),
        card_readers=(),
    )
    with Simulation(settings) as made:
        made.world.make_tags([armed(BOOK), armed(OTHER)])
        yield made


def armed(uid: str):
    tag = blank_tag(bytes.fromhex(uid))
    tag.afi = STOCK
    return tag


def with_eas(uid: str, *, on: bool = False):
    tag = blank_tag(bytes.fromhex(uid))
    tag.set_eas(on=on)
    return tag


@dataclass
class Guarding:
    """A gate at work in a thread of its own."""

    gate: Gate
    pins: MockFactory
    journal: Path
    failure: BaseException | None = None

    def events(self) -> list[GateEvent]:
        if not self.journal.exists():
            return []
        box = Outbox(self.journal)
        bodies = box.bodies(0, 2**62)
        box.close()
        return [GateEvent.model_validate_json(body) for _, body in bodies]

    def of(self, kind: GateEventKind) -> list[GateEvent]:
        return [event for event in self.events() if event.kind is kind]

    def sees(self) -> bool:
        """Amber was on from the start, and every reader has answered since."""
        return len(self.pins.pin(AMBER).states) > 2 and not self.lit(AMBER)

    def lit(self, pin: int) -> bool:
        return bool(self.pins.pin(pin).state)


Guard = Callable[..., Guarding]


@pytest.fixture
def guard(pins: MockFactory, simulation: Simulation, tmp_path: Path) -> Iterator[Guard]:
    running: list[tuple[Guarding, threading.Thread]] = []

    def start(aisles: list[dict[str, object]], **more: object) -> Guarding:
        (tmp_path / "password").write_text("nobody listens")
        settings = GateSettings.model_validate(
            {
                "library": "school",
                "device": "gate1",
                "aisles": aisles,
                "state_dir": tmp_path / "gate",
                "mqtt_host": "127.0.0.1",
                "mqtt_port": free_port(),
                "mqtt_password_file": tmp_path / "password",
                "allow_simulated": True,
                "pins": {"lamp": LAMP, "sounder": SOUNDER, "blind": AMBER},
            }
            | more
        )
        guarding = Guarding(Gate(settings, "0.1.0"), pins, tmp_path / "gate" / "outbox.db")

        def run() -> None:
            try:
                guarding.gate.run()
            except Refused as refused:
                guarding.failure = refused

        thread = threading.Thread(target=run)
        thread.start()
        running.append((guarding, thread))
        return guarding

    yield start
    for guarding, thread in running:
        guarding.gate.finish()
        thread.join(20)


def aisle(simulation: Simulation, name: str, **more: object) -> dict[str, object]:
    wiring = simulation.wiring()
    url = wiring["gates" if name in ("left", "right") else "pads"].get(name, {}).get("tcp")
    return {"name": name, "reader_url": url, "ways": "none"} | more


def eventually(question: Callable[[], object]) -> bool:
    end = time.monotonic() + 60
    while not question():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_each_aisle_has_its_reader_and_one_that_is_lost_blinds_only_itself(
    guard: Guard, simulation: Simulation
) -> None:
    gate = guard([aisle(simulation, "left"), aisle(simulation, "right")])
    assert eventually(gate.sees)

    simulation.world.unplug("right")
    assert eventually(lambda: gate.of(GateEventKind.READER_LOST))
    simulation.world.walk("left", [BOOK], Direction.OUT, speed_m_s=3.0)

    assert eventually(lambda: gate.of(GateEventKind.ALARM))
    assert [event.aisle for event in gate.of(GateEventKind.READER_LOST)] == ["right"]
    assert [(event.aisle, event.tags[0].uid) for event in gate.of(GateEventKind.ALARM)] == [
        ("left", BOOK)
    ]
    assert eventually(lambda: gate.lit(AMBER))


def test_a_reader_that_comes_back_ends_the_amber_light(
    guard: Guard, simulation: Simulation
) -> None:
    gate = guard([aisle(simulation, "left")])
    assert eventually(gate.sees)
    simulation.world.unplug("left")
    assert eventually(lambda: gate.lit(AMBER))

    simulation.world.replug("left")

    assert eventually(lambda: not gate.lit(AMBER))
    assert eventually(lambda: gate.of(GateEventKind.READER_BACK))


def test_a_pad_can_guard_a_narrow_aisle(guard: Guard, simulation: Simulation) -> None:
    gate = guard([aisle(simulation, "pad", reader_model="feig-mr102")])

    simulation.world.place("pad", [BOOK])

    assert eventually(lambda: gate.of(GateEventKind.ALARM))
    assert gate.of(GateEventKind.ALARM)[0].tags[0].afi == STOCK


def test_a_gate_in_host_mode_goes_by_the_eas_bit_of_who_walks_out(
    guard: Guard, simulation: Simulation
) -> None:
    simulation.world.make_tags([with_eas(THIRD, on=True), with_eas(FOURTH)])
    url = simulation.wiring()["gates"]["host"]["tcp"]
    gate = guard(
        [aisle(simulation, "host", reader_url=url, reader_model="feig-lr2500-host")],
        security="eas",
    )
    assert eventually(gate.sees)

    simulation.world.walk("host", [FOURTH], Direction.OUT, speed_m_s=1.0)
    simulation.world.walk("host", [THIRD], Direction.OUT, speed_m_s=1.0)

    assert eventually(lambda: [event for event in gate.of(GateEventKind.ALARM) if event.tags])
    named = [tag for event in gate.of(GateEventKind.ALARM) for tag in event.tags]
    assert {(tag.uid, tag.eas) for tag in named} == {(THIRD, True)}


def test_a_uhf_reader_guards_by_the_list_of_what_is_lent(
    guard: Guard, simulation: Simulation, tmp_path: Path
) -> None:
    lent, taken, shop = (bytes.fromhex(head + "00" * 10) for head in ("3001", "3002", "E280"))
    tags = [
        uhf_tag(bytes.fromhex(f"E2003412{n:016X}"), epc)
        for n, epc in enumerate((lent, taken, shop))
    ]
    box = Outbox(tmp_path / "gate" / "outbox.db")
    lent_now = LocalList(1, None, Uids({lent.hex().upper()}))
    box.keep_list(kind=ListKind.LENT, before=LocalList(), now=lent_now)
    box.close()
    simulation.world.make_uhf_tags(tags)
    url = simulation.wiring()["uhf_pads"]["uhf"]["tcp"]
    gate = guard(
        [aisle(simulation, "uhf", reader_url=url, reader_model="chafon-ru5102", epc_prefix="30")]
    )

    simulation.world.place_uhf("uhf", [tag.name for tag in tags])

    assert eventually(lambda: gate.of(GateEventKind.PASSAGE))
    [passage] = gate.of(GateEventKind.PASSAGE)
    assert {tag.uid: tag.verdict.value for tag in passage.tags} == {
        lent.hex().upper(): "silent",
        taken.hex().upper(): "alarm",
    }


def test_in_burn_in_nothing_sounds_and_everything_is_told(
    guard: Guard, simulation: Simulation
) -> None:
    gate = guard([aisle(simulation, "left")], monitor_only=True)
    assert eventually(gate.sees)

    simulation.world.walk("left", [BOOK], Direction.OUT, speed_m_s=3.0)

    assert eventually(lambda: gate.of(GateEventKind.ALARM))
    assert gate.of(GateEventKind.ALARM)[0].monitored
    assert not gate.lit(LAMP)


def test_a_gate_whose_disk_is_away_guards_on(
    guard: Guard, simulation: Simulation, tmp_path: Path
) -> None:
    (tmp_path / "gate").write_text("in the way of the journal's folder")
    gate = guard([aisle(simulation, "left")])
    assert eventually(gate.sees)

    simulation.world.walk("left", [BOOK], Direction.OUT, speed_m_s=3.0)

    assert eventually(lambda: any(state.state for state in gate.pins.pin(LAMP).states))


def test_a_real_gate_refuses_a_simulated_reader(guard: Guard, simulation: Simulation) -> None:
    gate = guard([aisle(simulation, "left")], allow_simulated=False)

    assert eventually(lambda: gate.failure)
    assert "allow_simulated" in str(gate.failure)
