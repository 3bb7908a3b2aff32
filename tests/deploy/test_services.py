"""Units of systemd: what systemd itself says of them, and what the command says to mistakes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.commands.services import app
from deploy.services import PROGRAMS, Unsuitable, unit

EXISTS = Path("/bin/true")
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze (apt: systemd)")
# reference: what an exposed program may still be able to do; 10 is everything
EXPOSURE = {"controller": 2.0, "broker": 2.0} | dict.fromkeys(
    ("gate", "kiosk", "drop", "station"), 4.5
)


@needs_systemd
@pytest.mark.parametrize("program", PROGRAMS)
def test_systemd_understands_every_line(program: str, tmp_path: Path) -> None:
    file = written(program, tmp_path)

    done = subprocess.run([ANALYZE, "verify", file], capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_was_taken_over_could_do_little(program: str, tmp_path: Path) -> None:
    file = written(program, tmp_path)

    done = subprocess.run(
        [ANALYZE, "security", "--offline=true", file], capture_output=True, text=True
    )

    level = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
    assert level is not None, done.stdout + done.stderr
    assert float(level[1]) <= EXPOSURE[program]


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_root_may_be_read_only_and_the_state_lies_in_one_place(program: str) -> None:
    text = unit(program, EXISTS).text
    name = "polka" if program in ("controller", "broker") else f"polka-{program}"

    assert "ProtectSystem=strict" in text
    assert f"StateDirectory={name}\n" in text
    assert f"HOME=/var/lib/{name}" in text
    assert "{" not in text


@pytest.mark.parametrize("program", ["gate", "kiosk", "drop", "station"])
def test_a_program_that_hangs_is_started_again(program: str) -> None:
    text = unit(program, EXISTS).text

    assert "Type=notify" in text
    assert re.search(r"^WatchdogSec=\d+$", text, re.MULTILINE)
    assert "Restart=always" in text
    assert "StartLimitIntervalSec=0" in text


def test_the_command_writes_units_and_the_accounts_they_run_as(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["gate", "broker", "--root", str(tmp_path), "--polka", "/opt/polka/bin/polka"]
    )

    assert done.exit_code == 0
    gate = tmp_path / "etc/systemd/system/polka-gate.service"
    assert "ExecStart=/opt/polka/bin/polka gate --settings" in gate.read_text()
    accounts = (tmp_path / "etc/sysusers.d/polka.conf").read_text()
    for file in gate.parent.iterdir():
        [account] = re.findall(r"^User=(.+)$", file.read_text(), re.MULTILINE)
        assert f"\nu {account} " in accounts
    assert "systemctl enable --now polka-gate.service polka-broker.service" in done.output


def test_showing_writes_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["gate", "--show", "--root", str(tmp_path), "--polka", "/opt/polka"]
    )

    assert "WatchdogSec=60" in done.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["toaster", "--polka", "/opt/polka"], "there are controller"),
        (["gate", "--polka", "bin/polka"], "absolute"),
        (["gate", "--polka", "/opt/my polka"], "blanks"),
    ],
)
def test_what_cannot_be_a_unit_is_refused(
    arguments: list[str], advice: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(app, [*arguments, "--root", str(tmp_path)])

    assert done.exit_code == 2
    assert advice in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_unit_of_nobody_is_refused() -> None:
    with pytest.raises(Unsuitable, match="gate"):
        unit("toaster", EXISTS)


def written(program: str, folder: Path) -> Path:
    """The unit as systemd would find it, on a machine where everything it starts is there."""
    made = unit(program, EXISTS, xinit=EXISTS)
    (folder / made.name).write_text(made.text)
    return folder / made.name
