"""Beams, lamp and sounder of a gate over gpiozero, whose pin factory is an argument.

Beams: open collector receiver with pull-up, so that broken beam and cut cable both read HIGH
(fail-safe). Outputs: whoever holds the object owns the pin (gpiozero refuses a second owner), and
none stays on for longer than its maximum. atexit puts them to idle; a process stopped by SIGTERM
has to turn it into SystemExit, and a pull-down resistor at the driver stage is the last resort for
a crash.
"""

import atexit
import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import gpiozero

from drivers.debounce import BEAM_STABLE_S, Change, Debouncer
from drivers.errors import NotAvailable

STUCK_S: Final = 10.0  # nobody stands in a beam that long: dirt, a cut cable or a parked trolley
LAMP_MAX_S: Final = 60.0
SOUNDER_MAX_S: Final = 10.0


class Beam:
    """A light beam. gpiozero's thread catches the edges; the owner's thread calls `poll`."""

    def __init__(
        self,
        pin: int,
        *,
        pin_factory: Any = None,
        stable_s: float = BEAM_STABLE_S,
        wake: Callable[[], None] | None = None,
    ) -> None:
        """`pin` in BCM numbers; `wake` is called on gpiozero's thread at every raw edge."""
        self._edges: deque[tuple[bool, float]] = deque(maxlen=1024)
        self._wake = wake
        self._device = _claim(
            gpiozero.DigitalInputDevice, pin, pull_up=True, pin_factory=pin_factory
        )
        self._device.when_activated = lambda: self._edge(
            broken=False
        )  # active = LOW = light arrives
        self._device.when_deactivated = lambda: self._edge(broken=True)
        broken = not self._device.is_active
        self._debouncer = Debouncer(stable_s=stable_s, initial=broken, at=time.monotonic())

    @property
    def broken(self) -> bool:
        """The debounced state as of the last `poll`."""
        return self._debouncer.level

    @property
    def due_at(self) -> float | None:
        """Monotonic time at which `poll` is worth calling even without a new edge."""
        return self._debouncer.due_at

    def poll(self, now: float) -> tuple[Change, ...]:
        """Debounced changes up to `now` (monotonic seconds), oldest first; level True = broken."""
        changes: list[Change | None] = []
        while self._edges:
            level, at = self._edges.popleft()
            changes.append(self._debouncer.edge(level, at))
        changes.append(self._debouncer.settle(now))
        return tuple(change for change in changes if change)

    def stuck(self, now: float) -> bool:
        """True after 10 s without light: a fault to report, not a passage."""
        return self.broken and now - self._debouncer.since >= STUCK_S

    def close(self) -> None:
        """Give the pin back."""
        self._device.close()

    def _edge(self, *, broken: bool) -> None:
        self._edges.append((broken, time.monotonic()))
        if self._wake:
            self._wake()


class Signal:
    """An output, idle (LOW) at start and exit, never on for longer than `max_on_s` on end."""

    def __init__(self, pin: int, *, max_on_s: float, pin_factory: Any = None) -> None:
        """`pin` in BCM numbers; `NotAvailable` if it is missing or owned by somebody else."""
        self.max_on_s = max_on_s
        self._began_at = self._ends_at = 0.0
        self._device = _claim(
            gpiozero.DigitalOutputDevice, pin, initial_value=False, pin_factory=pin_factory
        )
        atexit.register(self.close)

    @property
    def is_on(self) -> bool:
        """True while current flows, so False in the pauses of a blink."""
        return bool(self._device.value)

    def on(self, seconds: float) -> None:
        """On now, off by itself. Asking again prolongs, up to the maximum since it began."""
        self._play(on_s=self._allowed(seconds), off_s=0.0, times=1)

    def blink(self, seconds: float, *, on_s: float, off_s: float) -> None:
        """On and off in turn for a time, beginning with on."""
        if on_s <= 0 or off_s <= 0:
            raise ValueError("a blink has an on time and an off time above 0")
        allowed = self._allowed(seconds)
        times = math.floor(round(allowed / (on_s + off_s), 6))
        self._play(on_s=min(on_s, allowed), off_s=off_s, times=max(1, times))

    def off(self) -> None:
        """Idle now."""
        self._ends_at = 0.0
        self._device.off()

    def close(self) -> None:
        """Idle, and give the pin back. Closing twice is harmless."""
        atexit.unregister(self.close)
        if not self._device.closed:
            self.off()
            self._device.close()

    def _play(self, *, on_s: float, off_s: float, times: int) -> None:
        self._device.on()  # here and now; gpiozero's thread would begin a moment later
        self._device.blink(on_time=on_s, off_time=off_s, n=times)

    def _allowed(self, seconds: float) -> float:
        if seconds <= 0:
            raise ValueError(f"{seconds} s: a signal lasts longer than 0 s; use off() to end it")
        now = time.monotonic()
        if now >= self._ends_at:
            self._began_at = now
        self._ends_at = min(now + seconds, self._began_at + self.max_on_s)
        return self._ends_at - now


class Lamp(Signal):
    """Warning lamp of a gate."""

    def __init__(self, pin: int, *, pin_factory: Any = None) -> None:
        super().__init__(pin, max_on_s=LAMP_MAX_S, pin_factory=pin_factory)


class Sounder(Signal):
    """Siren or buzzer of a gate."""

    def __init__(self, pin: int, *, pin_factory: Any = None) -> None:
        super().__init__(pin, max_on_s=SOUNDER_MAX_S, pin_factory=pin_factory)


def _claim(device: Callable[..., Any], pin: int, **settings: Any) -> Any:
    try:
        return device(pin, **settings)
    except (
        Exception
    ) as error:  # factories throw what they like: lgpio.error, OSError, GPIOZeroError
        raise NotAvailable(
            f"cannot use GPIO {pin}: {error}", model="gpio", port=f"GPIO{pin}"
        ) from error
