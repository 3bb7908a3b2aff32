"""Tell systemd that a program is ready, lives, and ends: sd_notify(3) in its own words.

A datagram to the socket named by NOTIFY_SOCKET; an abstract one begins with '@'. Nothing is said
when the program was started by hand.
"""

import os
import socket
from contextlib import suppress
from typing import Final

_READY: Final = b"READY=1"
_ALIVE: Final = b"WATCHDOG=1"
_STOPPING: Final = b"STOPPING=1"


class Supervisor:
    """Speaks to whoever started this process. A supervisor that does not listen costs nothing."""

    def __init__(self) -> None:
        name = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + name[1:] if name.startswith("@") else name

    def ready(self) -> None:
        """The program does its work from now on."""
        self._say(_READY)

    def alive(self) -> None:
        """All is well for now; say it more often than WatchdogSec."""
        self._say(_ALIVE)

    def stopping(self) -> None:
        """The program ends because it was told to."""
        self._say(_STOPPING)

    def _say(self, word: bytes) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, suppress(OSError):
            line.setblocking(False)
            line.sendto(word, self._address)
