"""The pins of a gate on a Unix socket: beams go out as levels, lamp and sounder come in.

Lines of text: ``level <bcm> <0|1>`` and ``ready`` to the gate, ``out <bcm> <0|1> <monotonic s>``
from it.
"""

import contextlib
import socket
import threading
import time
from pathlib import Path

from hw_sim.aisle import Beam
from hw_sim.gate_site import GateSite
from hw_sim.unix_sockets import listen

BEAM_PINS = {Beam.INNER: 17, Beam.OUTER: 27}  # BCM numbers, as wired in docs of the gate
OUTPUT_PINS = {22: "lamp", 23: "sounder"}


class PinsServer:
    """Joins one gate's pins to the process that holds the other end."""

    def __init__(self, path: Path, site: GateSite) -> None:
        self.path = path
        self._site = site
        self._listener = listen(path)
        self._guard = threading.Lock()
        self._gates: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name=f"pins {path.name}", daemon=True)

    @property
    def is_connected(self) -> bool:
        return bool(self._gates)

    def start(self) -> None:
        self._site.on_beam = self._tell_beam
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for gate in list(self._gates):
            with contextlib.suppress(OSError):
                gate.shutdown(socket.SHUT_RDWR)
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was shut down
            while True:
                gate, _ = self._listener.accept()
                name = f"pins of {self.path.name}"
                threading.Thread(target=self._serve, args=(gate,), name=name, daemon=True).start()

    def _serve(self, gate: socket.socket) -> None:
        with gate, contextlib.suppress(OSError):
            with self._guard:
                levels = "".join(_level(beam, self._site.beams[beam]) for beam in Beam)
                gate.sendall(f"{levels}ready\n".encode())
                self._gates.add(gate)
            with gate.makefile() as lines:
                for line in lines:
                    self._heard(line)
        with self._guard:
            self._gates.discard(gate)
        self._drop_outputs()

    def _heard(self, line: str) -> None:
        _, pin, level, at = line.split()
        name = OUTPUT_PINS.get(int(pin))
        if name is not None:
            self._site.output(name, on=level == "1", at=float(at))

    def _drop_outputs(self) -> None:
        """The gate's process is gone: its pins fall back to inputs, and the relays with them."""
        for name in OUTPUT_PINS.values():
            self._site.output(name, on=False, at=time.monotonic())

    def _tell_beam(self, beam: Beam, broken: bool) -> None:
        with self._guard:
            for gate in self._gates:
                with contextlib.suppress(OSError):
                    gate.sendall(_level(beam, broken).encode())


def _level(beam: Beam, broken: bool) -> str:
    """The receiver is an open collector under a pull-up: broken, or a cut cable, is HIGH."""
    return f"level {BEAM_PINS[beam]} {int(broken)}\n"
