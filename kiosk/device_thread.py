"""One thread that keeps one device open: opens, serves, and opens again when it was lost."""

import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

import structlog

from drivers.errors import ReaderError
from drivers.reader import Identity

log = structlog.get_logger(__name__)

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0


class Closable(Protocol):
    """Anything that can be given back."""

    def close(self) -> None: ...


D = TypeVar("D", bound=Closable)


class DeviceThread(Generic[D]):
    """Logs a loss once and a return once; waits 0.5 s, doubling to 10 s, between attempts.

    `serve(device, stop, good)` works until `stop` is set or a `ReaderError` says that the device is
    lost; it calls `good()` whenever the device has proved that it works.
    """

    def __init__(
        self,
        name: str,
        open_device: Callable[[], D],
        serve: Callable[[D, threading.Event, Callable[[], None]], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._name = name
        self._open = open_device
        self._serve = serve
        self._on_lost = on_lost
        self._stop = threading.Event()
        self._leave = threading.Event()  # ends one stay with the device, not the thread
        self._lost = False
        self._wait_s = FIRST_WAIT_S
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the work and give the device back. Harmless before `start`."""
        self._stop.set()
        self._leave.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def restart(self) -> None:
        """Close the device and open it again, as after a loss."""
        self._leave.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._once()
            except ReaderError as error:
                self._say_lost(str(error))
            except Exception:  # a bug met on one tag must not leave the kiosk deaf: start afresh
                log.exception("device_thread_failed", device=self._name)
                self._say_lost("a fault of this program")
            self._stop.wait(self._wait_s)
            self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def _once(self) -> None:
        device = self._open()
        self._leave.clear()
        if self._stop.is_set():
            self._leave.set()
        try:
            self._serve(device, self._leave, self._good)
        finally:
            device.close()

    def _good(self) -> None:
        self._wait_s = FIRST_WAIT_S
        if self._lost:
            self._lost = False
            log.info("device_back", device=self._name)

    def _say_lost(self, why: str) -> None:
        if not self._lost:
            self._lost = True
            log.warning("device_lost", device=self._name, why=why)
            self._on_lost()


def is_refused(
    identity: Identity, stop: threading.Event, *, allow_simulated: bool, tell: Callable[[], None]
) -> bool:
    """True for a simulated device where none is wanted: after `tell`, and not before `stop`."""
    if allow_simulated or not identity.simulated:
        return False
    log.error("simulated_reader_refused", port=identity.port, model=identity.model)
    tell()
    stop.wait()
    return True
