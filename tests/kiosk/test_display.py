"""The panel's light: one command at each change, and no harm where there is none."""

from pathlib import Path

from kiosk.display import Display


def test_each_change_runs_its_command(tmp_path: Path) -> None:
    off, on = tmp_path / "off", tmp_path / "on"
    display = Display(("touch", str(off)), ("touch", str(on)))

    display.light(on=False)
    display.close()

    assert off.exists()
    assert not on.exists()


def test_a_display_without_commands_or_with_a_missing_one_is_left_alone(tmp_path: Path) -> None:
    Display((), ()).light(on=False)
    for command in (str(tmp_path / "absent"), "false"):
        display = Display((command,), ())
        display.light(on=False)
        display.close()

    assert list(tmp_path.iterdir()) == []
