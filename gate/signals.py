"""Lamps, sounder and button of a gate: what each pattern looks and sounds like."""

from collections.abc import Callable

from circulation.messages import Verdict
from drivers.gpio import Beam, Lamp, Signal, Sounder
from gate.settings import Pins

_FRIENDLY_S = 1.2
_FRIENDLY_BLINK_S = 0.2
_TEST_S = 2.0
_TEST_BLINK_S = 0.5  # slower than friendly; with one short beep: the sounder is tested, too
_BEEP_S = 0.2
_BLIND_S = 3_600.0  # renewed while it lasts


class Signals:
    """Owned by the gate's loop. `wake` is called from another thread when the button moves."""

    def __init__(self, pins: Pins, *, alarm_s: float, wake: Callable[[], None]) -> None:
        self.alarm_s = alarm_s
        """How long an alarm lasts; may be changed at any time, from any thread."""
        self._lamp = Lamp(pins.lamp)
        self._sounder = Sounder(pins.sounder)
        # amber says "blind", not "alarm": it may stay on for as long as that is true
        self._blind = None if pins.blind is None else Signal(pins.blind, max_on_s=float("inf"))
        self._button = None if pins.reset is None else Beam(pins.reset, wake=wake)

    def show(self, verdict: Verdict, *, quiet: bool) -> None:
        """Alarm or friendly, now; `quiet` spares the sounder and never the lamp."""
        if verdict is Verdict.ALARM:
            self._lamp.on(self.alarm_s)
            if not quiet:
                self._sounder.on(self.alarm_s)
        elif verdict is Verdict.FRIENDLY:
            self._lamp.blink(_FRIENDLY_S, on_s=_FRIENDLY_BLINK_S, off_s=_FRIENDLY_BLINK_S)

    def show_test(self, *, passed: bool, quiet: bool) -> None:
        """The known tag: slow blinking and a beep when all is well, the alarm's lamp when not."""
        if not passed:
            self._lamp.on(self.alarm_s)
            return
        self._lamp.blink(_TEST_S, on_s=_TEST_BLINK_S, off_s=_TEST_BLINK_S)
        if not quiet:
            self._sounder.on(_BEEP_S)

    def blind(self, *, blind: bool) -> None:
        """Amber while a reader is lost. Call it often: it also renews."""
        if self._blind is None or blind == self._blind.is_on:
            return
        if blind:
            self._blind.on(_BLIND_S)
        else:
            self._blind.off()

    def poll(self, now: float) -> bool:
        """True when the button was pressed: lamp and sounder are silent now."""
        if self._button is None or all(change.level for change in self._button.poll(now)):
            return False
        self._lamp.off()
        self._sounder.off()
        return True

    @property
    def due_at(self) -> float | None:
        """Monotonic time at which `poll` is worth calling."""
        return None if self._button is None else self._button.due_at

    def close(self) -> None:
        """Everything off, pins back."""
        for output in (self._lamp, self._sounder, self._blind):
            if output is not None:
                output.close()
        if self._button is not None:
            self._button.close()
