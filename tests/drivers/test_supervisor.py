"""systemd hears that a program is ready, lives and ends, in the words of sd_notify(3)."""

import socket
from pathlib import Path

import pytest

from drivers.supervisor import Supervisor


@pytest.fixture(params=["path", "abstract"])
def listening(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    address = str(tmp_path / "notify")
    if request.param == "abstract":
        address = f"@polka-test-{tmp_path.name}-{id(tmp_path)}"
    supervisor = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    supervisor.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
    supervisor.settimeout(30)
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    yield supervisor
    supervisor.close()


def test_the_supervisor_hears_start_life_and_end(listening: socket.socket) -> None:
    program = Supervisor()

    program.ready()
    program.alive()
    program.stopping()

    assert [listening.recv(64) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_a_supervisor_that_went_away_costs_nothing(listening: socket.socket) -> None:
    program = Supervisor()
    listening.close()

    program.alive()
    program.stopping()

    assert listening.fileno() == -1


def test_a_program_that_was_started_by_hand_tells_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    program = Supervisor()

    program.ready()
    program.stopping()

    assert list(tmp_path.iterdir()) == []
