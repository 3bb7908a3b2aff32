"""The SPI bus of a card reader on a Unix socket: a length (2 bytes), then raw bytes, and back."""

import contextlib
import socket
import threading
from pathlib import Path

from hw_sim.devices.mfrc522 import Mfrc522
from hw_sim.unix_sockets import listen, receive_exactly

LENGTH_BYTES = 2


class SpiServer:
    """Forwards the transfers of a kiosk process to one chip. Several processes may be connected."""

    def __init__(self, path: Path, chip: Mfrc522) -> None:
        self.path = path
        self._chip = chip
        self._listener = listen(path)
        self._masters: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name=f"spi {path.name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close the bus; connected processes see it end."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for master in list(self._masters):
            with contextlib.suppress(OSError):
                master.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was shut down
            while True:
                master, _ = self._listener.accept()
                self._masters.add(master)
                name = f"spi master {self.path.name}"
                threading.Thread(target=self._serve, args=(master,), name=name, daemon=True).start()

    def _serve(self, master: socket.socket) -> None:
        with master, contextlib.suppress(OSError):
            while head := receive_exactly(master, LENGTH_BYTES):
                data = receive_exactly(master, int.from_bytes(head, "big"))
                if not data:
                    break
                master.sendall(self._chip.transfer(data))
        self._masters.discard(master)
