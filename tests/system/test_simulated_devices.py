"""A real gate or kiosk does not start on a simulated device by accident."""

import os
import subprocess
import sys

import pytest

from hw_sim.stage import Stage
from hw_sim.stage_files import GATE

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_a_gate_refuses_a_simulated_reader_unless_it_is_told_to(library: Stage) -> None:
    library.end("gate")
    settings = library.state / "gate.toml"
    strict = library.state / "strict.toml"
    strict.write_text(settings.read_text().replace("allow_simulated = true", ""))
    pins = library.wiring["pins"][GATE]
    environment = {
        "PYTHONPATH": str(library.stubs),
        "GPIOZERO_PIN_FACTORY": "polka_sim",
        "POLKA_SIM_PINS": pins,
    }

    done = subprocess.run(
        [sys.executable, "-m", "gate", "--settings", strict],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 3
    assert "simulated" in done.stderr


def test_a_kiosk_shows_out_of_order_on_a_simulated_reader_unless_it_is_told_to(
    library: Stage,
) -> None:
    library.end("kiosk")
    settings = library.state / "kiosk.toml"
    settings.write_text(settings.read_text().replace("allow_simulated = true", ""))

    library.start_kiosk()

    view = library.kiosk().view()
    assert view["screen"] == "problem"
    assert [action["id"] for action in view["actions"]] == []
