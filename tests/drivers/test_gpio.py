"""Beams and signals on gpiozero's mock pins."""

import time

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from drivers.debounce import Change
from drivers.errors import NotAvailable
from drivers.gpio import Beam, Lamp, Signal, Sounder


@pytest.fixture
def factory():
    pins = MockFactory()
    yield pins
    pins.reset()


@pytest.fixture
def beam(factory):
    made = Beam(17, pin_factory=factory)
    yield made
    made.close()


def test_cut_cable_reads_as_a_broken_beam(beam):
    assert beam.broken


def test_light_and_darkness_become_changes_after_20_ms(factory, beam):
    began = time.monotonic()
    factory.pin(17).drive_low()
    early = beam.poll(began + 0.001)
    late = beam.poll(time.monotonic() + 0.03)

    assert early == ()
    assert [change.level for change in late] == [False]
    assert began <= late[0].at <= time.monotonic()
    assert not beam.broken


def test_edges_between_two_polls_are_all_kept(factory, beam):
    pin = factory.pin(17)

    for _ in range(3):
        pin.drive_low()
        time.sleep(0.025)
        pin.drive_high()
        time.sleep(0.025)
    changes = beam.poll(time.monotonic())

    assert [change.level for change in changes] == [False, True] * 3


def test_raw_edge_wakes_the_owner_at_once(factory):
    woken = []
    beam = Beam(27, pin_factory=factory, wake=lambda: woken.append(True))

    factory.pin(27).drive_low()

    assert woken == [True]
    assert beam.due_at is None  # nothing has been polled yet
    beam.poll(time.monotonic())
    assert beam.due_at is not None
    beam.close()


def test_beam_broken_for_ten_seconds_is_stuck(factory, beam):
    now = time.monotonic()

    assert not beam.stuck(now + 9)
    assert beam.stuck(now + 11)
    factory.pin(17).drive_low()
    assert beam.poll(now + 11) == (Change(False, pytest.approx(now, abs=0.5)),)
    assert not beam.stuck(now + 30)


def test_pin_has_one_owner(factory):
    lamp = Lamp(22, pin_factory=factory)

    with pytest.raises(NotAvailable, match="GPIO 22"):
        Sounder(22, pin_factory=factory)

    lamp.close()


def test_machine_without_gpio_says_so(monkeypatch):
    class Broken(MockFactory):
        def pin(self, name):
            raise OSError("can not open gpiochip")

    with pytest.raises(NotAvailable, match="can not open gpiochip"):
        Beam(17, pin_factory=Broken())


def test_configured_factory_is_used_when_none_is_given(factory, monkeypatch):
    monkeypatch.setattr(gpiozero.Device, "pin_factory", factory)

    lamp = Lamp(22)
    lamp.on(5)

    assert factory.pin(22).state
    lamp.close()


def test_signal_is_idle_at_start_and_after_close(factory):
    sounder = Sounder(23, pin_factory=factory)
    at_start = factory.pin(23).state
    sounder.on(5)
    during = factory.pin(23).state

    sounder.close()
    sounder.close()

    assert (at_start, during) == (False, True)
    assert not factory.pin(23).state


def test_on_is_immediate_and_ends_by_itself(factory):
    lamp = Lamp(22, pin_factory=factory)

    lamp.on(0.1)
    at_once = factory.pin(22).state
    time.sleep(0.2)

    assert at_once
    assert not lamp.is_on
    lamp.close()


def test_off_ends_a_pattern_now(factory):
    lamp = Lamp(22, pin_factory=factory)
    lamp.blink(30, on_s=0.05, off_s=0.05)

    lamp.off()
    time.sleep(0.15)

    assert not lamp.is_on
    lamp.close()


def test_blink_gives_its_pulses_and_stops(factory):
    lamp = Lamp(22, pin_factory=factory)
    pin = factory.pin(22)
    pin.clear_states()

    lamp.blink(0.3, on_s=0.05, off_s=0.05)
    time.sleep(0.45)

    assert [state.state for state in pin.states] == [False, True, False, True, False, True, False]
    lamp.close()


def test_siren_falls_silent_after_its_maximum_however_long_it_was_asked_for(factory):
    siren = Signal(23, max_on_s=0.15, pin_factory=factory)

    siren.on(3600)
    time.sleep(0.25)

    assert not siren.is_on
    siren.close()


def test_asking_again_prolongs_only_to_the_maximum(factory):
    siren = Signal(23, max_on_s=0.2, pin_factory=factory)
    pin = factory.pin(23)
    pin.clear_states()

    siren.on(0.15)
    time.sleep(0.1)
    siren.on(0.15)
    time.sleep(0.2)

    assert not siren.is_on
    assert [state.state for state in pin.states] == [False, True, False]
    assert pin.states[-1].timestamp == pytest.approx(0.2, abs=0.05)
    siren.close()


@pytest.mark.parametrize("seconds", [0, -1])
def test_signal_of_no_length_is_a_mistake_of_the_caller(factory, seconds):
    lamp = Lamp(22, pin_factory=factory)

    with pytest.raises(ValueError, match="longer than 0"):
        lamp.on(seconds)

    lamp.close()
