"""Say that the gate is alive, to systemd and to the board, only while it really talks to readers.

The board's own watchdog (watchdog(7), /dev/watchdog) restarts it when nothing has been written for
its time; 'V' before the close switches it off, so that a gate that ends in good order may stay
ended.
"""

import os
from pathlib import Path

import structlog

from drivers.supervisor import Supervisor

_MAGIC_CLOSE = b"V"
_log = structlog.get_logger(__name__)


class Watchdog:
    """Speaks to the supervisor and the board; to nobody when the gate was started by hand."""

    def __init__(self, device: Path | None = None) -> None:
        """`device`: the board's watchdog, when systemd does not feed it itself."""
        self._supervisor = Supervisor()
        self._board = None if device is None else _opened(device)

    def ready(self) -> None:
        """The gate guards."""
        self._supervisor.ready()

    def alive(self) -> None:
        """All is well for now."""
        self._supervisor.alive()
        self._feed(b"\0")

    def close(self) -> None:
        """The gate ends because it was told to."""
        self._supervisor.stopping()
        if self._board is not None:
            self._feed(_MAGIC_CLOSE)
            os.close(self._board)
            self._board = None

    def _feed(self, byte: bytes) -> None:
        if self._board is None:
            return
        try:
            os.write(self._board, byte)
        except OSError as error:
            _log.warning("board_watchdog_fails", why=str(error))


def _opened(device: Path) -> int | None:
    """None when it cannot be had: a gate without it guards better than none."""
    try:
        return os.open(device, os.O_WRONLY)
    except OSError as error:
        _log.error("board_watchdog_missing", device=str(device), why=str(error))
        return None
