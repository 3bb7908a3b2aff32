"""Virtual time jumps from act to act and never goes back."""

import pytest

from hw_sim.clock import VirtualClock


def test_acts_happen_in_the_order_of_their_moments() -> None:
    clock, done = VirtualClock(), []
    for moment in (3.0, 1.0, 2.0, 1.0):
        clock.at(moment, lambda: done.append(clock.now))

    clock.run_until(2.5)

    assert done == [1.0, 1.0, 2.0]
    assert clock.now == 2.5


def test_an_act_can_arrange_the_next_one() -> None:
    clock, ticks = VirtualClock(), []

    def tick() -> None:
        ticks.append(clock.now)
        clock.after(0.25, tick)

    clock.at(0.0, tick)
    clock.run_until(1.0)

    assert ticks == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_the_past_cannot_be_arranged() -> None:
    clock = VirtualClock()
    clock.run_until(5.0)

    with pytest.raises(ValueError, match="is over"):
        clock.at(4.0, lambda: None)
