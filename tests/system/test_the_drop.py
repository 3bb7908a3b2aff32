"""The whole drop as a process: real driver, pins and disk on a simulated slot; nobody answers."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import hw_sim
from circulation.ids import ItemId
from circulation.tags.codec import encode
from circulation.tags.item_tag import TagContent, Usage
from hw_sim.ports import free_port
from hw_sim.server import Simulation
from hw_sim.settings import BinSettings, DropSettings, SimSettings, Timing
from hw_sim.tag import Tag
from kiosk.drop.outbox import Outbox
from kiosk.vault import Vault

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:set(Daemon|Name)\\(\\):DeprecationWarning"),
]

OWNER = "RU-10010033"
ARMED, DISARMED = 0x07, 0xC2
TOKEN = "nobody asks"
VAULT = Vault(TOKEN)
PATIENCE_S = 60
STUBS = Path(hw_sim.__file__).parent / "stubs"
BINS = (
    BinSettings(name="a", gate=23, full=24, room=3),
    BinSettings(name="b", gate=25, full=16),
)


@dataclass
class Scene:
    """A slot in the wall, and the program behind it, which can be killed."""

    simulation: Simulation
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def site(self):
        return self.simulation.world.drops["drop"].site

    @property
    def pins(self):
        return self.simulation.world.drops["drop"].pins

    def start(self) -> None:
        environment = {
            "PYTHONPATH": str(STUBS),
            "GPIOZERO_PIN_FACTORY": "polka_sim",
            "POLKA_SIM_PINS": self.simulation.wiring()["pins"]["drop"],
        }
        log = (self.folder / "drop.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.drop", "--settings", str(self.folder / "drop.toml")],
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
        log.close()
        until(lambda: self.pins.is_connected and not self.site.locked and self.shows("Положите"))

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None
        (self.folder / "glass").write_text("")
        until(lambda: not self.pins.is_connected and self.site.locked)

    def shows(self, words: str) -> bool:
        return words in " ".join((self.folder / "glass").read_text().split("\x1b[H")[-1].split())

    def brings(self, *numbers: int) -> None:
        """A person puts books in and waits until they have fallen."""
        before = sum(len(books) for books in self.site.bins.values())
        self.simulation.world.put_in("drop", [uid(number) for number in numbers])
        fell = before + max(1, len(numbers))
        until(lambda: sum(len(books) for books in self.site.bins.values()) == fell)

    def kept(self) -> list[str]:
        outbox = Outbox(self.folder / "outbox.db", VAULT)
        rows = [str(row.copy.item) for row in outbox.all_rows()]
        outbox.close()
        return rows


def uid(number: int) -> str:
    return f"E00401{number:010X}"


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="polka-") as path:
        folder = Path(path)
        settings = SimSettings(
            state_dir=folder / "sim",
            pads=(),
            gates=(),
            card_readers=(),
            drops=(DropSettings(name="drop", timing=Timing.NONE, bins=BINS),),
        )
        with Simulation(settings) as simulation:
            simulation.world.make_tags([lent(number) for number in range(1, 9)])
            scene = Scene(simulation, folder)
            configure(scene)
            yield scene
            if scene.process is not None:
                scene.process.terminate()
                assert scene.process.wait(30) == 0


def lent(number: int) -> Tag:
    content = TagContent(ItemId(f"A{number}"), owner=OWNER, usage=Usage.CIRCULATING)
    return Tag(bytes.fromhex(uid(number)), bytearray(encode(content, size=112)), afi=DISARMED)


def configure(scene: Scene) -> None:
    token = scene.folder / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    (scene.folder / "glass").touch()
    values = {
        "device": "drop-1",
        "owner": OWNER,
        "controller_url": f"http://127.0.0.1:{free_port()}",
        "token_file": str(token),
        "outbox": str(scene.folder / "outbox.db"),
        "reader_port": scene.simulation.wiring()["pads"]["drop"]["tcp"],
        "display": str(scene.folder / "glass"),
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    lines += ["allow_simulated = true", "flap = 17", "slot = 27", "release = 22", "answer_s = 0.2"]
    lines += ["visit_s = 600"]
    bins = (("a", ["shelf", "unsorted"], 23, 24), ("b", ["staff"], 25, 16))
    for name, ways, gate, full in bins:
        lines += ["[[bins]]", f'name = "{name}"', f"ways = {json.dumps(ways)}"]
        lines += [f"gate = {gate}", f"full = {full}"]
    (scene.folder / "drop.toml").write_text("\n".join(lines) + "\n")


def test_books_are_armed_kept_counted_and_fall_each_once_though_the_power_fails(
    scene: Scene,
) -> None:
    scene.start()
    scene.brings(1)
    scene.brings(2, 3)
    until(lambda: scene.shows("Принято: 3"))

    scene.kill()
    scene.start()
    scene.brings(4)

    assert Counter(scene.kept()) == dict.fromkeys(("A1", "A2", "A3", "A4"), 1)
    assert [scene.simulation.world.tag(uid(n)).afi for n in (1, 2, 3, 4)] == [ARMED] * 4
    assert len(scene.site.bins["a"]) == 3
    assert scene.site.bins["b"] == [uid(4)]  # the first is full, so the librarian's takes it


def test_a_book_that_is_stuck_shuts_the_flap_until_it_falls(scene: Scene) -> None:
    scene.start()
    scene.site.stuck = True
    scene.simulation.world.put_in("drop", [uid(1)])
    until(lambda: scene.site.locked and scene.shows("застряла"))

    scene.simulation.world.lift("drop")  # the librarian takes it out by hand

    until(lambda: not scene.site.locked)
    assert scene.kept() == ["A1"]


def test_something_without_a_tag_goes_to_the_librarian_and_is_written_down(scene: Scene) -> None:
    scene.start()

    scene.brings()

    assert scene.site.bins["b"] == [""]
    outbox = Outbox(scene.folder / "outbox.db", VAULT)
    [doubtful] = outbox.reviews()
    outbox.close()
    assert (doubtful.doubt.value, doubtful.uid) == ("unreadable", "")
    assert scene.kept() == []


def test_when_the_reader_is_lost_nothing_more_can_be_put_in(scene: Scene) -> None:
    scene.start()

    scene.simulation.world.unplug("drop")
    until(lambda: scene.site.locked)
    with pytest.raises(ValueError, match="locked"):
        scene.simulation.world.put_in("drop", [uid(1)])
    scene.simulation.world.replug("drop")

    until(lambda: not scene.site.locked)
    scene.brings(1)
    assert scene.kept() == ["A1"]
