"""Tell systemd that the gate is alive: WATCHDOG=1 only while every reader really answers.

sd_notify(3): a datagram to the socket named by NOTIFY_SOCKET; an abstract one begins with '@'.
"""

import os
import socket


class Watchdog:
    """Speaks to the supervisor, or to nobody when the gate was started by hand."""

    def __init__(self) -> None:
        name = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + name[1:] if name.startswith("@") else name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def say(self, word: str) -> None:
        """READY=1, WATCHDOG=1 or STOPPING=1; a supervisor that does not listen costs nothing."""
        if not self._address:
            return
        try:
            self._socket.sendto(word.encode(), self._address)
        except OSError:
            return

    def close(self) -> None:
        self._socket.close()
