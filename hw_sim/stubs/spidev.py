"""Stand-in for spidev: transfers go to the simulated chip, over the socket in POLKA_SIM_SPI."""

import os
import socket
from collections.abc import Sequence

SIMULATED = True
SOCKET_VARIABLE = "POLKA_SIM_SPI"


class SpiDev:
    """As much of spidev.SpiDev as the mfrc522 package uses."""

    def __init__(self) -> None:
        self.max_speed_hz = 0
        self.mode = 0
        self._bus: socket.socket | None = None

    def open(self, bus: int, device: int) -> None:
        """Connect; FileNotFoundError, as the real one, where there is no such bus."""
        path = os.environ.get(SOCKET_VARIABLE)
        if not path:
            raise FileNotFoundError(
                f"/dev/spidev{bus}.{device} is simulated: set {SOCKET_VARIABLE} to its socket"
            )
        self._bus = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._bus.connect(path)

    def xfer2(self, values: Sequence[int]) -> list[int]:
        """Send bytes, get as many back; OSError once the simulator is gone."""
        if self._bus is None:
            raise OSError(9, "SPI device is not open")
        self._bus.sendall(len(values).to_bytes(2, "big") + bytes(value & 0xFF for value in values))
        answer = b""
        while len(answer) < len(values):
            part = self._bus.recv(len(values) - len(answer))
            if not part:
                raise OSError(5, "the simulated SPI bus is gone")
            answer += part
        return list(answer)

    def close(self) -> None:
        if self._bus is not None:
            self._bus.close()
        self._bus = None
