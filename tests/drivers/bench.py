"""A reader with tags that can be moved: what the contract test needs, whatever is behind it.

A simulator joins the contract with one more row in `BENCHES`; a real device with `--bench PORT`.
"""

import contextlib
import functools
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from drivers.discovery import model_of
from drivers.registry import identify_port
from tests.drivers import scripted_chafon, scripted_m3
from tests.drivers.far_end import FarEnd, PtyWire, TcpWire
from tests.drivers.scripted_chafon import ScriptedChafon, uhf_tag
from tests.drivers.scripted_m3 import ScriptedM3
from tests.drivers.scripted_pad import ScriptedPad


class Bench(Protocol):
    """`movable` false: a person laid one tag down, and nothing can be placed or unplugged."""

    model: str
    movable: bool

    @property
    def url(self) -> str: ...

    def place(self, uid: str) -> None: ...

    def lift(self, uid: str) -> None: ...

    def memory(self, uid: str) -> bytes:
        """What the tag holds, looked at past the driver."""
        ...

    def afi(self, uid: str) -> int: ...

    def unplug(self) -> None: ...

    def replug(self) -> None: ...

    def close(self) -> None: ...


class PluggedPty:
    """A pty behind a name that lasts, as udev keeps one; every plug is a new pty."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.url = str(Path(self._folder.name) / "reader")
        self._lock = threading.Lock()
        self._wire: PtyWire | None = None
        self.replug()

    def receive(self) -> bytes:
        with self._lock:
            if self._wire:
                with contextlib.suppress(OSError):
                    return self._wire.receive()
        time.sleep(0.005)
        return b""

    def send(self, data: bytes) -> None:
        with self._lock:
            if self._wire:
                self._wire.send(data)

    def unplug(self) -> None:
        with self._lock:
            if self._wire:
                self._wire.close()
                Path(self.url).unlink()
            self._wire = None

    def replug(self) -> None:
        with self._lock:
            self._wire = PtyWire()
            Path(self.url).symlink_to(self._wire.url)

    def close(self) -> None:
        self.unplug()
        self._folder.cleanup()


class PluggedTcp:
    """A LAN reader that loses its supply and comes back under the same address."""

    def __init__(self) -> None:
        self._wire: TcpWire | None = TcpWire()
        self.url = self._wire.url
        self._lock = threading.Lock()

    def receive(self) -> bytes:
        with self._lock:
            if self._wire:
                return self._wire.receive()
        time.sleep(0.005)
        return b""

    def send(self, data: bytes) -> None:
        with self._lock:
            if self._wire:
                self._wire.send(data)

    def unplug(self) -> None:
        with self._lock:
            if self._wire:
                self._wire.close()
            self._wire = None

    def replug(self) -> None:
        with self._lock:
            self._wire = TcpWire(int(self.url.rpartition(":")[2]))

    def close(self) -> None:
        self.unplug()


class ScriptedBench:
    """A scripted ISO 15693 reader, FEIG or 3M."""

    movable = True

    def __init__(self, model: str, wire: PluggedPty | PluggedTcp) -> None:
        self.model = model
        self._plug = wire
        feig = model.startswith("feig-")
        self._device: ScriptedPad | ScriptedM3 = ScriptedPad() if feig else ScriptedM3()
        self._far = FarEnd(wire, self._device, None if feig else scripted_m3.length)

    @property
    def url(self) -> str:
        return self._plug.url

    def place(self, uid: str) -> None:
        self._device.add(uid)

    def lift(self, uid: str) -> None:
        del self._device.tags[uid]

    def memory(self, uid: str) -> bytes:
        return b"".join(self._device.tags[uid].blocks)

    def afi(self, uid: str) -> int:
        return self._device.tags[uid].afi

    def unplug(self) -> None:
        self._plug.unplug()

    def replug(self) -> None:
        self._plug.replug()

    def close(self) -> None:
        self._far.close()


class ScriptedUhfBench:
    """A scripted Chafon reader; `memory` is the user bank."""

    movable = True

    def __init__(self, model: str, wire: PluggedPty | PluggedTcp) -> None:
        self.model = model
        self._plug = wire
        self._device = ScriptedChafon(
            type=0x0C if model == "chafon-288" else 0x09, tells_antenna=model == "chafon-288"
        )
        self._far = FarEnd(wire, self._device, scripted_chafon.length)

    @property
    def url(self) -> str:
        return self._plug.url

    def place(self, uid: str) -> None:
        self._device.tags.append(uhf_tag(uid, bytes(64)))

    def lift(self, uid: str) -> None:
        self._device.tags = [tag for tag in self._device.tags if tag.epc.hex().upper() != uid]

    def memory(self, uid: str) -> bytes:
        return next(tag.user for tag in self._device.tags if tag.epc.hex().upper() == uid)

    def afi(self, uid: str) -> int:
        raise NotImplementedError("a UHF tag has no AFI to look at")

    def unplug(self) -> None:
        self._plug.unplug()

    def replug(self) -> None:
        self._plug.replug()

    def close(self) -> None:
        self._far.close()


@functools.cache
def _model_at(url: str) -> str:
    """Asked once, not before each test: the questions to other makes take their time."""
    return model_of(identify_port(url))


class RealBench:
    """A device on a desk with one tag on it; what it holds can be seen through the driver only."""

    movable = False

    def __init__(self, url: str, model: str | None) -> None:
        self.url = url
        self.model = model or _model_at(url)

    def place(self, uid: str) -> None:
        raise NotImplementedError("a person moves tags here")

    lift = place

    def memory(self, uid: str) -> bytes:
        raise NotImplementedError("a real tag cannot be looked at past the driver")

    def afi(self, uid: str) -> int:
        raise NotImplementedError("a real tag cannot be looked at past the driver")

    def unplug(self) -> None:
        raise NotImplementedError("a person pulls plugs here")

    replug = unplug

    def close(self) -> None:
        """Nothing of ours stays open."""


def _wired(kind: type[ScriptedBench | ScriptedUhfBench], model: str) -> dict[str, "Factory"]:
    return {
        f"{model}-pty": lambda: kind(model, PluggedPty()),
        f"{model}-tcp": lambda: kind(model, PluggedTcp()),
    }


Factory = Callable[[], Bench]
BENCHES: dict[str, Factory] = {
    name: factory
    for kind, model in [
        (ScriptedBench, "feig-mr102"),
        (ScriptedBench, "feig-cpr40"),
        (ScriptedBench, "m3-210"),
        (ScriptedBench, "m3-810"),
        (ScriptedUhfBench, "chafon-ru5102"),
        (ScriptedUhfBench, "chafon-288"),
    ]
    for name, factory in _wired(kind, model).items()
}
"""Name of the test case -> a bench of its own."""
