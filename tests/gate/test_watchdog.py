"""systemd and the board hear that the gate is alive, in the words they understand."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.watchdog import Watchdog


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    address = str(tmp_path / "notify")
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listening.bind(address)
    listening.settimeout(5)
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    yield listening
    listening.close()


def test_the_supervisor_hears_start_life_and_end(supervisor: socket.socket) -> None:
    watchdog = Watchdog()

    watchdog.ready()
    watchdog.alive()
    watchdog.close()

    words = [supervisor.recv(64) for _ in range(3)]
    assert words == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_a_supervisor_that_went_away_costs_nothing(supervisor: socket.socket) -> None:
    watchdog = Watchdog()
    supervisor.close()

    watchdog.alive()
    watchdog.close()

    assert supervisor.fileno() == -1


def test_the_board_is_fed_and_told_of_an_end_in_good_order(tmp_path: Path) -> None:
    device = tmp_path / "watchdog"
    device.touch()
    watchdog = Watchdog(device)

    watchdog.alive()
    watchdog.alive()
    watchdog.close()

    assert device.read_bytes() == b"\0\0V"


def test_a_gate_without_a_board_watchdog_guards_on(tmp_path: Path) -> None:
    watchdog = Watchdog(tmp_path / "missing" / "watchdog")

    watchdog.alive()
    watchdog.close()

    assert not (tmp_path / "missing").exists()
