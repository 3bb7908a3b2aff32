"""Traffic on virtual time: what was readable long enough is found, nobody else is stopped."""

from dataclasses import replace

import pytest

from hw_sim.aisle import Direction, Geometry, Walk
from hw_sim.gate_traffic import AFI, simulate
from hw_sim.tag import blank_tag
from hw_sim.virtual_gate import VirtualGate


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_readable_long_enough_alarms_and_nothing_else_does(seed: int) -> None:
    result = simulate(3000, seed)

    assert result.secured_readable > 50, "there was something to find"
    assert result.missed_but_readable == 0, f"seed {seed}: {result.problems}"
    assert result.false_alarms == 0


def test_the_same_seed_gives_the_same_traffic() -> None:
    assert simulate(300, 7) == simulate(300, 7)
    assert simulate(300, 7) != replace(simulate(300, 8), seed=7)


def test_a_third_antenna_finds_more_of_what_is_carried_flat() -> None:
    two, three = simulate(3000, 5), simulate(3000, 5, geometry=Geometry(antennas=3))

    assert three.alarms / three.secured_carried > two.alarms / two.secured_carried
    assert three.false_alarms == 0


def test_a_gate_that_reads_nothing_is_found_out() -> None:
    gate = VirtualGate(secured_afi=AFI.on_loan, seed=1)  # wrong pair of AFI values
    book = blank_tag(bytes.fromhex("E004010000000001"))
    book.afi = AFI.in_stock

    gate.walk(Walk(1, [book], Direction.OUT, 1.5, started_at=0.5))
    gate.run_until(10)

    assert gate.alarms() == []
    assert [str(tag.uid) for tag in gate.passages()[0].tags] == [book.name]
