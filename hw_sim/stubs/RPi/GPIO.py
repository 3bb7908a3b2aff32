# ruff: noqa: N999 - the name is that of the module it stands in for
"""Stand-in for RPi.GPIO, as far as mfrc522 touches it: it drives the chip's reset pin high."""

SIMULATED = True
BOARD, BCM = 10, 11
OUT, IN = 0, 1
LOW, HIGH = 0, 1

_mode: list[int] = []
_levels: dict[int, int] = {}


def getmode() -> int | None:
    """BOARD, BCM, or None before setmode."""
    return _mode[0] if _mode else None


def setmode(mode: int) -> None:
    _mode[:] = [mode]


def setwarnings(_flag: bool) -> None:
    """There is nothing to warn about."""


def setup(channel: int, direction: int) -> None:
    """Known pins only can be driven."""
    if direction == OUT:
        _levels[channel] = LOW


def output(channel: int, level: int) -> None:
    """Drive a pin; RuntimeError, as the real one, if it was not set up."""
    if channel not in _levels:
        raise RuntimeError("The GPIO channel has not been set up as an OUTPUT")
    _levels[channel] = level


def cleanup() -> None:
    _levels.clear()
    _mode.clear()
