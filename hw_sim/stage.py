"""A whole library as processes on this machine: broker, simulator, controller, gate, kiosk.

Encoding station and book drop are started by whoever plays with them.
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
from hw_sim.stage_files import (
    CARDS,
    DROP,
    GATE,
    KIOSK,
    LIBRARY,
    STATION,
    Ground,
    simulator_settings,
    write_settings,
)
from hw_sim.stock_tags import written_tag

LIBRARIANS_NUMBER = "2704"  # opens the demo kiosk's service screen
LIBRARIAN, PASSWORD = "olga", "biblioteka-2704"  # works at the station
STORY_BOOKS = 2
_STUBS = Path(__file__).parent / "stubs"
_PATIENCE_S = 90.0  # four libraries may be starting on two cores
_TOKENS = {KIOSK: "kiosk", STATION: "station", DROP: "drop"}
_FILLED = ("ledger.db", "kiosk.pin", *(f"{kind}.token" for kind in _TOKENS.values()))


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
        """The one world; its wires to the hardware end here."""
        settings = self.state / "sim.json"
        chosen = simulator_settings(self.sim, seed=self.plan.seed, live_page=self.address)
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
        self._enrol(GATE, "gate")
        for name, kind in _TOKENS.items():
            self._private(f"{kind}.token", self._enrol(name, kind))
        self._private("kiosk.pin", LIBRARIANS_NUMBER)
        self.polka(
            "controller", "add-staff", LIBRARIAN, "--role", "librarian",
            "--settings", self.controller_toml, said=PASSWORD,
        )  # fmt: skip

    def _enrol(self, name: str, kind: str) -> str:
        """The device's token; a gate has none."""
        answer = self.polka(
            "controller", "add-device", name, "--kind", kind, "--json",
            "--settings", self.controller_toml,
        )  # fmt: skip
        return str(json.loads(answer).get("token", ""))

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
        self._spawn(
            "gate", ["-m", "gate", "--settings", self.state / "gate.toml"], self._pins(GATE)
        )

    def start_kiosk(self) -> None:
        """The kiosk, offscreen or in a window, with a finger beside it."""
        spi = {"PYTHONPATH": str(_STUBS), "POLKA_SIM_SPI": self.wiring["spi"][CARDS]}
        self._open_window("kiosk", self.finger, spi)

    def start_station(self) -> None:
        """The encoding station, as the kiosk; a finger and a scanner beside it."""
        self._open_window("station", self.scanner, {})

    def start_drop(self) -> None:
        """The book drop on simulated pins; it has begun when its flap can be opened."""
        (self.state / "drop.display").touch()
        self._spawn(
            "drop", ["-m", "kiosk.drop", "--settings", self.state / "drop.toml"], self._pins(DROP)
        )
        self._wait("drop", lambda: not self.world().drop(DROP).locked)

    def _pins(self, board: str) -> dict[str, str]:
        return {
            "PYTHONPATH": str(_STUBS),
            "GPIOZERO_PIN_FACTORY": "polka_sim",
            "POLKA_SIM_PINS": self.wiring["pins"][board],
        }

    def _open_window(self, program: str, finger: Path, wires: Mapping[str, str]) -> None:
        environment = {"SDL_AUDIODRIVER": os.environ.get("SDL_AUDIODRIVER", "dummy"), **wires}
        if not self.plan.window:
            environment["SDL_VIDEODRIVER"] = "offscreen"
        finger.unlink(missing_ok=True)
        self._spawn(
            program,
            ["-m", "hw_sim.finger", "--program", program, "--socket", finger, "--",
             "--settings", self.state / f"{program}.toml"],
            environment,
        )  # fmt: skip
        self._wait(program, lambda: KioskClient(finger).is_up())

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
    def scanner(self) -> Path:
        return self.state / "scanner"

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

    def station(self) -> KioskClient:
        """Finger, scanner and eye at the encoding station."""
        return KioskClient(self.scanner)

    def drop_display(self) -> str:
        """What the drop's small display shows now (its screen is cleared before each sentence)."""
        drawn = (self.state / "drop.display").read_text(encoding="utf-8")
        return " ".join(drawn.rsplit("\x1b[H", 1)[-1].split())

    def polka(self, *arguments: object, accepted: tuple[int, ...] = (0,), said: str = "") -> str:
        """Run a `polka` command to its end, with `said` on its line; what it printed."""
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "deploy.polka", *map(str, arguments)],
            capture_output=True,
            input=said,
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

    def pid(self, name: str) -> int:
        """The number of a running process."""
        return self._processes[name].pid

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
        plan = self.plan
        write_settings(
            Ground(
                state=self.state,
                owner=plan.owner,
                wiring=self.wiring,
                database=self.database,
                port=self.port,
                broker_port=self.broker.settings.port,
                gates_port=self.gates_port,
                panel=plan.panel,
                kiosk=plan.kiosk,
            )
        )

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
