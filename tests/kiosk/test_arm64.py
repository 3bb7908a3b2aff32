"""The kiosk on a Pi's architecture: Debian's arm64 packages, the arm64 wheels, qemu in between.

What is proved is that the locked set of wheels exists for aarch64, that the window opens and draws
what the documents show, and that a book is lent, sealed into the journal and taken back there.
Speed says nothing: an emulated processor is some thirty times slower.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk

ROOT = Path(kiosk.__file__).parent.parent
QEMU, DEBIAN = "qemu-aarch64-static", "mmdebstrap"
RELEASE = "bookworm"  # its Python is the 3.11 of 64-bit Raspberry Pi OS
PACKAGES = (  # as in deploy/bootstrap, with the Python that a Pi brings along
    "python3.11",
    "libpython3.11-stdlib",
    "libgl1",
    "libegl1",
    "libgles2",
    "libgl1-mesa-dri",
    "libmtdev1",
)
TOOLS = ("numpy", "pillow", "pytest", "pytest-timeout", "pytest-xdist")  # of the tests themselves
SCREENS = "tests/kiosk/screens"
WANTED = (
    f"{SCREENS}/test_golden.py::test_the_kiosk_draws_what_the_documents_show[1280x800-start]",
    f"{SCREENS}/test_golden.py::test_the_kiosk_draws_what_the_documents_show[1280x800-pad]",
    f"{SCREENS}/test_soak.py::test_sessions_leave_nothing_behind",
)


@pytest.fixture
def pi(tmp_path: Path) -> Iterator[Path]:
    """A folder with `root`, a Debian for arm64, and `wheels`; a half of a gigabyte, not kept."""
    missing = [name for name in (QEMU, DEBIAN) if shutil.which(name) is None]
    if missing:
        pytest.skip(f"{' and '.join(missing)} missing: `make test-long` installs what is needed")
    done = subprocess.run(
        (
            *(DEBIAN, "--variant=extract", "--architectures=arm64"),
            *(f"--include={','.join(PACKAGES)}", RELEASE, str(tmp_path / "root")),
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no Debian for arm64 here: {done.stderr.strip().splitlines()[-1]}")
    install_wheels(tmp_path / "wheels")
    yield tmp_path
    shutil.rmtree(tmp_path / "root")
    shutil.rmtree(tmp_path / "wheels")


def install_wheels(folder: Path) -> None:
    """The kiosk and its packages for a Pi, of the locked versions; a missing wheel fails."""
    subprocess.run(
        (
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--target", str(folder)),
            *("--python-platform", "aarch64-unknown-linux-gnu", "--python-version", "3.11"),
            *("--only-binary", ":all:", "--constraints", "requirements.lock"),
            *("--editable", ".[kiosk]", *TOOLS),
        ),
        cwd=ROOT,
        check=True,
    )


def emulated(pi: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the Pi's Python with nothing of this machine's environment."""
    environment = {
        "HOME": str(pi),
        "LANG": "C.UTF-8",
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": f"{pi / 'wheels'}:{ROOT}",
        "TMPDIR": str(pi),
    }
    return subprocess.run(
        [QEMU, "-L", str(pi / "root"), str(pi / "root/usr/bin/python3.11"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_kiosk_draws_lends_and_takes_back_on_a_pis_architecture(pi: Path) -> None:
    machine = emulated(pi, "-c", "import platform; print(platform.machine())")
    if machine.returncode:
        pytest.skip(f"{QEMU} cannot run here: {machine.stderr.strip()[-200:]}")

    done = emulated(pi, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=1500", *WANTED)

    assert machine.stdout == "aarch64\n"
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"{len(WANTED)} passed" in done.stdout
