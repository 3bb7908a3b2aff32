"""TCP ports of processes of this machine: one to start at, and whether somebody is there."""

import secrets
import socket
from contextlib import closing, suppress

_PORTS = range(20_000, 32_768)


def free_port() -> int:
    """A TCP port that nobody uses now, and that the kernel gives to nobody by itself.

    Between the look and the start of who will listen there, a port of the kernel's own range
    (32768 and above, ip(7)) would sooner or later be some client's.
    """
    while True:
        port = secrets.choice(_PORTS)
        with closing(socket.socket()) as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def listens(port: int) -> bool:
    """Somebody takes connections there now."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False
