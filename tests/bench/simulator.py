"""A simulator process for a benchmark."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hw_sim.client import WorldClient
from hw_sim.server import WIRING_FILE, Wiring


@contextmanager
def started(
    *, timing: str, pads: tuple[str, ...] = ("feig-mr102",), uhf_pads: tuple[str, ...] = ()
) -> Iterator[tuple[WorldClient, Wiring]]:
    """A pad of each model under its name, one gate, one card reader; ends with the block."""
    with tempfile.TemporaryDirectory(prefix="polka-") as folder:
        state = Path(folder)
        settings = state / "sim.json"
        devices = {
            "pads": [{"name": model, "model": model, "timing": timing} for model in pads],
            "uhf_pads": [{"name": model, "model": model, "timing": timing} for model in uhf_pads],
            "gates": [{"name": "gate1", "timing": timing}],
        }
        settings.write_text(json.dumps({"state_dir": folder, **devices}))
        command = ["-m", "hw_sim.server", "--state", folder, "--settings", str(settings)]
        process = subprocess.Popen([sys.executable, *command], stderr=subprocess.DEVNULL)
        try:
            wiring = _wiring(state / WIRING_FILE)
            with WorldClient(wiring["api"]) as world:
                yield world, wiring
        finally:
            process.terminate()
            process.wait(10)


def _wiring(path: Path) -> Wiring:
    end = time.monotonic() + 20
    while not path.exists():
        if time.monotonic() > end:
            raise TimeoutError(f"the simulator wrote no {path.name}")
        time.sleep(0.02)
    found: Wiring = json.loads(path.read_text())
    return found
