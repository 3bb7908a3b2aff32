"""What a person sees and hears at the gate, on gpiozero's mock pins."""

import time
from collections.abc import Callable, Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from circulation.messages import Verdict
from gate.settings import Pins
from gate.signals import Signals

LAMP, SOUNDER, AMBER, BUTTON = 22, 23, 24, 25


@pytest.fixture
def pins(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockFactory]:
    factory = MockFactory()
    monkeypatch.setattr(Device, "pin_factory", factory)
    yield factory
    factory.reset()


@pytest.fixture
def signals(pins: MockFactory) -> Iterator[Signals]:
    wiring = Pins(lamp=LAMP, sounder=SOUNDER, blind=AMBER, reset=BUTTON)
    made = Signals(wiring, alarm_s=3.0, wake=lambda: None)
    yield made
    made.close()


@pytest.fixture
def lit(pins: MockFactory) -> Callable[[int], bool]:
    return lambda pin: bool(pins.pin(pin).state)


Lit = Callable[[int], bool]


def test_an_alarm_is_seen_and_heard(signals: Signals, lit: Lit) -> None:
    signals.show(Verdict.ALARM, quiet=False)

    assert (lit(LAMP), lit(SOUNDER)) == (True, True)


def test_in_quiet_hours_an_alarm_is_only_seen(signals: Signals, lit: Lit) -> None:
    signals.show(Verdict.ALARM, quiet=True)

    assert (lit(LAMP), lit(SOUNDER)) == (True, False)


def test_the_friendly_signal_blinks_and_makes_no_sound(
    signals: Signals, lit: Lit, pins: MockFactory
) -> None:
    signals.show(Verdict.FRIENDLY, quiet=False)
    heard = lit(SOUNDER)
    time.sleep(0.5)

    changes = [state.state for state in pins.pin(LAMP).states]
    assert not heard
    assert changes[:4] == [False, True, False, True]


@pytest.mark.parametrize("verdict", [Verdict.SILENT, Verdict.LOGGED])
def test_whatever_else_passes_is_neither_seen_nor_heard(
    signals: Signals, lit: Lit, verdict: Verdict
) -> None:
    signals.show(verdict, quiet=False)

    assert (lit(LAMP), lit(SOUNDER)) == (False, False)


def test_a_passed_self_test_beeps_and_a_failed_one_does_not(signals: Signals, lit: Lit) -> None:
    signals.show_test(passed=False, quiet=False)
    failed = (lit(LAMP), lit(SOUNDER))
    signals.show_test(passed=True, quiet=False)

    assert failed == (True, False)
    assert lit(SOUNDER)


def test_amber_is_on_while_the_gate_is_blind(signals: Signals, lit: Lit) -> None:
    before = lit(AMBER)
    signals.blind(blind=True)
    during = lit(AMBER)
    signals.blind(blind=False)

    assert (before, during, lit(AMBER)) == (False, True, False)


def test_the_button_ends_an_alarm_when_it_is_pressed_and_not_when_it_is_released(
    signals: Signals, lit: Lit, pins: MockFactory
) -> None:
    signals.show(Verdict.ALARM, quiet=False)
    pins.pin(BUTTON).drive_low()
    pressed = signals.poll(time.monotonic() + 0.1)
    silent = (lit(LAMP), lit(SOUNDER))
    signals.show(Verdict.ALARM, quiet=False)
    pins.pin(BUTTON).drive_high()
    released = signals.poll(time.monotonic() + 0.1)

    assert (pressed, silent) == (True, (False, False))
    assert (released, lit(LAMP)) == (False, True)


def test_everything_is_off_when_the_gate_ends(
    signals: Signals, lit: Lit, pins: MockFactory
) -> None:
    states = [pins.pin(pin) for pin in (LAMP, SOUNDER, AMBER)]
    signals.show(Verdict.ALARM, quiet=False)
    signals.blind(blind=True)

    signals.close()

    assert [bool(pin.state) for pin in states] == [False, False, False]
