"""Switches the panel's light off and on with the commands that fit this machine.

Under bare Xorg that is `xset dpms force off` and `on`; a display without such a command goes black
all the same, because the screen that is drawn then is black.
"""

import subprocess
from collections.abc import Sequence

import structlog

log = structlog.get_logger(__name__)


class Display:
    """Runs one command at each change; a command that fails is told in the log, once each time."""

    def __init__(self, off: Sequence[str], on: Sequence[str]) -> None:
        """Empty commands do nothing."""
        self._commands = {False: tuple(off), True: tuple(on)}
        self._running: subprocess.Popen[bytes] | None = None

    def light(self, *, on: bool) -> None:
        """Returns at once; the command before has long ended."""
        if self._running is not None and self._running.poll():
            log.warning("display_command_failed", code=self._running.returncode)
        command = self._commands[on]
        if not command:
            return
        try:
            self._running = subprocess.Popen(  # noqa: S603  # from the settings file
                command, stdin=subprocess.DEVNULL
            )
        except OSError as error:
            log.warning("display_command_missing", command=command[0], why=error.strerror)
