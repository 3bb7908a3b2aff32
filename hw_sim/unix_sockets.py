"""Unix sockets of the simulator: listen at a path, read whole messages."""

import socket
from pathlib import Path

MAX_PATH_BYTES = 107  # sun_path of Linux, less the closing zero


def listen(path: Path) -> socket.socket:
    """A listening socket at `path`, in place of a dead one; `ValueError` if it is too long."""
    if len(bytes(path)) > MAX_PATH_BYTES:
        raise ValueError(
            f"{path} is longer than {MAX_PATH_BYTES} bytes, too long for a Unix socket: "
            "choose a shorter state folder"
        )
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    listener.listen()
    return listener


def receive_exactly(source: socket.socket, count: int) -> bytes:
    """`count` bytes, or nothing if the other side ended before."""
    data = source.recv(count)
    while data and len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            return b""
        data += more
    return data
