"""Switches the panel's light off and on with the commands that fit this machine.

Under bare Xorg that is `xset dpms force off` and `on`; a display without such a command goes black
all the same, because the screen that is drawn then is black.
"""

import subprocess
import threading
from collections.abc import Sequence

import structlog

log = structlog.get_logger(__name__)


_PATIENCE_S = 10.0  # no display takes longer to obey


class Display:
    """Runs one command at each change, beside the window; one that fails is told in the log."""

    def __init__(self, off: Sequence[str], on: Sequence[str]) -> None:
        """Empty commands do nothing."""
        self._commands = {False: tuple(off), True: tuple(on)}
        self._running: threading.Thread | None = None

    def light(self, *, on: bool) -> None:
        """Returns at once, unless the command before has not ended."""
        self.close()
        if command := self._commands[on]:
            self._running = threading.Thread(target=_run, args=(command,), name="display")
            self._running.start()

    def close(self) -> None:
        """Wait for the command that runs, if there is one."""
        if self._running is not None:
            self._running.join()
            self._running = None


def _run(command: tuple[str, ...]) -> None:
    try:
        subprocess.run(  # noqa: S603  # from the settings file, no shell
            command, stdin=subprocess.DEVNULL, check=True, timeout=_PATIENCE_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("display_command_failed", command=command[0], why=str(error))
