"""The board hears that the gate is alive, in the words it understands."""

from pathlib import Path

from gate.watchdog import Watchdog


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
