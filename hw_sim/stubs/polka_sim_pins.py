"""A gpiozero pin factory whose pins are joined to the simulated world over POLKA_SIM_PINS."""

import contextlib
import os
import socket
import threading
import time
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

SIMULATED = True
SOCKET_VARIABLE = "POLKA_SIM_PINS"


class WorldPin(MockPWMPin):  # type: ignore[misc]
    """A pin whose input level comes from the world, and whose output the world sees."""

    @property
    def bcm(self) -> int:
        return int(self.info.name.removeprefix("GPIO"))

    def follow(self, level: bool) -> None:
        """Take the level the world gives, if this pin is an input."""
        if self._function == "input":
            if level:
                self.drive_high()
            else:
                self.drive_low()

    def _set_pull(self, value: str) -> None:
        super()._set_pull(value)
        level = self.factory.levels.get(self.bcm)
        if level is not None:  # the receiver at the pin is stronger than the pull resistor
            self.follow(level)

    def _set_function(self, value: str) -> None:
        was_output = self._function == "output"
        super()._set_function(value)
        if was_output and value == "input":
            self.factory.tell(self.bcm, on=False)

    def _change_state(self, value: float) -> bool:
        changed = bool(super()._change_state(value))
        if changed and self._function == "output":
            self.factory.tell(self.bcm, on=value > 0)
        return changed


class WorldFactory(MockFactory):  # type: ignore[misc]
    """Mock pins of one gate; connected, and told every level, before the first pin is made."""

    def __init__(self) -> None:
        super().__init__(pin_class=WorldPin)
        path = os.environ.get(SOCKET_VARIABLE)
        if not path:
            raise RuntimeError(f"set {SOCKET_VARIABLE} to the pins socket of the simulator")
        self.levels: dict[int, bool] = {}
        self._guard = threading.Lock()
        self._ready = threading.Event()
        self._world = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._world.connect(path)
        self._thread = threading.Thread(target=self._listen, name="simulated pins", daemon=True)
        self._thread.start()
        if not self._ready.wait(5):
            raise RuntimeError(f"the simulator at {path} does not tell the levels of its pins")

    def tell(self, bcm: int, *, on: bool) -> None:
        """Report an output with the instant of its change; silent once the world is gone."""
        with self._guard, contextlib.suppress(OSError):
            self._world.sendall(f"out {bcm} {int(on)} {time.monotonic():.6f}\n".encode())

    def close(self) -> None:
        super().close()
        with contextlib.suppress(OSError):
            self._world.shutdown(socket.SHUT_RDWR)
        if threading.current_thread() is not self._thread:
            self._thread.join()
        self._world.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError), self._world.makefile() as lines:
            for line in lines:
                self._hear(line.split())

    def _hear(self, words: list[str]) -> None:
        if words == ["ready"]:
            self._ready.set()
            return
        bcm, level = int(words[1]), words[2] == "1"
        self.levels[bcm] = level
        for pin in self._made(bcm):
            pin.follow(level)

    def _made(self, bcm: int) -> list[Any]:
        return [pin for pin in list(self.pins.values()) if pin.bcm == bcm]
