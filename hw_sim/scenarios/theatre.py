"""One running library for many scenarios, and what brings it back to rest between two of them."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hw_sim.evidence import Ledger
from hw_sim.kiosk_client import KioskError
from hw_sim.library.build import IRBIS, ROSTER_CSV
from hw_sim.library.stock import OWNER
from hw_sim.scenarios.cast import ODD_PUPILS, CastingOffice
from hw_sim.scenarios.desk import Desk
from hw_sim.scenarios.words import (
    Device,
    Process,
)
from hw_sim.stage import Plan, Stage, StageError
from hw_sim.stage_files import CARDS, GATE, PAD

DEVICES: Final = {Device.PAD: PAD, Device.CARDS: CARDS, Device.GATE: GATE}
SAMPLE = Path(__file__).parents[1] / "library" / "files"
_DESK: Final = "desk1"
# As short as the settings allow: a scenario waits for the screen to clear itself.
_KIOSK: Final = {"idle_s": 5, "clear_s": 2, "snapshot_every_s": 4, "link_answering_s": 4}
_PATIENCE_S = 90.0


class Theatre:
    """The stage, its casting office and its desk, between `with` and its end."""

    def __init__(self, seed: int = 1) -> None:
        # Unix sockets have short names only, so the running state lives in a short folder.
        self._state = Path(tempfile.mkdtemp(prefix="polka-"))
        roster = self._state / ROSTER_CSV
        pupils = (SAMPLE / ROSTER_CSV).read_text(encoding="utf-8").rstrip("\n")
        roster.write_text("\n".join([pupils, *ODD_PUPILS, ""]), encoding="utf-8")
        plan = Plan(self._state, OWNER, SAMPLE / IRBIS, roster, seed=seed, kiosk=_KIOSK)
        self.stage = Stage(plan)
        self.seed = seed
        self._frozen: set[Process] = set()

    def __enter__(self) -> Self:
        try:
            self.stage.start()
            answer = self.stage.polka(
                "controller", "add-device", _DESK, "--kind", "station", "--json",
                "--settings", self.stage.controller_toml,
            )  # fmt: skip
        except BaseException:
            self.stage.stop()
            raise
        self.world = self.stage.world()
        self.kiosk = self.stage.kiosk()
        self.ledger = Ledger(self.stage.database)
        self.office = CastingOffice(self.ledger)
        self.desk = Desk(self.stage.address, json.loads(answer)["token"])
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for process in list(self._frozen):
            self.wake(process)
        self.desk.close()
        self.stage.stop()
        if error is None:
            shutil.rmtree(self._state, ignore_errors=True)

    # Processes that come and go

    def away(self, process: Process) -> None:
        """End it as a power cut would."""
        if process is Process.BROKER:
            self.stage.broker.kill()
        else:
            self.stage.end(process.value, kill=True)

    def back(self, process: Process) -> None:
        """Start it again and wait until it is there."""
        match process:
            case Process.BROKER:
                self.stage.broker.start()
            case Process.CONTROLLER:
                self.stage.start_controller()
            case Process.KIOSK:
                self.stage.start_kiosk()
            case Process.GATE:
                self.stage.start_gate()
                self._until("gate", lambda: self.world.gate(GATE).pins_connected)

    def hang(self, process: Process) -> None:
        """Let it stop answering."""
        self.stage.freeze(process.value)
        self._frozen.add(process)

    def wake(self, process: Process) -> None:
        """Let it go on."""
        self.stage.thaw(process.value)
        self._frozen.discard(process)

    # Between two scenarios

    def tidy_up(self) -> None:
        """Nothing on the pad, no card, every plug in, every process up, the start screen."""
        for process in list(self._frozen):
            self.wake(process)
        for process in Process:
            if not self._is_up(process):
                self.back(process)
        for device in DEVICES.values():
            self.world.replug(device)
        for reader in (PAD, GATE):
            self.world.clear_faults(reader)
        if self.world.world().pads[PAD].tags:
            self.world.lift(PAD)
        self.world.remove_card(CARDS)
        self._until("the start screen", self._is_at_rest)

    def _is_up(self, process: Process) -> bool:
        if process is Process.BROKER:
            return self.stage.broker.running
        return self.stage.runs(process.value)

    def _is_at_rest(self) -> bool:
        view = self.kiosk.view()
        if view["screen"] == "start":
            # nothing lies there any more, and the controller is asked again
            return view["notice"] is None and "Нет связи" not in view["status"]
        if any(action["id"] == "finish" for action in view["actions"]):
            try:
                self.kiosk.tap("finish")
            except KioskError:
                return False  # it went while the finger came
        return False

    def _until(self, what: str, is_so: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not is_so():
            if time.monotonic() > end:
                raise StageError(f"{what} did not come; the processes' words are in {self._state}")
            time.sleep(0.05)
