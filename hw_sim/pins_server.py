"""The pins of a board on a Unix socket: what it senses goes out as levels, its outputs come in.

Lines of text: ``level <bcm> <0|1>`` and ``ready`` to the board, ``out <bcm> <0|1> <monotonic s>``
from it. What is wired to them is a gate's beams and lamps, or a drop's flap and bins.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol

from hw_sim.aisle import Beam
from hw_sim.gate_site import GateSite
from hw_sim.unix_sockets import listen

BEAM_PINS = {Beam.INNER: 17, Beam.OUTER: 27}  # BCM numbers, as wired in docs of the gate
OUTPUT_PINS = {22: "lamp", 23: "sounder"}


class Wired(Protocol):
    """What hangs on the pins, by BCM number; HIGH is True."""

    def levels(self) -> Mapping[int, bool]:
        """Every input of the board now."""
        ...

    def on_level(self, tell: Callable[[int, bool], None]) -> None:
        """Tell of each input that changes from now on."""
        ...

    def outputs(self) -> Collection[int]: ...

    def switched(self, pin: int, *, on: bool, at: float) -> None:
        """The board switched an output (monotonic seconds)."""
        ...


class GateWires:
    """A gate's beams, lamp and sounder on their usual pins.

    The receiver is an open collector under a pull-up: broken, or a cut cable, is HIGH.
    """

    def __init__(self, site: GateSite) -> None:
        self._site = site

    def levels(self) -> Mapping[int, bool]:
        return {BEAM_PINS[beam]: self._site.beams[beam] for beam in Beam}

    def on_level(self, tell: Callable[[int, bool], None]) -> None:
        self._site.on_beam = lambda beam, broken: tell(BEAM_PINS[beam], broken)

    def outputs(self) -> Collection[int]:
        return OUTPUT_PINS

    def switched(self, pin: int, *, on: bool, at: float) -> None:
        self._site.output(OUTPUT_PINS[pin], on=on, at=at)


class UnderLock:
    """Wires of a place that others move, too: what the board switches happens under one lock.

    Levels are told under the pins' own lock, which is taken after that one: never ask for it here.
    """

    def __init__(self, wires: Wired, lock: threading.RLock) -> None:
        self._wires = wires
        self._lock = lock

    def levels(self) -> Mapping[int, bool]:
        return self._wires.levels()

    def on_level(self, tell: Callable[[int, bool], None]) -> None:
        self._wires.on_level(tell)

    def outputs(self) -> Collection[int]:
        return self._wires.outputs()

    def switched(self, pin: int, *, on: bool, at: float) -> None:
        with self._lock:
            self._wires.switched(pin, on=on, at=at)


class PinsServer:
    """Joins one board's pins to the process that holds the other end."""

    def __init__(self, path: Path, wires: Wired) -> None:
        self.path = path
        self._wires = wires
        self._listener = listen(path)
        self._guard = threading.Lock()
        self._boards: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name=f"pins {path.name}", daemon=True)

    @property
    def is_connected(self) -> bool:
        return bool(self._boards)

    def start(self) -> None:
        self._wires.on_level(self._tell)
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for board in list(self._boards):
            with contextlib.suppress(OSError):
                board.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was shut down
            while True:
                board, _ = self._listener.accept()
                name = f"pins of {self.path.name}"
                threading.Thread(target=self._serve, args=(board,), name=name, daemon=True).start()

    def _serve(self, board: socket.socket) -> None:
        with board, contextlib.suppress(OSError):
            with self._guard:
                levels = "".join(_level(*one) for one in self._wires.levels().items())
                board.sendall(f"{levels}ready\n".encode())
                self._boards.add(board)
            with board.makefile() as lines:
                for line in lines:
                    self._heard(line)
        with self._guard:
            self._boards.discard(board)
        self._drop_outputs()

    def _heard(self, line: str) -> None:
        _, pin, level, at = line.split()
        if int(pin) in self._wires.outputs():
            self._wires.switched(int(pin), on=level == "1", at=float(at))

    def _drop_outputs(self) -> None:
        """The board's process is gone: its pins fall back to inputs, and the relays with them."""
        for pin in self._wires.outputs():
            self._wires.switched(pin, on=False, at=time.monotonic())

    def _tell(self, pin: int, high: bool) -> None:
        with self._guard:
            for board in self._boards:
                with contextlib.suppress(OSError):
                    board.sendall(_level(pin, high).encode())


def _level(pin: int, high: bool) -> str:
    return f"level {pin} {int(high)}\n"
