"""The demo's choice between a screen and a terminal, and what it tells whoever starts it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hw_sim.demo import has_screen

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("display", "wayland", "screen"),
    [("", "", False), (":0", "", True), ("", "wayland-0", True)],
)
def test_a_screen_is_an_x_or_a_wayland_display(
    monkeypatch: pytest.MonkeyPatch, display: str, wayland: str, screen: bool
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)

    assert has_screen() is screen


@pytest.mark.system
def test_demo_without_a_story_tells_both_addresses(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.polka", "demo", "--no-story", "--end"],
        capture_output=True, text=True, timeout=240, cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"live page: http://127\.0\.0\.1:\d+\n", done.stdout)
    assert re.search(r"desk: +http://127\.0\.0\.1:\d+/desk\n", done.stdout)
