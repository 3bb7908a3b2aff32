"""A whole library as processes on this machine: broker, simulator, controller, gate, kiosk.

The processes are the product's own, started by its own commands; only the wires to the hardware end
in the simulator. The demo plays on this stage, and so do the system tests.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fcntl import LOCK_EX, flock
from pathlib import Path

from controller.broker import CONTROLLER_USER, Broker, BrokerSettings, TlsListener
from hw_sim.client import WorldClient
from hw_sim.evidence import Ledger
from hw_sim.kiosk_client import KioskClient
from hw_sim.ports import free_port, listens
from hw_sim.server import WIRING_FILE, Wiring
from hw_sim.stock_tags import written_tag

LIBRARIANS_NUMBER = "2704"  # opens the demo kiosk's service screen
LIBRARY, GATE, KIOSK, PAD, STATION = "school", "gate1", "kiosk1", "pad1", "station1"
CARDS = "cards1"
STORY_BOOKS = 2
_STUBS = Path(__file__).parent / "stubs"
_PATIENCE_S = 90.0  # four libraries may be starting on two cores
_FILLED = ("ledger.db", "kiosk.token", "kiosk.pin")


class StageError(RuntimeError):
    """A process did not come up; the message names it and where its words are."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played. `window`: the kiosk shows itself on this machine's screen.

    `stocked`: so many different books have written tags, besides the two the story tags itself.
    `filled`: a folder that keeps the filled ledger of this plan for the next stage of its kind.
    """

    state: Path
    owner: str
    catalogue: Path
    roster: Path
    window: bool = False
    panel: tuple[int, int, int] = (1280, 800, 149)  # width, height, ppi
    seed: int = 1  # of everything random in the simulator
    kiosk: Mapping[str, object] = field(default_factory=dict)  # settings on top of the usual ones
    stocked: int = 0
    filled: Path | None = None


class Stage:
    """Starts everything in order and ends it in reverse; processes can be killed one by one."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = plan.state
        self.port = free_port()
        self._secrets = {name: secrets.token_urlsafe(24) for name in (CONTROLLER_USER, GATE)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._world: WorldClient | None = None
        tls = TlsListener(free_port(), ("127.0.0.1",), host="127.0.0.1")
        self.broker = Broker(
            BrokerSettings(self.state / "broker", LIBRARY, free_port(), self._secrets, tls=tls)
        )

    # --- the order of things ------------------------------------------------------------------

    def start(self) -> None:
        """Bring everything up; `StageError` says what did not come."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.broker.start()
        self.start_simulator()
        self.write_settings()
        self.fill_ledger() if self.plan.filled is None else self._take_filled(self.plan.filled)
        self.stock_shelves()
        self.start_controller()
        self.start_gate()
        self.start_kiosk()

    def start_simulator(self) -> None:
        """One world with a kiosk's pad, a tagging pad, a card reader and a gate."""
        settings = self.state / "sim.json"
        pads = [{"name": PAD}, {"name": STATION}]
        chosen = {
            "state_dir": str(self.sim),
            "seed": self.plan.seed,
            "pads": pads,
            "live_page": self.address,
        }
        settings.write_text(json.dumps(chosen))
        wiring = self.sim / WIRING_FILE
        wiring.unlink(missing_ok=True)
        self._spawn(
            "simulator", ["-m", "hw_sim.server", "--state", self.sim, "--settings", settings]
        )
        self._wait("simulator", wiring.exists)

    def fill_ledger(self) -> None:
        """Import catalogue and roster with the product's own command; enrol the devices."""
        for file in (self.plan.catalogue, self.plan.roster):
            self.polka(
                "import", file, "--owner", self.plan.owner, "--yes", "--json",
                "--database", self.controller_toml, accepted=(0, 1),
            )  # fmt: skip
        for name in (KIOSK, GATE):
            kind = "kiosk" if name == KIOSK else "gate"
            answer = self.polka(
                "controller", "add-device", name, "--kind", kind, "--json",
                "--settings", self.controller_toml,
            )  # fmt: skip
            if kind == "kiosk":
                token = json.loads(answer)["token"]
                self._private("kiosk.token", token)
                self._private("kiosk.pin", LIBRARIANS_NUMBER)

    def _take_filled(self, kept: Path) -> None:
        """Copy the ledger that an earlier stage left in `kept`; the first one leaves its own."""
        kept.mkdir(parents=True, exist_ok=True)
        with (kept / "lock").open("w") as lock:
            flock(lock, LOCK_EX)  # several stages may start at once
            if not (kept / "complete").exists():
                self.fill_ledger()
                for name in _FILLED:
                    shutil.copy2(self.state / name, kept / name)
                (kept / "complete").touch()
                return
        for name in _FILLED:
            shutil.copy2(kept / name, self.state / name)

    def stock_shelves(self) -> None:
        """Bring the tags of `plan.stocked` books into the world, as the librarian wrote them."""
        ledger = Ledger(self.database)
        of_the_story = {book.uid for book in ledger.books(STORY_BOOKS)}
        books = [book for book in ledger.shelf(self.plan.stocked) if book.uid not in of_the_story]
        self.world().make_tags(
            [
                written_tag(uid=it.uid, owner=it.owner, item_id=it.item_id, title=it.title)
                for it in books
            ]
        )

    def start_controller(self) -> None:
        """The ledger, listening on `port`."""
        self._spawn(
            "controller",
            ["-m", "controller", "--settings", self.controller_toml],
            {"POLKA_CONTROLLER_MQTT__PASSWORD": self._secrets[CONTROLLER_USER]},
        )
        self._wait("controller", lambda: listens(self.port))

    def start_gate(self) -> None:
        """The gate's firmware on simulated pins and a simulated reader."""
        environment = {
            "PYTHONPATH": str(_STUBS),
            "GPIOZERO_PIN_FACTORY": "polka_sim",
            "POLKA_SIM_PINS": self.wiring["pins"][GATE],
        }
        self._spawn("gate", ["-m", "gate", "--settings", self.state / "gate.toml"], environment)

    def start_kiosk(self) -> None:
        """The kiosk, offscreen or in a window, with a finger beside it."""
        environment = {
            "PYTHONPATH": str(_STUBS),
            "POLKA_SIM_SPI": self.wiring["spi"][CARDS],
            "SDL_AUDIODRIVER": os.environ.get("SDL_AUDIODRIVER", "dummy"),
        }
        if not self.plan.window:
            environment["SDL_VIDEODRIVER"] = "offscreen"
        self.finger.unlink(missing_ok=True)
        self._spawn(
            "kiosk",
            ["-m", "hw_sim.finger", "--socket", self.finger, "--",
             "--settings", self.state / "kiosk.toml"],
            environment,
        )  # fmt: skip
        self._wait("kiosk", lambda: KioskClient(self.finger).is_up())

    def stop(self) -> None:
        """End everything that still runs, the newest first."""
        if self._world is not None:
            self._world.close()
        for name in reversed(list(self._processes)):
            self.end(name)
        self.broker.stop()

    # --- what a story needs -------------------------------------------------------------------

    @property
    def sim(self) -> Path:
        return self.state / "sim"

    @property
    def stubs(self) -> Path:
        """What stands in for spidev, RPi.GPIO and the pins; reachable only through PYTHONPATH."""
        return _STUBS

    @property
    def finger(self) -> Path:
        return self.state / "finger"

    @property
    def controller_toml(self) -> Path:
        return self.state / "controller.toml"

    @property
    def database(self) -> Path:
        return self.state / "ledger.db"

    @property
    def gates_port(self) -> int:
        """Where gates reach the broker, with TLS."""
        tls = self.broker.settings.tls
        return self.broker.settings.port if tls is None else tls.port

    @property
    def address(self) -> str:
        """Where the controller answers; its live page is at the root."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def desk(self) -> str:
        """Where the page of the simulated desk is."""
        return f"{self.wiring['api']}/desk"

    @property
    def wiring(self) -> Wiring:
        """Where the simulator's devices can be opened."""
        found: Wiring = json.loads((self.sim / WIRING_FILE).read_text())
        return found

    def world(self) -> WorldClient:
        """The simulator's verbs; the stage closes the line when it stops."""
        if self._world is None:
            self._world = WorldClient(self.wiring["api"])
        return self._world

    def kiosk(self) -> KioskClient:
        """The finger and the eye at the kiosk."""
        return KioskClient(self.finger)

    def polka(self, *arguments: object, accepted: tuple[int, ...] = (0,)) -> str:
        """Run a `polka` command to its end; what it printed."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "deploy.polka", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self._quiet_secrets()},
        )
        if done.returncode not in accepted:
            words = " ".join(map(str, arguments))
            raise StageError(f"polka {words} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def end(self, name: str, *, kill: bool = False) -> None:
        """End one process in good order, or as a power cut would."""
        process = self._processes.pop(name, None)
        if process is None:
            return
        process.kill() if kill else process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def freeze(self, name: str) -> None:
        """Stop a process in its tracks; its connections stay open and nobody answers on them."""
        self._processes[name].send_signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let it go on."""
        self._processes[name].send_signal(signal.SIGCONT)

    def runs(self, name: str) -> bool:
        """Was it started, and not ended on purpose?"""
        return name in self._processes

    def dead(self) -> list[str]:
        """Processes that ended without being asked."""
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def log(self, name: str) -> Path:
        """Where the words of a process are kept."""
        return self.state / f"{name}.log"

    # --- settings -----------------------------------------------------------------------------

    def write_settings(self) -> None:
        """The files an administrator would write."""
        self._private("gate.password", self._secrets[GATE])
        self._toml(
            self.controller_toml,
            library_isil=self.plan.owner,
            library_name=LIBRARY,
            library_display_name="Школьная библиотека",
            database_url=f"sqlite:///{self.database}",
            port=self.port,
            mqtt={"port": self.broker.settings.port},
        )
        self._toml(
            self.state / "gate.toml",
            library=LIBRARY,
            device=GATE,
            reader_url=self.wiring["gates"][GATE]["tcp"],
            state_dir=self.state / "gate",
            mqtt_host="127.0.0.1",
            mqtt_port=self.gates_port,
            mqtt_ca_file=self.state / "broker" / "tls" / "ca.crt",
            mqtt_password_file=self.state / "gate.password",
            allow_simulated=True,
        )
        self._toml(self.state / "kiosk.toml", **self._kiosk_settings())

    def _kiosk_settings(self) -> dict[str, object]:
        width, height, ppi = self.plan.panel
        return {
            "device": KIOSK,
            "owner": self.plan.owner,
            "controller_url": self.address,
            "token_file": self.state / "kiosk.token",
            "service_pin_file": self.state / "kiosk.pin",
            "journal": self.state / "kiosk" / "journal.db",
            "reader_port": self.wiring["pads"][PAD]["pty"],
            "panel_width_px": width,
            "panel_height_px": height,
            "panel_ppi": ppi,
            "fullscreen": False,
            "allow_simulated": True,
            **self.plan.kiosk,
        }

    def _toml(self, path: Path, **values: object) -> None:
        lines = [f"{key} = {_literal(value)}" for key, value in values.items()]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _private(self, name: str, secret: str) -> None:
        path = self.state / name
        path.touch(mode=0o600)
        path.write_text(secret, encoding="utf-8")

    def _quiet_secrets(self) -> dict[str, str]:
        return {"POLKA_CONTROLLER_MQTT__PASSWORD": self._secrets[CONTROLLER_USER]}

    # --- processes ----------------------------------------------------------------------------

    def _spawn(
        self, name: str, arguments: list[object], environment: Mapping[str, str] | None = None
    ) -> None:
        with self.log(name).open("ab") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603
                [sys.executable, *map(str, arguments)],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})},
            )

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not ready():
            if self._processes[name].poll() is not None or time.monotonic() > end:
                raise StageError(f"{name} did not come up; its words are in {self.log(name)}")
            time.sleep(0.02)


def _literal(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case dict():
            return "{ " + ", ".join(f"{k} = {_literal(v)}" for k, v in value.items()) + " }"
        case _:
            return json.dumps(str(value), ensure_ascii=False)
