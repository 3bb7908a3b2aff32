"""The real command as its own process: it starts, draws, beeps, and ends as it should."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SETTINGS = """
device = "kiosk-1"
owner = "RU-10010033"
controller_url = "http://127.0.0.1:9"
journal = "{folder}/journal.db"
reader_port = "{folder}/no-reader"
panel_width_px = 1280
panel_height_px = 800
panel_ppi = 149
fullscreen = false
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(SETTINGS.format(folder=tmp_path))
    return path


def environment(tmp_path: Path) -> dict[str, str]:
    return os.environ | {
        "HOME": str(tmp_path / "home"),
        "POLKA_KIOSK_TOKEN": "s3cret",
        "SDL_VIDEODRIVER": "offscreen",
        "SDL_AUDIODRIVER": "dummy",
    }


def test_a_kiosk_without_its_reader_starts_and_ends_when_told(
    settings: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "kiosk", "--settings", str(settings)]
    kiosk = subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert kiosk.stdout is not None
    said = b""
    end = time.monotonic() + 30
    while b"device_lost" not in said and time.monotonic() < end:
        said += kiosk.stdout.readline()

    kiosk.send_signal(signal.SIGTERM)
    rest, _ = kiosk.communicate(timeout=20)

    assert kiosk.returncode == 0, (said + rest).decode(errors="replace")
    assert b"kiosk_ends" in rest
    assert b"s3cret" not in said + rest
    assert not (tmp_path / "home").exists()  # Kivy wrote nothing of its own


@pytest.mark.parametrize(
    ("arguments", "code", "advice"),
    [
        (["--settings", "absent.toml"], 2, "no such settings file"),
        (["--settings", "kiosk.toml", "--check"], 0, '"device": "kiosk-1"'),
    ],
)
def test_the_command_says_what_is_wrong_with_its_settings(
    settings: Path, tmp_path: Path, arguments: list[str], code: int, advice: str
) -> None:
    command = [sys.executable, "-c", "from deploy.polka import main; main()", "kiosk", "run"]
    env = environment(tmp_path) | {"PYTHONPATH": str(Path.cwd())}

    done = subprocess.run(
        [*command, *arguments], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=30
    )

    assert done.returncode == code
    assert advice in done.stdout + done.stderr
